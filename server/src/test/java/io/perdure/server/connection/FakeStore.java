package io.perdure.server.connection;

import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Delivery;
import io.perdure.storage.Entry;
import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.RecoveryReport;
import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.SpaceReport;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The storage contract in memory, without a log: all submissions that wait form a group when {@link #commit} runs.
 *
 * <p>Delayed Wills are published at once, Shared Subscriptions go to the first connected member, and nothing survives.
 */
public final class FakeStore implements Store {

    private final Router router;
    private final Supplier<Router> routers;
    private final StoreOptions.Clock clock;
    private final Executor ledger;
    private final Map<String, FakeSession> sessions = new LinkedHashMap<>();
    private final Map<String, Message> retained = new TreeMap<>();
    private final Deque<Submission> mailbox = new ArrayDeque<>();
    private final Deque<Runnable> reads = new ArrayDeque<>();
    private boolean overloaded;
    private long generations;

    /**
     * @param ledger runs {@link #commit}, one at a time; one that does nothing leaves it to the test
     * @param routers makes empty routers, by which retained messages are matched
     */
    public FakeStore(Router router, Supplier<Router> routers, StoreOptions.Clock clock, Executor ledger) {
        this.router = router;
        this.routers = routers;
        this.clock = clock;
        this.ledger = ledger;
    }

    @Override
    public RecoveryReport report() {
        return RecoveryReport.ofNewStore(0);
    }

    @Override
    public void submit(Submission submission) {
        synchronized (mailbox) {
            mailbox.add(submission);
        }
        ledger.execute(this::commit);
    }

    List<Submission> waiting() {
        synchronized (mailbox) {
            return List.copyOf(mailbox);
        }
    }

    void setOverloaded(boolean overloaded) {
        this.overloaded = overloaded;
    }

    @Override
    public boolean overloaded() {
        return overloaded;
    }

    @Override
    public SpaceReport space() {
        return SpaceReport.unlimited();
    }

    @Override
    public long nowMs() {
        return clock.wallMs();
    }

    @Override
    public void close() {}

    @Nullable
    FakeSession session(String clientId) {
        return sessions.get(clientId);
    }

    /** Commits what waits as one group. */
    synchronized void commit() {
        Group group = new Group();
        for (Submission next = poll(); next != null; next = poll()) {
            apply(next, group);
        }
        group.release();
    }

    private @Nullable Submission poll() {
        synchronized (mailbox) {
            return mailbox.poll();
        }
    }

    @Override
    public void readPage(
            SessionLink link, SessionRef session, long generation, long from, long end, int maxWeightBytes) {
        synchronized (reads) {
            reads.add(() -> {
                Page page = page((FakeSession) session, generation, from, end, maxWeightBytes);
                link.lane().execute(() -> {
                    link.page(page);
                    link.flush();
                });
            });
        }
        ledger.execute(this::read);
    }

    boolean hasReads() {
        synchronized (reads) {
            return !reads.isEmpty();
        }
    }

    /** Answers the oldest page read that waits. */
    void read() {
        Runnable read;
        synchronized (reads) {
            read = reads.poll();
        }
        if (read != null) {
            read.run();
        }
    }

    private synchronized Page page(FakeSession session, long generation, long from, long end, int maxWeightBytes) {
        List<Entry> entries = new ArrayList<>();
        int weight = 0;
        for (Entry entry : session.queue.subMap(from, end).values()) {
            entries.add(entry);
            weight += entry.message().weightBytes();
            if (weight >= maxWeightBytes) {
                return new Page(generation, from, entry.sequence() + 1, entries);
            }
        }
        return new Page(generation, from, end, entries);
    }

    private void apply(Submission submission, Group group) {
        if (!submission.commands().isEmpty() && submission.commands().get(0) instanceof Command.Attach attach) {
            FakeSession old = sessions.get(attach.clientId());
            if (old == null || old.link == null) {
                attach(submission, attach, group);
                return;
            }
            SessionLink link = old.link;
            if (old.successor == null) {
                long generation = old.generation;
                group.call(link, () -> link.takeOver(generation));
            } else {
                group.complete(old.successor);
            }
            old.successor = submission;
            return;
        }
        FakeSession session = (FakeSession) submission.session();
        if (session == null || session.generation != submission.generation() || session.link == null) {
            return;
        }
        for (Command command : submission.commands()) {
            apply(session, command, group);
        }
        for (int i = 0; i < submission.finishedCount(); i++) {
            session.finish(submission.finishedAt(i));
        }
        for (int i = 0; i < submission.receivedCount(); i++) {
            session.queue.remove(submission.receivedAt(i));
            session.released.add(submission.receivedAt(i));
        }
        session.sentLimit = Math.max(session.sentLimit, submission.wantedSentLimit());
        submission.complete(session.sentLimit, session.head());
        group.complete(submission);
    }

    private void attach(Submission submission, Command.Attach attach, Group group) {
        FakeSession session = sessions.get(attach.clientId());
        boolean present = session != null && !attach.cleanStart() && clock.wallMs() < session.expiresAtMs;
        if (session == null || !present) {
            if (session != null) {
                end(session);
            }
            session = new FakeSession(attach.clientId());
            sessions.put(attach.clientId(), session);
        }
        session.generation = ++generations;
        session.link = submission.link();
        session.expiryS = attach.sessionExpiryS();
        session.will = attach.will();
        attach.complete(session.attachment(present));
        submission.complete(session.sentLimit, session.head());
        group.complete(submission);
    }

    private void apply(FakeSession session, Command command, Group group) {
        if (command instanceof Command.Publish publish) {
            publish(session, publish, group);
        } else if (command instanceof Command.Release release) {
            release.complete(session.inbound.remove(release.packetId()));
        } else if (command instanceof Command.Subscribe subscribe) {
            subscribe.subscriptions().forEach(s -> subscribe(session, s, group));
        } else if (command instanceof Command.Unsubscribe unsubscribe) {
            boolean[] existed = new boolean[unsubscribe.topicFilters().size()];
            for (int i = 0; i < existed.length; i++) {
                Subscription gone =
                        session.subscriptions.remove(unsubscribe.topicFilters().get(i));
                existed[i] = gone != null;
                if (gone != null) {
                    router.remove(gone);
                }
            }
            unsubscribe.complete(existed);
        } else if (command instanceof Command.Detach detach) {
            detach(session, detach, group);
        }
    }

    private void detach(FakeSession session, Command.Detach detach, Group group) {
        session.link = null;
        session.resendBelow = Math.max(session.resendBelow, detach.sentBelow());
        session.sentLimit = Math.max(session.resendBelow, detach.sentBelow());
        session.lastDetach = detach;
        if (detach.sessionExpiryS() >= 0) {
            session.expiryS = detach.sessionExpiryS();
        }
        session.expiresAtMs =
                session.expiryS == Command.NO_EXPIRY ? Long.MAX_VALUE : clock.wallMs() + 1000 * session.expiryS;
        Will will = session.will;
        session.will = null;
        if (will != null && detach.reason() == Command.DetachReason.CONNECTION_LOST) {
            long now = clock.wallMs();
            long expiresAt = will.messageExpiryS() < 0 ? Message.NEVER : now + 1000 * will.messageExpiryS();
            Message message = new Message(will.topic(), will.payload(), will.properties(), will.qos(), now, expiresAt);
            distribute(session, message, will.retain(), router.route(will.topic()), group);
        }
        if (session.expiryS == 0) {
            end(session);
        }
        Submission successor = session.successor;
        session.successor = null;
        if (successor != null) {
            attach(successor, (Command.Attach) successor.commands().get(0), group);
        }
    }

    private void end(FakeSession session) {
        session.subscriptions.values().forEach(router::remove);
        sessions.remove(session.clientId);
    }

    private void publish(FakeSession session, Command.Publish publish, Group group) {
        Message message = publish.message();
        if (message.qos() == 2 && !session.inbound.add(publish.packetId())) {
            publish.complete(Command.PublishResult.DUPLICATE);
            return;
        }
        Route route = publish.route().version() == router.version() ? publish.route() : router.route(message.topic());
        distribute(session, message, publish.retain(), route, group);
        boolean nobody = route.targets(session).isEmpty() && route.shares().isEmpty();
        publish.complete(nobody ? Command.PublishResult.NO_MATCHING_SUBSCRIBERS : Command.PublishResult.STORED);
    }

    private void distribute(FakeSession publisher, Message message, boolean retain, Route route, Group group) {
        if (retain) {
            String topic = new String(message.topic(), StandardCharsets.UTF_8);
            if (message.payload().length == 0) {
                retained.remove(topic);
            } else {
                retained.put(topic, message);
            }
        }
        for (Route.Target target : route.targets(publisher)) {
            deliver(
                    (FakeSession) target.session(),
                    message,
                    Math.min(message.qos(), target.maximumQos()),
                    retain && target.retainAsPublished(),
                    target.subscriptionIds(),
                    group);
        }
        for (Route.Share share : route.shares()) {
            Subscription member = connectedMember(share);
            int[] ids = member.subscriptionId() == 0 ? Entry.NO_IDS : new int[] {member.subscriptionId()};
            deliver(
                    (FakeSession) member.session(),
                    message,
                    Math.min(message.qos(), member.maximumQos()),
                    false,
                    ids,
                    group);
        }
    }

    private Subscription connectedMember(Route.Share share) {
        return sessions.values().stream()
                .filter(session -> session.subscriptions.containsKey(share.fullFilter()))
                .max(Comparator.comparing(session -> session.link != null))
                .map(session -> session.subscriptions.get(share.fullFilter()))
                .orElseThrow();
    }

    private void deliver(
            FakeSession session, Message message, int qos, boolean retain, int[] subscriptionIds, Group group) {
        if (qos == 0) {
            if (session.link != null) {
                group.entries(session).add(new Entry(Entry.UNQUEUED, message, 0, retain, subscriptionIds, 0));
            }
            return;
        }
        List<Entry> entries = group.entries(session);
        Entry entry = new Entry(session.tail++, message, qos, retain, subscriptionIds, 0);
        session.queue.put(entry.sequence(), entry);
        entries.add(entry);
    }

    private void subscribe(FakeSession session, Subscription subscription, Group group) {
        Subscription old = session.subscriptions.put(subscription.fullFilter(), subscription);
        router.add(subscription);
        boolean replay = subscription.retainHandling() == 0 || (subscription.retainHandling() == 1 && old == null);
        if (!replay || subscription.shareName() != null) {
            return;
        }
        Router matcher = routers.get();
        matcher.add(subscription);
        int[] ids = subscription.subscriptionId() == 0 ? Entry.NO_IDS : new int[] {subscription.subscriptionId()};
        for (Message message : retained.values()) {
            if (!matcher.route(message.topic()).isEmpty()) {
                List<Entry> entries = group.entries(session);
                int qos = Math.min(message.qos(), subscription.maximumQos());
                Entry entry = new Entry(session.tail, message, qos, true, ids, 0);
                session.queue.put(session.tail++, entry);
                entries.add(entry);
            }
        }
    }

    /** What one commit has to tell the connections. */
    private static final class Group {
        private final Map<Lane, List<Runnable>> calls = new LinkedHashMap<>();
        private final Map<FakeSession, List<Entry>> entries = new LinkedHashMap<>();
        private final Map<FakeSession, Long> tailsBefore = new HashMap<>();
        private final List<Submission> completed = new ArrayList<>();
        private final Set<SessionLink> links = new LinkedHashSet<>();

        void call(SessionLink link, Runnable call) {
            calls.computeIfAbsent(link.lane(), l -> new ArrayList<>()).add(call);
            links.add(link);
        }

        void complete(Submission submission) {
            SessionLink link = submission.link();
            completed.add(submission);
            call(link, () -> link.completed(submission));
        }

        List<Entry> entries(FakeSession session) {
            tailsBefore.putIfAbsent(session, session.tail);
            return entries.computeIfAbsent(session, s -> new ArrayList<>());
        }

        void release() {
            entries.forEach((session, list) -> {
                SessionLink link = session.link;
                if (link != null) {
                    Delivery delivery = new Delivery(
                            session, session.generation, tailsBefore.getOrDefault(session, 0L), session.tail, list);
                    call(link, () -> link.deliver(delivery));
                }
            });
            links.forEach(link -> call(link, link::flush));
            calls.forEach((lane, list) -> lane.execute(() -> list.forEach(Runnable::run)));
            completed.forEach(Submission::delivered);
        }
    }

    /** A session of the fake. */
    static final class FakeSession implements SessionRef {
        private final String clientId;
        private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
        private final TreeMap<Long, Entry> queue = new TreeMap<>();
        private final List<Long> released = new ArrayList<>();
        private final Set<Integer> inbound = new TreeSet<>();
        private volatile @Nullable SessionLink link;
        private @Nullable Submission successor;
        private @Nullable Will will;
        private Command.@Nullable Detach lastDetach;
        private long generation;
        private long expiryS;
        private long expiresAtMs = Long.MAX_VALUE;
        private long tail = 1;
        private long resendBelow = 1;
        private long sentLimit = 1;

        FakeSession(String clientId) {
            this.clientId = clientId;
        }

        @Override
        public String clientId() {
            return clientId;
        }

        @Override
        public @Nullable SessionLink link() {
            return link;
        }

        Map<String, Subscription> subscriptions() {
            return subscriptions;
        }

        Set<Integer> inbound() {
            return inbound;
        }

        Command.Detach lastDetach() {
            return Objects.requireNonNull(lastDetach, () -> clientId + " was never detached");
        }

        long expiryS() {
            return expiryS;
        }

        int queued() {
            return queue.size();
        }

        /** Moves the end of the queue, as if so many messages had been there. */
        void skipTo(long tail) {
            this.tail = tail;
            this.resendBelow = tail;
            this.sentLimit = tail;
        }

        private void finish(long sequence) {
            queue.remove(sequence);
            released.remove(sequence);
        }

        private long head() {
            long head = queue.isEmpty() ? tail : queue.firstKey();
            return released.isEmpty() ? head : Math.min(head, Collections.min(released));
        }

        private Attachment attachment(boolean present) {
            List<Long> finished = new ArrayList<>();
            for (long sequence = head(); sequence < tail; sequence++) {
                if (!queue.containsKey(sequence) && !released.contains(sequence)) {
                    finished.add(sequence);
                }
            }
            return new Attachment(
                    this,
                    generation,
                    present,
                    head(),
                    finished.stream().mapToLong(Long::longValue).toArray(),
                    released.stream().mapToLong(Long::longValue).toArray(),
                    resendBelow,
                    sentLimit,
                    tail);
        }
    }
}

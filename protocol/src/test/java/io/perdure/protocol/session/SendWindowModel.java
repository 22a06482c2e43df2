package io.perdure.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.session.SendWindow.Ack;
import io.perdure.protocol.session.SendWindow.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A session with its log, its connection and a client that keeps its own state, in random order and with crashes: QoS 2
 * arrives once, QoS 1 at least once, identifiers are never mistaken.
 */
final class SendWindowModel {

    private enum Kind {
        PUBLISH,
        PUBREL,
        PUBACK,
        PUBREC,
        PUBREC_ERROR,
        PUBCOMP
    }

    private record Wire(Kind kind, int packetId, long sequence, int qos, boolean dup) {}

    private record Entry(int qos, boolean expired) {}

    /** What one read burst of the connection leads to. */
    private static final class Submission {
        final List<Long> finished = new ArrayList<>();
        final List<Long> received = new ArrayList<>();
        long wantedSentLimit;
        boolean barrier;
    }

    private final Random random;
    private final String about;
    private final int receiveMaximum;

    // in the log
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final Set<Long> finished = new HashSet<>();
    private final LinkedHashSet<Long> received = new LinkedHashSet<>();
    private long sentLimit = 1;
    private long tail = 1;
    private long durableHead = 1;

    // of the connection
    private SendWindow window;
    private long resendBelow;
    private Submission open = new Submission();
    private final Deque<Submission> submitted = new ArrayDeque<>();
    private final Set<Long> unanswered = new HashSet<>();
    private final Deque<Wire> toClient = new ArrayDeque<>();
    private final Deque<Wire> toServer = new ArrayDeque<>();

    // of the client
    private final Map<Integer, Long> held = new HashMap<>();
    private final List<Wire> owed = new ArrayList<>();

    // what has happened
    private final Map<Integer, Long> holders = new HashMap<>();
    private final Set<Long> everSent = new HashSet<>();
    private final Map<Long, Integer> arrived = new HashMap<>();
    private final Set<Long> refused = new HashSet<>();
    private final Set<Long> expired = new HashSet<>();

    SendWindowModel(long seed) {
        this.random = new Random(seed);
        this.about = "seed " + seed;
        this.receiveMaximum = 1 + random.nextInt(random.nextBoolean() ? 4 : 40);
        this.window = attach(1);
    }

    /** Goes through one history; throws when it goes wrong. */
    void run() {
        for (int step = 0; step < 2_000; step++) {
            step();
        }
        for (int step = 0; step < 100_000 && (step % 64 != 0 || !done()); step++) {
            pump();
            toClient();
            acknowledge();
            toServer();
            submit();
            complete();
        }
        assertTrue(done(), () -> about + ": stuck, " + window);
        entries.forEach((sequence, entry) -> {
            int times = arrived.getOrDefault(sequence, 0);
            if (entry.qos == 2 && !refused.contains(sequence) && !expired.contains(sequence)) {
                assertEquals(1, times, about + ": QoS 2, " + sequence);
            } else if (entry.qos == 1 && !expired.contains(sequence)) {
                assertTrue(times >= 1, about + ": QoS 1, " + sequence);
            }
        });
        assertEquals(receiveMaximum, window.quota(), about);
        assertEquals(0, window.inFlight(), about);
    }

    private boolean done() {
        return finished.containsAll(entries.keySet());
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> publish();
            case 3, 4 -> pump();
            case 5, 6 -> toClient();
            case 7, 8, 9 -> acknowledge();
            case 10, 11 -> toServer();
            case 12 -> submit();
            case 13, 14 -> complete();
            default -> {
                if (random.nextInt(12) == 0) {
                    reconnect();
                }
            }
        }
    }

    private void publish() {
        long sequence = tail
                + switch (random.nextInt(6)) {
                    case 0 -> random.nextInt(3);
                    case 1 -> 65_535L * (1 + random.nextInt(2)) - random.nextInt(12);
                    default -> 0;
                };
        int qos = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2);
        entries.put(sequence, new Entry(qos, random.nextInt(10) == 0));
        tail = sequence + 1;
    }

    private long durableHead() {
        while (durableHead < tail && (finished.contains(durableHead) || !entries.containsKey(durableHead))) {
            Long next = entries.higherKey(durableHead);
            durableHead = next == null ? tail : next;
        }
        return durableHead;
    }

    private SendWindow attach(long newResendBelow) {
        resendBelow = newResendBelow;
        long head = durableHead();
        long[] beyond =
                new TreeSet<>(finished).tailSet(head).stream().mapToLong(s -> s).toArray();
        long[] owedReleases = received.stream().mapToLong(s -> s).toArray();
        SendWindow attached = new SendWindow(head, beyond, owedReleases, resendBelow, sentLimit, receiveMaximum);
        for (long sequence : owedReleases) {
            toClient.add(new Wire(Kind.PUBREL, SendWindow.packetId(sequence), sequence, 2, false));
        }
        return attached;
    }

    /** The connection is lost, perhaps with the broker. The log keeps a prefix of what was submitted. */
    private void reconnect() {
        boolean crash = random.nextBoolean();
        submit();
        while (!submitted.isEmpty() && !(crash && random.nextInt(3) == 0)) {
            complete();
        }
        submitted.clear();
        toClient.clear();
        toServer.clear();
        owed.clear();
        unanswered.clear();
        open = new Submission();
        if (!crash) {
            sentLimit = window.sentBelow();
        }
        tail = Math.max(tail, sentLimit);
        window = attach(sentLimit);
    }

    private void pump() {
        for (var next = entries.ceilingEntry(window.next()); next != null; ) {
            long sequence = next.getKey();
            Entry entry = next.getValue();
            Verdict verdict = window.offer(sequence, entry.qos);
            if (verdict != Verdict.DONE) {
                assertFalse(finished.contains(sequence), about + ": finished before, " + sequence);
                if (entry.expired && window.mayExpire(sequence)) {
                    assertFalse(everSent.contains(sequence), about + ": sent and expired, " + sequence);
                    window.skip(sequence);
                    open.finished.add(sequence);
                    expired.add(sequence);
                } else if (verdict == Verdict.SEND) {
                    send(sequence, entry.qos);
                } else {
                    return;
                }
            }
            next = entries.ceilingEntry(window.next());
        }
    }

    private void send(long sequence, int qos) {
        assertTrue(sequence < sentLimit, about + ": sent beyond the limit, " + sequence);
        boolean dup = window.dup(sequence, qos);
        assertEquals(qos > 0 && sequence < resendBelow, dup, about);
        assertFalse(qos > 0 && everSent.contains(sequence) && !dup, about + ": no DUP, " + sequence);
        int packetId = window.sent(sequence, qos);
        everSent.add(sequence);
        toClient.add(new Wire(Kind.PUBLISH, packetId, sequence, qos, dup));
        if (qos == 0) {
            open.finished.add(sequence);
            return;
        }
        Long earlier = holders.put(packetId, sequence);
        assertTrue(
                earlier == null || earlier == sequence || finished.contains(earlier),
                () -> about + ": identifier of " + sequence + " is held by " + earlier);
        assertFalse(received.contains(sequence), about + ": received before, " + sequence);
        unanswered.add(sequence);
        assertTrue(unanswered.size() <= receiveMaximum, about + ": more than the Receive Maximum");
    }

    private void toClient() {
        Wire packet = toClient.poll();
        if (packet == null) {
            return;
        }
        if (packet.kind == Kind.PUBREL) {
            held.remove(packet.packetId);
            owe(Kind.PUBCOMP, packet);
        } else if (packet.qos == 2) {
            Long holder = held.get(packet.packetId);
            if (holder != null) {
                assertEquals(holder, packet.sequence, about + ": taken for a duplicate");
                owe(Kind.PUBREC, packet);
            } else if (random.nextInt(10) == 0) {
                refused.add(packet.sequence);
                owe(Kind.PUBREC_ERROR, packet);
            } else {
                held.put(packet.packetId, packet.sequence);
                arrived.merge(packet.sequence, 1, Integer::sum);
                owe(Kind.PUBREC, packet);
            }
        } else {
            arrived.merge(packet.sequence, 1, Integer::sum);
            if (packet.qos == 1) {
                owe(Kind.PUBACK, packet);
            }
        }
    }

    private void owe(Kind kind, Wire packet) {
        owed.add(new Wire(kind, packet.packetId, packet.sequence, packet.qos, false));
    }

    private void acknowledge() {
        if (!owed.isEmpty()) {
            toServer.add(owed.remove(random.nextInt(owed.size())));
        }
    }

    private void toServer() {
        Wire packet = toServer.poll();
        if (packet == null) {
            return;
        }
        Ack ack =
                switch (packet.kind) {
                    case PUBACK -> window.pubAck(packet.packetId);
                    case PUBCOMP -> window.pubComp(packet.packetId);
                    default -> window.pubRec(packet.packetId, packet.kind == Kind.PUBREC_ERROR);
                };
        assertEquals(packet.kind == Kind.PUBREC ? Ack.RECEIVED : Ack.FINISHED, ack, () -> about + ": " + packet);
        assertEquals(packet.sequence, window.acknowledged(), about);
        if (ack == Ack.RECEIVED) {
            open.received.add(packet.sequence);
        } else {
            open.finished.add(packet.sequence);
            unanswered.remove(packet.sequence);
        }
    }

    private void submit() {
        open.wantedSentLimit = window.wantedSentLimit();
        if (window.barrierNeeded()) {
            open.barrier = true;
            window.barrierSent();
        }
        submitted.add(open);
        open = new Submission();
    }

    private void complete() {
        Submission submission = submitted.poll();
        if (submission == null) {
            return;
        }
        received.addAll(submission.received);
        finished.addAll(submission.finished);
        submission.finished.forEach(received::remove);
        sentLimit = Math.max(sentLimit, submission.wantedSentLimit);
        window.outcome(sentLimit, durableHead());
        if (submission.barrier) {
            window.barrierPassed();
        }
        for (long sequence : submission.received) {
            @Nullable Entry entry = entries.get(sequence);
            assertNotNull(entry, about);
            toClient.add(new Wire(Kind.PUBREL, window.released(sequence), sequence, 2, false));
        }
    }
}

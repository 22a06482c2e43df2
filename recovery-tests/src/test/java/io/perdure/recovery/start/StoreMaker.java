package io.perdure.recovery.start;

import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Delivery;
import io.perdure.storage.Durability;
import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.SessionLink;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.recovery.Recovery;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Makes large stores through the store's own API, without sockets: sessions that are away, with one subscription each, and
 * messages in their queues. For one thread; closing it stops the store cleanly.
 */
final class StoreMaker implements AutoCloseable {

    private static final int IN_FLIGHT = 10_000;

    private final SubscriptionIndex index = new SubscriptionIndex();
    private final Store store;
    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final Lane lane = Runnable::run;

    StoreMaker(Path directory) {
        this.store = Recovery.open(
                StoreOptions.in(directory, e -> {
                            throw new AssertionError(e);
                        })
                        .withDurability(Durability.OS),
                index);
    }

    private static String topic(int session) {
        return "site/" + session % 1000 + "/device/" + session;
    }

    /** Sessions from {@code 0} on that never expire, each subscribed to a topic of its own at QoS 1. */
    void addSessions(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            new Client("device-" + i, topic(i)).start();
        }
        settle();
    }

    /** Messages for the sessions, in turn. */
    void addMessages(long count, int sessions, int payloadBytes) throws InterruptedException {
        Client publisher = new Client("publisher", null);
        publisher.start();
        settle();
        byte[] payload = new byte[payloadBytes];
        long nowMs = store.nowMs();
        for (long n = 0; n < count; n++) {
            byte[] topic = topic((int) (n % sessions)).getBytes(StandardCharsets.UTF_8);
            Message message = new Message(topic, payload, new byte[0], 1, nowMs, Message.NEVER);
            publisher.submit(new Command.Publish(1 + (int) (n % 65_535), false, message, index.route(topic)));
        }
        publisher.submit(new Command.Detach(Command.DetachReason.CLIENT_LEFT, 1, 0));
        room.release(); // a Detach is not answered
        settle();
    }

    private void settle() throws InterruptedException {
        room.acquire(IN_FLIGHT);
        room.release(IN_FLIGHT);
    }

    @Override
    public void close() {
        store.close();
    }

    /** Attaches; then subscribes and leaves, if it has a filter. What it is told runs on the ledger's thread. */
    private final class Client implements SessionLink {
        private final String clientId;
        private final @Nullable String filter;
        private volatile @Nullable Attachment attachment;

        Client(String clientId, @Nullable String filter) {
            this.clientId = clientId;
            this.filter = filter;
        }

        void start() throws InterruptedException {
            submit(new Command.Attach(clientId, true, Command.NO_EXPIRY, null, 65_535));
        }

        void submit(Command command) throws InterruptedException {
            room.acquire();
            store.submit(submission(command));
        }

        private Submission submission(Command command) {
            Attachment a = attachment;
            Submission s =
                    a == null ? new Submission(this, null, 0) : new Submission(this, a.session(), a.generation());
            s.add(command);
            return s;
        }

        @Override
        public void completed(Submission submission) {
            Command first = submission.commands().get(0);
            if (first instanceof Command.Attach attach) {
                attachment = attach.attachment();
                if (filter != null) {
                    subscribe(filter);
                    return;
                }
            } else if (first instanceof Command.Subscribe) {
                store.submit(submission(new Command.Detach(Command.DetachReason.CLIENT_LEFT, 1, -1)));
            }
            room.release();
        }

        private void subscribe(String topicFilter) {
            Attachment a = attachment;
            if (a != null) {
                Subscription subscription = new Subscription(a.session(), topicFilter, null, 1, false, false, 0, 0);
                store.submit(submission(new Command.Subscribe(1, List.of(subscription))));
            }
        }

        @Override
        public Lane lane() {
            return lane;
        }

        @Override
        public void deliver(Delivery delivery) {}

        @Override
        public void page(Page page) {}

        @Override
        public void takeOver(long generation) {}

        @Override
        public void flush() {}
    }
}

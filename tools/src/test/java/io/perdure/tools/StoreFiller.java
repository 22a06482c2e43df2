package io.perdure.tools;

import io.perdure.protocol.packet.PublishProperties;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Delivery;
import io.perdure.storage.Durability;
import io.perdure.storage.Entry;
import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.Router;
import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import io.perdure.storage.recovery.Recovery;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store as a broker has it open, filled by what its clients do; each call returns when it is durable. */
final class StoreFiller implements AutoCloseable {

    private final Router router = new SubscriptionIndex();
    private final Store store;

    StoreFiller(Path directory) {
        this(directory, Durability.OS);
    }

    StoreFiller(Path directory, Durability durability) {
        store = Recovery.open(
                StoreOptions.in(directory, failure -> {
                            throw new AssertionError(failure);
                        })
                        .withDurability(durability)
                        .withWillGraceMs(0),
                router);
    }

    /** A client that is connected with a session that does not expire. */
    Client connect(String clientId) {
        return connect(clientId, Command.NO_EXPIRY, null);
    }

    Client connect(String clientId, long sessionExpiryS, @Nullable Will will) {
        Client client = new Client();
        Command.Attach attach = new Command.Attach(clientId, false, sessionExpiryS, will, 65_535);
        client.submit(submission -> submission.add(attach));
        Attachment attachment = Objects.requireNonNull(attach.attachment());
        client.session = attachment.session();
        client.generation = attachment.generation();
        return client;
    }

    static Message message(String topic, String payload, int qos) {
        return message(topic, payload, qos, Message.NEVER, PublishProperties.NONE);
    }

    static Message message(String topic, String payload, int qos, long expiresAtMs, PublishProperties properties) {
        return new Message(
                topic.getBytes(StandardCharsets.UTF_8),
                payload.getBytes(StandardCharsets.UTF_8),
                properties.encode(),
                qos,
                System.currentTimeMillis(),
                expiresAtMs);
    }

    @Override
    public void close() {
        store.close();
    }

    /** A connection of a client. */
    final class Client implements SessionLink {

        private final BlockingQueue<Submission> completed = new LinkedBlockingQueue<>();
        private final Lane lane = Runnable::run;
        private @Nullable SessionRef session;
        private long generation;
        private int lastPacketId;

        private void submit(Consumer<Submission> content) {
            Submission submission = new Submission(this, session, generation);
            content.accept(submission);
            store.submit(submission);
            try {
                if (completed.poll(30, TimeUnit.SECONDS) != submission) {
                    throw new AssertionError("a submission did not come back");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        Client subscribe(String filter, int qos) {
            boolean shared = filter.startsWith("$share/");
            int slash = shared ? filter.indexOf('/', "$share/".length()) : -1;
            String shareName = shared ? filter.substring("$share/".length(), slash) : null;
            Subscription subscription = new Subscription(
                    Objects.requireNonNull(session), filter.substring(slash + 1), shareName, qos, false, false, 0, 0);
            submit(s -> s.add(new Command.Subscribe(1, List.of(subscription))));
            return this;
        }

        Client publish(Message message) {
            return publish(false, message);
        }

        Client publish(boolean retain, Message... messages) {
            submit(submission -> {
                for (Message message : messages) {
                    int id = message.qos() == 0 ? 0 : ++lastPacketId;
                    submission.add(new Command.Publish(id, retain, message, router.route(message.topic())));
                }
            });
            return this;
        }

        Client finished(long sequence) {
            submit(submission -> submission.finished(sequence));
            return this;
        }

        Client received(long sequence) {
            submit(submission -> submission.received(sequence));
            return this;
        }

        /** @param sentBelow all that it was sent is below */
        void detach(Command.DetachReason reason, long sentBelow) {
            Submission submission = new Submission(this, session, generation);
            submission.add(new Command.Detach(reason, sentBelow, -1));
            store.submit(submission);
            // a detach is not answered; what comes after it is
            connect("after-detach", 0, null);
        }

        @Override
        public Lane lane() {
            return lane;
        }

        @Override
        public void completed(Submission submission) {
            completed.add(submission);
        }

        @Override
        public void deliver(Delivery delivery) {
            for (Entry entry : delivery.entries()) {
                Objects.requireNonNull(entry.message());
            }
        }

        @Override
        public void page(Page page) {
            throw new AssertionError("nobody asked for a page");
        }

        @Override
        public void takeOver(long takenGeneration) {
            Submission submission = new Submission(this, session, generation);
            submission.add(new Command.Detach(Command.DetachReason.CLIENT_LEFT, 1, -1));
            store.submit(submission);
        }

        @Override
        public void flush() {}
    }
}

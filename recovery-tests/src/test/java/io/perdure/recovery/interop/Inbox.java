package io.perdure.recovery.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a client has received and nobody has looked at yet. Any thread. */
final class Inbox {

    private final String owner;
    private volatile LinkedBlockingQueue<Message> messages = new LinkedBlockingQueue<>();

    Inbox(String owner) {
        this.owner = owner;
    }

    void add(Message message) {
        messages.add(message);
    }

    /** From now on, what comes here waits there. To be called before anything comes. */
    void mergeInto(Inbox other) {
        messages = other.messages;
    }

    /** Waits for the next message. */
    Message next() throws InterruptedException {
        return next("anything");
    }

    /** Waits for messages and compares. Order counts among those of the same topic and QoS [MQTT-4.6.0-5]. */
    void expect(List<Message> expected) throws InterruptedException {
        List<Message> received = new ArrayList<>();
        for (Message message : expected) {
            received.add(next(message.topic() + " after " + received.size() + " messages"));
        }
        assertEquals(inOrder(expected), inOrder(received), owner);
    }

    private static List<Message> inOrder(List<Message> messages) {
        return messages.stream()
                .sorted(Comparator.comparing(Message::topic).thenComparing(Message::qos))
                .toList();
    }

    private Message next(String wanted) throws InterruptedException {
        @Nullable Message message = messages.poll(Library.TIMEOUT_MS, TimeUnit.MILLISECONDS);
        if (message == null) {
            throw new AssertionError(owner + " waited in vain for " + wanted);
        }
        return message;
    }
}

package io.perdure.recovery.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every foreign client does with the broker by itself. */
class InteropTest extends ForeignClientTest {

    private static final int MESSAGES = 5;

    private static String topic(Candidate candidate, String test) {
        return test + "/" + candidate.id();
    }

    private static List<Message> messages(String topic, int qos) {
        return IntStream.range(0, MESSAGES)
                .mapToObj(i -> Message.of(topic, "message " + i, qos))
                .toList();
    }

    private static void publish(ForeignClient publisher, List<Message> messages) throws Exception {
        for (Message message : messages) {
            publisher.publish(message);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void sendsAndReceivesAtEveryQos(Candidate candidate) throws Exception {
        candidate.require();
        String topic = topic(candidate, "qos");
        ForeignClient publisher = clients.connected(candidate, "p", broker.port());
        for (int subscribedQos = 0; subscribedQos <= 2; subscribedQos++) {
            int granted = subscribedQos;
            ForeignClient subscriber = clients.connected(candidate, "s" + granted, broker.port());
            subscriber.subscribe(topic + "/+", granted);
            for (int qos = 0; qos <= 2; qos++) {
                List<Message> sent = messages(topic + "/" + granted, qos);
                publish(publisher, sent);
                subscriber
                        .inbox()
                        .expect(sent.stream().map(m -> m.live(granted)).toList());
            }
            subscriber.disconnect();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void sendsAndReceivesAnyBytes(Candidate candidate) throws Exception {
        candidate.require();
        byte[] bytes = new byte[100_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i + i / 256);
        }
        String levels = candidate.can(Feature.ALL_CHARACTERS) ? "/ä/€/\uD83D\uDE00" : "/ä/€";
        Message large = Message.of(topic(candidate, "bytes") + levels, Message.payload(bytes), 1);
        ForeignClient client = clients.connected(candidate, "c", broker.port());
        client.subscribe(topic(candidate, "bytes") + "/#", 1);
        client.publish(large);
        client.inbox().expect(List.of(large));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void leavesItsWillIfItIsLostAndNotIfItLeaves(Candidate candidate) throws Exception {
        candidate.require();
        String topic = topic(candidate, "will");
        Message will = Message.of(topic, "lost", 1).retained();
        ForeignClient observer = clients.connected(candidate, "o", broker.port());
        observer.subscribe(topic, 1);
        ForeignClient leaving = clients.client(candidate, "l", broker.port());
        leaving.connect(false, Message.of(topic, "left", 1));
        leaving.disconnect();
        try (Relay cable = broker.cable()) {
            clients.client(candidate, "w", cable.port()).connect(false, will);
            cable.cut();
            observer.inbox().expect(List.of(will.live(1)));
        }
        ForeignClient late = clients.connected(candidate, "n", broker.port());
        late.subscribe(topic, 2);
        late.inbox().expect(List.of(will));
        // whatever the one that left has left behind comes before what is published now
        observer.publish(Message.of(topic, "end", 1));
        observer.inbox().expect(List.of(Message.of(topic, "end", 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void findsRetainedMessagesUntilTheyAreCleared(Candidate candidate) throws Exception {
        candidate.require();
        String topic = topic(candidate, "retained");
        ForeignClient publisher = clients.connected(candidate, "p", broker.port());
        List<Message> retained = new ArrayList<>();
        for (int qos = 0; qos <= 2; qos++) {
            Message message =
                    Message.of(topic + "/" + qos, "kept at " + qos, qos).retained();
            publisher.publish(Message.of(message.topic(), "replaced", 2).retained());
            publisher.publish(message);
            retained.add(message);
        }
        Message end = Message.of(topic + "/end", "end", 2);
        publisher.publish(end);
        assertEquals(Set.copyOf(retained), receivedUntilEnd(candidate, "a", publisher, end));
        publisher.publish(Message.of(topic + "/1", "", 1).retained());
        retained.remove(1);
        assertEquals(Set.copyOf(retained), receivedUntilEnd(candidate, "b", publisher, end));
    }

    /** What a new subscriber receives before what is published once it is subscribed. */
    private Set<Message> receivedUntilEnd(Candidate candidate, String name, ForeignClient publisher, Message end)
            throws Exception {
        ForeignClient subscriber = clients.connected(candidate, name, broker.port());
        subscriber.subscribe("retained/" + candidate.id() + "/#", 2);
        publisher.publish(end);
        Set<Message> received = new HashSet<>();
        while (true) {
            Message message = subscriber.inbox().next();
            if (message.equals(end)) {
                return received;
            }
            assertTrue(received.add(message), () -> message + " came twice");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void receivesWhatCameWhileItWasAway(Candidate candidate) throws Exception {
        candidate.require();
        String topic = topic(candidate, "away");
        ForeignClient subscriber = clients.client(candidate, "s", broker.port());
        boolean shows = candidate.can(Feature.SESSION_PRESENT);
        assertFalse(subscriber.connect(true, null));
        subscriber.subscribe(topic, 2);
        subscriber.disconnect();
        ForeignClient publisher = clients.connected(candidate, "p", broker.port());
        List<Message> sent = new ArrayList<>(messages(topic, 1));
        sent.addAll(messages(topic, 2));
        publish(publisher, sent);
        assertEquals(shows, subscriber.connect(true, null));
        subscriber.inbox().expect(sent);
        // nothing comes twice
        publish(publisher, messages(topic, 2));
        subscriber.inbox().expect(messages(topic, 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void sharesASubscription(Candidate candidate) throws Exception {
        candidate.require();
        String topic = topic(candidate, "shared");
        Inbox all = new Inbox("members");
        for (String member : List.of("a", "b")) {
            ForeignClient client = clients.connected(candidate, member, broker.port());
            client.inbox().mergeInto(all);
            client.subscribe("$share/" + candidate.id() + "/" + topic, 1);
        }
        ForeignClient publisher = clients.connected(candidate, "p", broker.port());
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < 2 * MESSAGES; i++) {
            publisher.publish(Message.of(topic, "message " + i, 1));
            sent.add("message " + i);
        }
        Set<String> received = new TreeSet<>();
        while (received.size() < sent.size()) {
            Message message = all.next();
            assertTrue(received.add(message.payload()), () -> message + " came twice");
        }
        assertEquals(sent, received);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidatesOfFive")
    void showsTheSubscriptionIdentifier(Candidate candidate) throws Exception {
        candidate.require(Feature.SUBSCRIPTION_IDENTIFIERS);
        String topic = topic(candidate, "identifier");
        ForeignClient client = clients.connected(candidate, "c", broker.port());
        client.subscribe(topic, 1, 268_435_455);
        Message sent = Message.of(topic, "x", 1);
        client.publish(sent);
        client.inbox().expect(List.of(sent.with(MessageProperties.NONE.withSubscriptionIds(List.of(268_435_455)))));
    }
}

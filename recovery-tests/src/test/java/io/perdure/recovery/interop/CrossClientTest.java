package io.perdure.recovery.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.UserProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What foreign clients of all kinds do with each other, through the broker. */
class CrossClientTest extends ForeignClientTest {

    private static final int EXPIRY_S = 1_000;
    private static final int PASSED_S = 100;
    private static final MessageProperties PROPERTIES = new MessageProperties(
            true,
            EXPIRY_S,
            "text/plain; charset=utf-8",
            "answers/to/me",
            "request-17",
            List.of(
                    new UserProperty("b", "1"),
                    new UserProperty("a", "1"),
                    new UserProperty("b", "1"),
                    new UserProperty("ä", "€"),
                    new UserProperty("b", "0")),
            List.of());

    private final Clients subscribing = new Clients();
    private final Map<Candidate, ForeignClient> subscribers = new LinkedHashMap<>();

    @BeforeAll
    void subscribeAll() throws Exception {
        for (Candidate candidate : here()) {
            ForeignClient client = subscribing.connected(candidate, "all", broker.port());
            client.subscribe("from/#", 2);
            subscribers.put(candidate, client);
        }
    }

    @AfterAll
    void endAll() {
        subscribing.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void everyClientReceivesWhatThisOnePublishes(Candidate candidate) throws Exception {
        candidate.require();
        ForeignClient publisher = clients.connected(candidate, "one", broker.port());
        for (int qos = 0; qos <= 2; qos++) {
            Message message = Message.of("from/" + candidate.id(), "at QoS " + qos, qos);
            publisher.publish(message);
            for (ForeignClient subscriber : subscribers.values()) {
                subscriber.inbox().expect(List.of(message));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidatesOfFive")
    void everyClientReceivesItsProperties(Candidate candidate) throws Exception {
        candidate.require(Feature.PROPERTIES);
        ForeignClient publisher = clients.connected(candidate, "one", broker.port());
        Message sent =
                Message.of("from/" + candidate.id(), "with properties", 1).with(PROPERTIES);
        publisher.publish(sent);
        for (Map.Entry<Candidate, ForeignClient> entry : subscribers.entrySet()) {
            Candidate subscriber = entry.getKey();
            Message received = entry.getValue().inbox().next();
            if (!subscriber.version().hasProperties()) {
                assertEquals(sent.with(MessageProperties.NONE), received, subscriber::toString);
                continue;
            }
            MessageProperties properties = received.properties();
            assertTrue(
                    properties.expiryS() <= EXPIRY_S && properties.expiryS() > EXPIRY_S - PASSED_S,
                    () -> subscriber + " sees " + properties.expiryS() + " s");
            boolean ordered = candidate.can(Feature.ORDER_OF_NAMES) && subscriber.can(Feature.ORDER_OF_NAMES);
            MessageProperties same = properties.withExpiryS(EXPIRY_S);
            assertEquals(
                    sent.with(ordered ? PROPERTIES : PROPERTIES.sortedByName()),
                    received.with(ordered ? same : same.sortedByName()),
                    subscriber::toString);
        }
    }

    @Test
    void membersOfAllKindsShareASubscription() throws Exception {
        Inbox all = new Inbox("members");
        for (Candidate candidate : here()) {
            ForeignClient member = clients.connected(candidate, "m", broker.port());
            member.inbox().mergeInto(all);
            member.subscribe("$share/all/shared", 2);
        }
        ForeignClient publisher = clients.connected(candidates().get(0), "p", broker.port());
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < 10 * here().size(); i++) {
            publisher.publish(Message.of("shared", "message " + i, i % 3));
            sent.add("message " + i);
        }
        Set<String> received = new TreeSet<>();
        while (received.size() < sent.size()) {
            Message message = all.next();
            assertTrue(received.add(message.payload()), () -> message + " came twice");
        }
        assertEquals(sent, received);
    }
}

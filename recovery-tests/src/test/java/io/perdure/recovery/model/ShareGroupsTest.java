package io.perdure.recovery.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the model says of share groups whose members end their sessions. */
class ShareGroupsTest {

    private static final String T = "t/1";
    private static final String G = "$share/g/t/+";
    private static final long NO_EXPIRY = ClientOptions.NO_EXPIRY;

    private final Script script = new Script();
    private final Script.Client pub = script.client("pub", Version.V5);
    private final Script.Client stays = script.client("stays", Version.V5);
    private final Script.Client leaves = script.client("leaves", Version.V5);

    private static long m(long number) {
        return Payload.key(1, number);
    }

    private void begin(int qos, int receiveMaximum) {
        stays.begin().subscribed(G, qos);
        leaves.connect(false, NO_EXPIRY, receiveMaximum).connAck(false).subscribed(G, qos);
        pub.begin();
    }

    private void fires(Rule rule, String part) {
        List<Violation> violations = script.check(rule);
        assertEquals(1, violations.size(), () -> Model.describe(violations));
        assertTrue(violations.get(0).message().contains(part), violations.get(0)::message);
    }

    private void holds() {
        List<Violation> violations = Model.check(script.run());
        assertTrue(violations.isEmpty(), () -> Model.describe(violations));
    }

    @Test
    void acceptsThatWhatAMemberLeftGoesToAnother() {
        begin(1, 10);
        pub.publishes(m(1), 1, T);
        leaves.gets(m(1), 1, 1, T).endsSession();
        stays.takes(m(1), 1, T);
        holds();
    }

    @Test
    void reportsAQos1MessageThatNoMemberHasAcknowledged() {
        begin(1, 10);
        pub.publishes(m(1), 1, T).publishes(m(2), 2, T);
        leaves.gets(m(1), 1, 1, T).takes(m(2), 2, T).endsSession();
        fires(
                new NoLoss(),
                "p00001#000000001; (QoS 1, t/1, by pub) was acknowledged by its publisher and by no member");
        assertEquals(1, Model.missing(script.run()));
    }

    @Test
    void reportsAQos1MessageThatIsLostWithASession() {
        begin(1, 10);
        pub.publishes(m(1), 1, T);
        leaves.endsSession();
        fires(new NoLoss(), "never reached $share/g/t/+");
    }

    @Test
    void acceptsThatQos2InProgressEndsWithTheSession() {
        begin(2, 2);
        pub.publishesOnce(m(1), 1, T).publishesOnce(m(2), 2, T).publishesOnce(m(3), 3, T);
        leaves.gets(m(3), 1, 2, T).ack(Kind.PUBREC_OUT, 1).endsSession();
        holds();
        assertEquals(0, Model.missing(script.run()));
    }

    @Test
    void reportsMoreLossesAtQos2ThanAMemberCanHaveHad() {
        begin(2, 2);
        pub.publishesOnce(m(1), 1, T).publishesOnce(m(2), 2, T).publishesOnce(m(3), 3, T);
        leaves.closed().connect(true, NO_EXPIRY, 2).connAck(false);
        fires(new NoLoss(), "never reached $share/g/t/+");
    }

    @Test
    void reportsALossAtQos2AfterAllSessionsEnded() {
        begin(2, 2);
        leaves.endsSession();
        pub.publishesOnce(m(1), 1, T);
        fires(new NoLoss(), "never reached $share/g/t/+");
    }

    @Test
    void aSessionThatEndsWithItsConnectionExplainsALossToo() {
        stays.begin().subscribed(G, 2);
        leaves.connect(true, 0, 1).connAck(false).subscribed(G, 2);
        pub.begin().publishesOnce(m(1), 1, T);
        assertEquals(1, script.check(new NoLoss()).size());
        leaves.closed();
        holds();
    }

    @Test
    void aSessionThatTheBrokerLostExplainsNoMoreThanItHeld() {
        begin(2, 1);
        pub.publishesOnce(m(1), 1, T).publishesOnce(m(2), 2, T);
        leaves.closed().connect(false, NO_EXPIRY, 1).connAck(false);
        fires(new NoLoss(), "never reached $share/g/t/+");
    }

    @Test
    void reportsAQos2MessageThatWasGivenToAnotherMember() {
        begin(2, 10);
        pub.publishesOnce(m(1), 1, T);
        leaves.gets(m(1), 1, 2, T).endsSession();
        stays.takesOnce(m(1), 1, T);
        fires(new ExactlyOnce(), "reached $share/g/t/+ 2 times, with identifiers [1, 1]");
    }

    @Test
    void reportsThatAMessageCameBackAlthoughItsPubackWasDurable() {
        begin(1, 10);
        pub.publishes(m(1), 1, T);
        leaves.takes(m(1), 1, T).subscribed(G, 1).endsSession();
        stays.takes(m(1), 1, T);
        fires(new Repeats(), "was sent 1 times and delivered to $share/g/t/+ 2 times");
    }

    @Test
    void reportsASecondMemberWhileTheSessionOfTheFirstLasts() {
        begin(1, 10);
        pub.publishes(m(1), 1, T);
        leaves.takes(m(1), 1, T);
        stays.takes(m(1), 1, T);
        fires(new Repeats(), "was sent 1 times and delivered to $share/g/t/+ 2 times");
    }

    @Test
    void theSameIdentifierInALaterSessionIsAnotherDelivery() {
        begin(1, 10);
        pub.publishes(m(1), 1, T);
        leaves.gets(m(1), 1, 1, T).endsSession();
        leaves.connect(false, NO_EXPIRY, 10).connAck(false).subscribed(G, 1).takes(m(1), 1, T);
        holds();
    }

    @Test
    void reportsAWrongOrderInAGroupOfOneOnly() {
        pub.begin().publishes(m(1), 1, T).publishes(m(2), 2, T);
        stays.begin().subscribed(G, 1);
        pub.publishes(m(3), 3, T).publishes(m(4), 4, T);
        stays.takes(m(4), 1, T).takes(m(3), 2, T);
        List<Violation> violations = script.check(new Ordering());
        assertTrue(violations.get(0).message().contains("got p00001#000000003; after p00001#000000004;"));
        leaves.begin().subscribed(G, 1);
        assertEquals(List.of(), script.check(new Ordering()));
    }
}

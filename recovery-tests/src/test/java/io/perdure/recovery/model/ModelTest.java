package io.perdure.recovery.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelTest {

    private static final String T = "t/1";

    private final Script script = new Script();
    private final Script.Client pub = script.client("pub", Version.V5);
    private final Script.Client sub = script.client("sub", Version.V5);

    private static long m(long number) {
        return Payload.key(1, number);
    }

    private void begin(int qos) {
        sub.begin().subscribed("t/+", qos);
        pub.begin();
    }

    private void fires(Rule rule, String part) {
        List<Violation> violations = script.check(rule);
        assertEquals(1, violations.size(), () -> Model.describe(violations));
        assertTrue(violations.get(0).message().contains(part), violations.get(0)::message);
        assertTrue(violations.get(0).excerpt().contains(">"), violations.get(0)::excerpt);
    }

    private void holds() {
        List<Violation> violations = Model.check(script.run());
        assertTrue(violations.isEmpty(), () -> Model.describe(violations));
    }

    @Test
    void acceptsAnExactResumption() {
        begin(2);
        pub.publishes(m(1), 1, T).publishesOnce(m(2), 2, T).publishesOnce(m(3), 3, T);
        sub.gets(m(1), 1, 1, T).gets(m(2), 2, 2, T).ack(Kind.PUBREC_OUT, 2).gets(m(3), 3, 2, T);
        sub.closed();
        script.outage();
        sub.resume()
                .ack(Kind.PUBREL_IN, 2)
                .ack(Kind.PUBCOMP_OUT, 2)
                .getsAgain(m(1), 1, 1, T, true)
                .ack(Kind.PUBACK_OUT, 1)
                .getsAgain(m(3), 3, 2, T, false)
                .ack(Kind.PUBREC_OUT, 3)
                .ack(Kind.PUBREL_IN, 3)
                .ack(Kind.PUBCOMP_OUT, 3);
        holds();
    }

    @Test
    void acceptsThatASessionWhichItsClientEndedIsThereAgain() {
        begin(2);
        pub.publishesOnce(m(1), 1, T).publishesOnce(m(2), 2, T);
        sub.gets(m(1), 1, 2, T).gets(m(2), 2, 2, T).ack(Kind.PUBREC_OUT, 1).endsSession();
        script.outage();
        sub.resume();
        assertTrue(script.check(new Resumption()).isEmpty(), "new: nothing is owed");
        sub.ack(Kind.PUBREL_IN, 1).ack(Kind.PUBCOMP_OUT, 1).getsAgain(m(2), 2, 2, T, true);
        sub.ack(Kind.PUBREC_OUT, 2).ack(Kind.PUBREL_IN, 2).ack(Kind.PUBCOMP_OUT, 2);
        assertTrue(script.check(new Resumption()).isEmpty(), "the old one: PUBREL comes again");
    }

    @Test
    void reportsAPubrelThatNobodyAskedForAfterTheEndOfASession() {
        begin(2);
        pub.publishesOnce(m(1), 1, T);
        sub.gets(m(1), 1, 2, T).endsSession();
        script.outage();
        sub.resume().ack(Kind.PUBREL_IN, 1);
        fires(new Resumption(), "without a PUBREC");
    }

    @Test
    void acceptsASecondDeliveryOfWhatThePublisherSentTwice() {
        begin(1);
        pub.sends(m(1), 1, 1, T).closed().resume().sendsAgain(m(1), 1, 1, T).ack(Kind.PUBACK_IN, 1);
        sub.takes(m(1), 1, T).takes(m(1), 2, T);
        holds();
    }

    @Test
    void reportsALostMessage() {
        begin(1);
        pub.publishes(m(1), 1, T).publishes(m(2), 2, T);
        sub.takes(m(2), 2, T);
        fires(new NoLoss(), "p00001#000000001; (QoS 1, t/1, by pub) was acknowledged and never reached sub");
        assertEquals(1, Model.missing(script.run()));
    }

    @Test
    void reportsALossAlsoWhenTheWholeSessionIsLost() {
        begin(1);
        pub.publishes(m(1), 1, T);
        sub.closed().begin().subscribed("t/+", 1);
        fires(new NoLoss(), "never reached sub");
    }

    @Test
    void owesNothingWithoutAnAcknowledgementOrBeforeTheSubscriptionOrAtQos0() {
        pub.begin().publishes(m(1), 1, T);
        sub.begin().subscribed("t/+", 1).subscribed("u", 0);
        pub.publishes(m(3), 3, "u").sends(m(2), 2, 1, T);
        holds();
    }

    @Test
    void reportsALossInAShareGroupOnlyIfNoMemberHasIt() {
        Script.Client other = script.client("other", Version.V3_1_1);
        sub.begin().subscribed("$share/g/t/+", 1);
        other.begin().subscribed("$share/g/t/+", 1);
        pub.begin().publishes(m(1), 1, T).publishes(m(2), 2, T);
        other.takes(m(1), 1, T);
        fires(new NoLoss(), "p00001#000000002; (QoS 1, t/1, by pub) was acknowledged and never reached $share/g/t/+");
    }

    @Test
    void reportsQos2DeliveredTwiceUnderAnotherIdentifier() {
        begin(2);
        pub.publishesOnce(m(1), 1, T);
        sub.takesOnce(m(1), 1, T).closed().resume().getsAgain(m(1), 7, 2, T, true);
        fires(new ExactlyOnce(), "reached sub 2 times, with identifiers [1, 7]");
    }

    @Test
    void reportsMoreDeliveriesThanThePublisherSent() {
        begin(1);
        pub.publishes(m(1), 1, T);
        sub.takes(m(1), 1, T).closed().resume().getsAgain(m(1), 2, 1, T, true);
        fires(new Repeats(), "was sent 1 times and delivered to sub 2 times");
    }

    @Test
    void reportsARepetitionOnOneConnection() {
        begin(1);
        pub.publishes(m(1), 1, T);
        sub.gets(m(1), 1, 1, T).getsAgain(m(1), 1, 1, T, true);
        fires(new Repeats(), "repeated on one connection");
    }

    @Test
    void reportsARepetitionAfterADurablePuback() {
        begin(2);
        pub.publishes(m(1), 1, T).publishesOnce(m(2), 2, T);
        sub.gets(m(1), 1, 1, T).gets(m(2), 2, 2, T).ack(Kind.PUBACK_OUT, 1).ack(Kind.PUBREC_OUT, 2);
        sub.ack(Kind.PUBREL_IN, 2).closed().resume().getsAgain(m(1), 1, 1, T, true);
        fires(new Repeats(), "although its PUBACK was durable");
    }

    @Test
    void reportsAWrongOrderOfFirstAndOfLastCopies() {
        begin(1);
        pub.sends(m(1), 1, 1, T).sends(m(2), 2, 1, T).sendsAgain(m(1), 1, 1, T);
        sub.takes(m(1), 1, T).takes(m(2), 2, T).takes(m(1), 3, T);
        fires(new Ordering(), "the last copy");
        Script other = new Script();
        other.client("pub", Version.V5).begin().publishes(m(1), 1, T).publishes(m(2), 2, T);
        other.client("sub", Version.V5).takes(m(2), 1, T).takes(m(1), 2, T).takes(m(2), 3, T);
        assertTrue(other.check(new Ordering()).get(0).message().contains("got p00001#000000001; after"));
    }

    @Test
    void acceptsThatAnExpiredCopyIsMissingInTheOrder() {
        begin(1);
        pub.sendsWithExpiry(m(1), 1, T, 1).sends(m(2), 2, 1, T);
        sub.takes(m(2), 2, T).getsWithExpiry(m(1), 3, T, 1).takes(m(2), 4, T);
        assertEquals(List.of(), script.check(new Ordering()));
    }

    @Test
    void acceptsThatTheFirstCopyCameBeforeTheSubscription() {
        pub.begin().sends(m(1), 1, 1, T);
        sub.begin().subscribed("t/+", 1);
        pub.sends(m(2), 2, 1, T);
        sub.takes(m(2), 1, T).takes(m(1), 2, T).takes(m(2), 3, T);
        assertEquals(List.of(), script.check(new Ordering()));
    }

    @Test
    void acceptsThatASubscriptionBeganWhenItsSubackWasLost() {
        pub.begin().sends(m(1), 1, 1, T);
        sub.begin().subscribes("t/+", 1);
        pub.sends(m(2), 2, 1, T);
        sub.closed().resume().takes(m(2), 1, T).takes(m(1), 2, T).takes(m(2), 3, T);
        assertEquals(List.of(), script.check(new Ordering()));
    }

    @Test
    void acceptsThatTheSubscriptionEndedBeforeTheLastCopy() {
        begin(1);
        pub.sends(m(1), 1, 1, T).sends(m(2), 2, 1, T);
        sub.takes(m(1), 1, T).takes(m(2), 2, T);
        pub.sendsAgain(m(1), 1, 1, T).sendsAgain(m(2), 2, 1, T);
        sub.takes(m(1), 3, T).unsubscribed("t/+");
        assertEquals(List.of(), script.check(new Ordering()));
    }

    @Test
    void reportsAMessageThatWasSentAfterUnsuback() {
        begin(1);
        pub.publishes(m(1), 1, T);
        sub.unsubscribed("t/+");
        pub.publishes(m(2), 2, T);
        sub.takes(m(1), 1, T).takes(m(2), 2, T);
        fires(new Subscribed(), "got p00001#000000002; (QoS 1, t/1, by pub) without a subscription");
        assertEquals(List.of(), script.check(new NoLoss()));
    }

    @Test
    void reportsAResendWithoutDup() {
        begin(1);
        sub.gets(m(1), 1, 1, T).closed().resume().gets(m(1), 1, 1, T);
        List<Violation> violations = script.check(new Resumption());
        assertTrue(violations.get(0).message().contains("came again without DUP"));
    }

    @Test
    void reportsAnIdentifierGivenAwayWhileInUse() {
        begin(1);
        sub.gets(m(1), 1, 1, T).closed().resume().getsAgain(m(2), 1, 1, T, true).ack(Kind.PUBACK_OUT, 1);
        fires(new Resumption(), "still in use, was given to p00001#000000002;");
    }

    @Test
    void reportsAWrongOrderOfResends() {
        begin(1);
        sub.gets(m(1), 1, 1, T).gets(m(2), 2, 1, T).closed();
        sub.resume().getsAgain(m(2), 2, 1, T, true).getsAgain(m(1), 1, 1, T, true);
        sub.ack(Kind.PUBACK_OUT, 2).ack(Kind.PUBACK_OUT, 1);
        fires(new Resumption(), "out of the original order");
    }

    @Test
    void reportsANewMessageBeforeTheResends() {
        begin(1);
        sub.gets(m(1), 1, 1, T).closed().resume().takes(m(2), 2, T);
        List<Violation> violations = script.check(new Resumption());
        assertTrue(
                violations.get(0).message().contains("a new message came before [p00001#000000001; id=1] came again"));
        assertTrue(violations.get(1).message().contains("is left open: DELIVERED"));
    }

    @Test
    void reportsDupAfterANewMessage() {
        begin(1);
        sub.takes(m(2), 2, T).getsAgain(m(3), 3, 1, T, true).ack(Kind.PUBACK_OUT, 3);
        fires(new Resumption(), "with DUP came after a new one");
    }

    @Test
    void reportsPublishAfterPubrel() {
        begin(2);
        sub.gets(m(1), 1, 2, T).ack(Kind.PUBREC_OUT, 1).ack(Kind.PUBREL_IN, 1).closed();
        sub.resume().getsAgain(m(1), 1, 2, T, true).ack(Kind.PUBCOMP_OUT, 1);
        fires(new Resumption(), "after its PUBREL");
    }

    @Test
    void reportsAPubrelThatDoesNotComeAgain() {
        begin(2);
        sub.gets(m(1), 1, 2, T)
                .ack(Kind.PUBREC_OUT, 1)
                .ack(Kind.PUBREL_IN, 1)
                .closed()
                .resume();
        fires(new Resumption(), "is left open: RELEASED");
    }

    @Test
    void reportsPubrelsInAWrongOrder() {
        begin(2);
        sub.gets(m(1), 1, 2, T)
                .gets(m(2), 2, 2, T)
                .ack(Kind.PUBREC_OUT, 1)
                .ack(Kind.PUBREC_OUT, 2)
                .closed();
        sub.resume().ack(Kind.PUBREL_IN, 2).ack(Kind.PUBREL_IN, 1);
        sub.ack(Kind.PUBCOMP_OUT, 1).ack(Kind.PUBCOMP_OUT, 2);
        fires(new Resumption(), "not in the order of the PUBRECs");
        Script other = new Script();
        Script.Client live = other.client("live", Version.V5).begin();
        live.gets(m(1), 1, 2, T).gets(m(2), 2, 2, T).ack(Kind.PUBREC_OUT, 1).ack(Kind.PUBREC_OUT, 2);
        live.ack(Kind.PUBREL_IN, 2)
                .ack(Kind.PUBREL_IN, 1)
                .ack(Kind.PUBCOMP_OUT, 1)
                .ack(Kind.PUBCOMP_OUT, 2);
        assertEquals(1, other.check(new Resumption()).size());
    }

    @Test
    void reportsAPubrelWithoutPubrec() {
        begin(2);
        sub.ack(Kind.PUBREL_IN, 5);
        fires(new Resumption(), "without a PUBREC");
    }

    @Test
    void reportsASessionThatIsGone() {
        sub.begin().closed().connect(false, -1).connAck(false);
        fires(new SessionPresence(), "the session of sub is gone");
    }

    @Test
    void reportsASessionThatShouldBeGone() {
        sub.connect(false, 2).connAck(false).closed();
        script.pass(10);
        sub.connect(false, 2).connAck(true);
        fires(new SessionPresence(), "got a session that ended or never was");
    }

    @Test
    void aTakeoverOfALivingConnectionIsNoPause() {
        sub.connect(false, 2).connAck(false);
        script.pass(10);
        sub.connect(false, 2).closed().connAck(true);
        holds();
    }

    @Test
    void reportsASessionAfterCleanStart() {
        sub.begin().closed().connect(true, -1).connAck(true);
        fires(new SessionPresence(), "got a session that ended or never was");
    }

    @Test
    void knowsNotWhetherAnUnansweredConnectMadeASession() {
        sub.connect(false, 100).closed().connect(false, 100).connAck(true);
        holds();
    }

    @Test
    void reportsPubacksOutOfOrderAndUnasked() {
        pub.begin()
                .sends(m(1), 1, 1, T)
                .sends(m(2), 2, 1, T)
                .ack(Kind.PUBACK_IN, 2)
                .ack(Kind.PUBACK_IN, 1);
        fires(new PublisherAcknowledgements(), "before the answer to 1");
        sub.begin()
                .ack(Kind.PUBACK_IN, 5)
                .ack(Kind.PUBCOMP_IN, 6)
                .sends(m(3), 7, 2, T)
                .ack(Kind.PUBACK_IN, 7);
        assertEquals(4, script.check(new PublisherAcknowledgements()).size());
    }

    @Test
    void reportsCorruptAndMisroutedAndUnknownMessages() {
        begin(1);
        pub.publishes(m(1), 1, T);
        sub.takes(m(1), 1, "t/2").takes(m(2), 2, T).takes(Payload.FOREIGN, 3, T).gets(m(1), 4, 2, T);
        assertEquals(
                List.of(
                        "sub got p00001#000000001; (QoS 1, t/1, by pub) on the wrong topic t/2",
                        "sub got a message that nobody sent: p00001#000000002;",
                        "sub got a corrupt payload on t/1",
                        "sub got p00001#000000001; (QoS 1, t/1, by pub) at QoS 2"),
                script.check(new Fidelity()).stream().map(Violation::message).toList());
    }

    @Test
    void reportsAMissingAndAStaleRetainedMessage() {
        pub.begin().sendsRetained(m(1), 1, "r").sendsRetained(m(2), 2, "r");
        sub.begin().subscribed("r", 1).getsRetained(m(1), 1, "r");
        List<Violation> violations = script.check(new RetainedState());
        assertTrue(violations.get(0).message().contains("was replayed, older than p00001#000000002;"));
        assertTrue(violations.get(1).message().contains("is retained and was not replayed to sub"));
    }

    @Test
    void reportsARetainedMessageReplayedTwice() {
        pub.begin().sendsRetained(m(1), 1, "r");
        sub.begin().subscribed("r", 1).getsRetained(m(1), 1, "r").getsRetained(m(1), 2, "r");
        fires(new RetainedState(), "more often than asked for");
    }

    @Test
    void reportsARetainedMessageThatHadBeenCleared() {
        pub.begin().sendsRetained(m(1), 1, "r").clearsRetained(2, "r");
        sub.begin().subscribed("r", 1);
        holds();
        sub.getsRetained(m(1), 1, "r");
        fires(new RetainedState(), "after it had been cleared");
    }

    @Test
    void acceptsAClearedMessageWhereTheClearingMayBeLost() {
        pub.begin().sendsRetained(m(1), 1, "r").sends(Payload.EMPTY, 2, 1, "r");
        sub.begin().subscribed("r", 1).getsRetained(m(1), 1, "r");
        holds();
    }

    @Test
    void reportsAWillThatWasNotPublished() {
        sub.begin().subscribed("will/#", 1);
        pub.connect(false, 100).will(m(1), "will/1", 0).connAck(false);
        script.outage();
        pub.closed();
        fires(new Wills(), "was not delivered to sub");
        assertEquals(1, Model.missing(script.run()));
        sub.takes(m(1), 1, "will/1");
        holds();
    }

    @Test
    void reportsAWillOfAClientThatHadLeftOrWasBack() {
        sub.begin().subscribed("will/#", 1);
        pub.connect(false, 100)
                .will(m(1), "will/1", 0)
                .connAck(false)
                .ack(Kind.DISCONNECT_OUT, 0)
                .closed();
        pub.connect(false, 100).will(m(2), "will/1", 60).connAck(true).closed();
        pub.connect(false, 100).connAck(true);
        sub.takes(m(1), 1, "will/1").takes(m(2), 2, "will/1");
        assertEquals(2, script.check(new Wills()).size());
    }

    @Test
    void expectsTheSessionOfA31ClientThoughItIsNotTold() {
        Script.Client old = script.client("old", Version.V3_1);
        old.begin().subscribed("t/+", 2);
        pub.begin().publishesOnce(m(1), 1, T).publishesOnce(m(2), 2, T);
        old.gets(m(1), 1, 2, T).ack(Kind.PUBREC_OUT, 1).gets(m(2), 2, 2, T).closed();
        old.begin().ack(Kind.PUBREL_IN, 1).ack(Kind.PUBCOMP_OUT, 1);
        fires(new Resumption(), "is left open: DELIVERED");
        old.getsAgain(m(2), 2, 2, T, false)
                .ack(Kind.PUBREC_OUT, 2)
                .ack(Kind.PUBREL_IN, 2)
                .ack(Kind.PUBCOMP_OUT, 2);
        holds();
    }

    @Test
    void reportsExpiredMessagesAndWrongIntervals() {
        begin(1);
        pub.sendsWithExpiry(m(1), 1, T, 5).sendsWithExpiry(m(2), 2, T, 100);
        script.pass(20);
        sub.getsWithExpiry(m(1), 1, T, 0).getsWithExpiry(m(2), 2, T, 100);
        List<Violation> violations = script.check(new Expiry());
        assertTrue(violations.get(0).message().contains("was sent 20 s after it was published"));
        assertTrue(violations.get(1).message().contains("arrived with 100 s left"));
        sub.takes(m(2), 3, T);
        assertEquals(3, script.check(new Expiry()).size());
    }
}

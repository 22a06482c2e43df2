package io.perdure.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.session.SendWindow.Ack;
import io.perdure.protocol.session.SendWindow.Verdict;
import org.junit.jupiter.api.Test;

class SendWindowTest {

    private static final int BLOCK = SendWindow.SENT_LIMIT_BLOCK;

    private static final long[] NONE = {};

    private static SendWindow fresh(int receiveMaximum) {
        return new SendWindow(1, NONE, NONE, 1, 1_000_000, receiveMaximum);
    }

    private static void send(SendWindow window, long sequence, int qos) {
        assertEquals(Verdict.SEND, window.offer(sequence, qos));
        assertEquals(qos == 0 ? 0 : SendWindow.packetId(sequence), window.sent(sequence, qos));
    }

    @Test
    void givesEachSequenceItsOwnPacketIdentifier() {
        assertEquals(2, SendWindow.packetId(1));
        assertEquals(65_535, SendWindow.packetId(65_534));
        assertEquals(1, SendWindow.packetId(65_535));
        assertEquals(2, SendWindow.packetId(65_536));
    }

    @Test
    void sendsWhileTheReceiveMaximumAllows() {
        SendWindow window = fresh(2);
        send(window, 1, 1);
        send(window, 2, 2);
        assertEquals(Verdict.WAIT_QUOTA, window.offer(3, 1));
        assertEquals(Ack.FINISHED, window.pubAck(2));
        assertEquals(1, window.acknowledged());
        send(window, 3, 1);
        assertEquals(0, window.quota());
    }

    @Test
    void givesQuotaBackForPubCompAndForPubRecWithAnErrorButNotForPubRec() {
        SendWindow window = fresh(2);
        send(window, 1, 2);
        send(window, 2, 2);
        assertEquals(Ack.RECEIVED, window.pubRec(2, false));
        assertEquals(1, window.acknowledged());
        assertEquals(2, window.released(1));
        assertEquals(Verdict.WAIT_QUOTA, window.offer(3, 1));
        assertEquals(Ack.FINISHED, window.pubComp(2));
        assertEquals(1, window.acknowledged());
        assertEquals(1, window.quota());
        assertEquals(Ack.FINISHED, window.pubRec(3, true));
        assertEquals(2, window.acknowledged());
        assertEquals(2, window.quota());
    }

    @Test
    void repeatsPubRelOnlyOnceItWasSent() {
        SendWindow window = fresh(2);
        send(window, 1, 2);
        assertEquals(Ack.RECEIVED, window.pubRec(2, false));
        assertEquals(Ack.IGNORE, window.pubRec(2, false));
        window.released(1);
        assertEquals(Ack.RELEASE_AGAIN, window.pubRec(2, false));
        assertEquals(1, window.acknowledged());
    }

    @Test
    void tellsAWrongStepFromAnUnknownIdentifier() {
        SendWindow window = fresh(10);
        send(window, 1, 1);
        send(window, 2, 2);
        assertEquals(Ack.WRONG_STEP, window.pubRec(2, false));
        assertEquals(Ack.WRONG_STEP, window.pubRec(2, true));
        assertEquals(Ack.WRONG_STEP, window.pubComp(2));
        assertEquals(Ack.WRONG_STEP, window.pubAck(3));
        assertEquals(Ack.WRONG_STEP, window.pubComp(3));
        window.pubRec(3, false);
        assertEquals(Ack.WRONG_STEP, window.pubComp(3));
        assertEquals(Ack.WRONG_STEP, window.pubRec(3, true));
        window.released(2);
        assertEquals(Ack.WRONG_STEP, window.pubRec(3, true));
        assertEquals(Ack.UNKNOWN, window.pubAck(4));
        assertEquals(Ack.UNKNOWN, window.pubRec(4, false));
        assertEquals(Ack.UNKNOWN, window.pubRec(4, true));
        assertEquals(Ack.UNKNOWN, window.pubComp(4));
        assertEquals(8, window.quota());
    }

    @Test
    void resumesWithWhatIsNeitherFinishedNorReleased() {
        SendWindow window = new SendWindow(10, new long[] {11, 14}, new long[] {13, 12}, 16, 20, 2);
        send(window, 10, 1);
        assertTrue(window.dup(10, 1));
        assertEquals(Verdict.DONE, window.offer(11, 1));
        assertEquals(Verdict.DONE, window.offer(12, 2));
        assertEquals(Verdict.DONE, window.offer(13, 2));
        assertEquals(Verdict.DONE, window.offer(14, 1));
        send(window, 15, 2);
        assertTrue(window.dup(15, 2));
        assertFalse(window.dup(15, 0));
        assertFalse(window.dup(16, 1));
        // what is owed from before takes no quota, and gives none back
        assertEquals(Ack.FINISHED, window.pubComp(SendWindow.packetId(13)));
        assertEquals(13, window.acknowledged());
        assertEquals(Verdict.WAIT_QUOTA, window.offer(16, 1));
        assertEquals(Ack.RELEASE_AGAIN, window.pubRec(SendWindow.packetId(12), false));
    }

    @Test
    void doesNotSendAgainWhatIsCompletedBeforeItsTurn() {
        SendWindow window = new SendWindow(10, NONE, new long[] {12}, 13, 20, 2);
        assertEquals(Ack.FINISHED, window.pubComp(SendWindow.packetId(12)));
        send(window, 10, 1);
        send(window, 11, 1);
        assertEquals(Verdict.DONE, window.offer(12, 2));
    }

    @Test
    void ignoresAPubRecForWhatItIsAboutToSendAgain() {
        SendWindow window = new SendWindow(10, NONE, NONE, 12, 20, 2);
        assertEquals(Ack.IGNORE, window.pubRec(SendWindow.packetId(11), false));
        assertEquals(Ack.UNKNOWN, window.pubAck(SendWindow.packetId(11)));
        assertEquals(Ack.UNKNOWN, window.pubRec(SendWindow.packetId(12), false));
    }

    @Test
    void dropsWhatIsOfferedTwice() {
        SendWindow window = fresh(10);
        send(window, 1, 1);
        assertEquals(Verdict.DONE, window.offer(1, 1));
        assertEquals(2, window.next());
    }

    @Test
    void refusesToBeToldOfWhatItDidNotAllow() {
        SendWindow window = fresh(1);
        assertThrows(IllegalStateException.class, () -> window.sent(2, 1));
        send(window, 1, 1);
        assertEquals(Verdict.WAIT_QUOTA, window.offer(2, 1));
        assertThrows(IllegalStateException.class, () -> window.sent(2, 1));
        assertThrows(IllegalStateException.class, () -> window.skip(1));
        assertThrows(IllegalStateException.class, () -> window.released(1));
        assertThrows(IllegalArgumentException.class, () -> fresh(0));
        assertThrows(IllegalArgumentException.class, () -> fresh(65_536));
        assertThrows(IllegalArgumentException.class, () -> new SendWindow(0, NONE, NONE, 1, 1, 1));
    }

    @Test
    void staysBelowTheSentLimitAndAsksForMoreInTime() {
        SendWindow window = new SendWindow(5, NONE, NONE, 5, 5, 65_535);
        assertEquals(Verdict.WAIT_SENT_LIMIT, window.offer(5, 1));
        assertEquals(5 + BLOCK, window.wantedSentLimit());
        assertEquals(0, window.wantedSentLimit(), "asked for already");
        window.outcome(5, 5);
        assertEquals(Verdict.WAIT_SENT_LIMIT, window.offer(5, 0));
        window.outcome(5 + BLOCK, 5);
        assertEquals(0, window.wantedSentLimit());
        for (long s = 5; s < 5 + BLOCK / 2; s++) {
            send(window, s, 1);
        }
        assertEquals(0, window.wantedSentLimit());
        send(window, 5 + BLOCK / 2, 1);
        assertEquals(6 + BLOCK / 2 + BLOCK, window.wantedSentLimit());
        // a gap that jumps over what was asked for
        assertEquals(Verdict.WAIT_SENT_LIMIT, window.offer(50_000, 1));
        assertEquals(50_000 + BLOCK, window.wantedSentLimit());
    }

    @Test
    void finishesQoS0AtOnceOutsideTheQuota() {
        SendWindow window = fresh(1);
        send(window, 1, 1);
        send(window, 2, 0);
        send(window, 3, 0);
        assertEquals(Ack.UNKNOWN, window.pubAck(SendWindow.packetId(2)));
        assertEquals(1, window.inFlight());
        assertEquals(4, window.sentBelow());
    }

    @Test
    void passesOverWhatIsExpiredIfItWasNeverSent() {
        SendWindow window = new SendWindow(5, NONE, NONE, 7, 8, 1);
        window.offer(5, 1);
        assertFalse(window.mayExpire(5));
        assertFalse(window.mayExpire(6));
        assertTrue(window.mayExpire(7));
        send(window, 5, 1);
        assertEquals(Verdict.WAIT_QUOTA, window.offer(7, 1));
        window.skip(7);
        assertEquals(Verdict.WAIT_SENT_LIMIT, window.offer(8, 1));
        window.skip(8);
        assertEquals(Verdict.DONE, window.offer(8, 1));
        assertEquals(7, window.sentBelow());
    }

    @Test
    void reportsAllThatMayHaveBeenSent() {
        SendWindow window = new SendWindow(5, NONE, NONE, 7, 20, 10);
        assertEquals(7, window.sentBelow());
        send(window, 5, 1);
        assertEquals(7, window.sentBelow());
        send(window, 9, 1);
        assertEquals(10, window.sentBelow());
    }

    @Test
    void waitsForTheOneThatHoldsTheIdentifier() {
        SendWindow window = fresh(10);
        send(window, 7, 1);
        send(window, 8, 2);
        long again = 7 + 3 * 65_535;
        window.outcome(1_000_000, 7);
        assertEquals(Verdict.WAIT_PACKET_ID, window.offer(again, 1));
        assertFalse(window.barrierNeeded());
        window.pubAck(SendWindow.packetId(7));
        window.outcome(1_000_000, again - 65_535 + 1);
        send(window, again, 1);
        assertEquals(Verdict.WAIT_PACKET_ID, window.offer(again + 1, 1));
    }

    @Test
    void waitsUntilTheIdentifierIsFinishedDurably() {
        SendWindow window = fresh(65_535);
        for (long s = 1; s <= 65_535; s++) {
            send(window, s, 1);
        }
        assertEquals(Verdict.WAIT_QUOTA, window.offer(65_536, 1));
        window.pubAck(SendWindow.packetId(1));
        assertEquals(Verdict.WAIT_BARRIER, window.offer(65_536, 1));
        window.outcome(0, 2);
        send(window, 65_536, 1);
    }

    @Test
    void clearsWithABarrierWhatWasAcknowledgedBeforeIt() {
        SendWindow window = fresh(65_535);
        send(window, 1, 2);
        for (long s = 2; s <= 5; s++) {
            send(window, s, 1);
        }
        for (long s : new long[] {2, 3, 5}) {
            assertEquals(Ack.FINISHED, window.pubAck(SendWindow.packetId(s)));
        }
        // QoS 0 passes without an identifier
        send(window, 65_536, 0);
        assertEquals(Verdict.WAIT_BARRIER, window.offer(65_537, 1));
        assertTrue(window.barrierNeeded());
        window.barrierSent();
        assertFalse(window.barrierNeeded());
        assertEquals(Verdict.WAIT_BARRIER, window.offer(65_537, 1));
        assertEquals(Ack.FINISHED, window.pubAck(SendWindow.packetId(4)));
        window.barrierPassed();
        send(window, 65_537, 1);
        send(window, 65_538, 1);
        // 4 was acknowledged after the barrier
        assertEquals(Verdict.WAIT_BARRIER, window.offer(65_539, 1));
        assertTrue(window.barrierNeeded());
        window.barrierSent();
        window.barrierPassed();
        send(window, 65_539, 1);
        send(window, 65_540, 1);
        send(window, 65_541, 1);
    }

    @Test
    void staysSmallWhenItIsIdleAgain() {
        PacketIdTable table = new PacketIdTable();
        for (int id = 1; id <= 65_535; id++) {
            table.put(id, id);
        }
        assertEquals(65_535, table.size());
        for (int id = 65_535; id >= 1; id--) {
            assertEquals(id, table.get(id));
            assertEquals(id, table.remove(id));
            assertEquals(PacketIdTable.NONE, table.get(id));
        }
        assertEquals(0, table.size());
        assertEquals(256, table.capacity());
    }
}

package io.perdure.protocol.session;

import java.util.Arrays;

/**
 * The outbound side of one attached session: which sequence of its queue may be sent next, under which Packet
 * Identifier, and what the client's acknowledgements mean.
 *
 * <p>Built when the session is attached, thrown away with the connection; used by the connection's event loop alone. Its
 * memory follows the number of sequences in flight, which the client's Receive Maximum bounds (and, after a resume, what
 * was PUBRECed before).
 *
 * <p><b>Sending.</b> The connection {@link #offer}s its entries strictly in order of sequence; what lies between two
 * offered sequences holds nothing. {@link Verdict#SEND} asks it to send the entry and say {@link #sent}, or to pass over
 * it with {@link #skip}. Every other verdict leaves the entry first in line, except {@link Verdict#DONE}, which drops it.
 *
 * <p><b>Identifiers.</b> A sequence has the same identifier for ever, so an identifier is free only when its previous
 * holder is finished durably. If that is not known yet, the verdict is {@link Verdict#WAIT_BARRIER}: the connection puts
 * anything (say, {@code wantSentLimit}) into the submission that is open, calls {@link #barrierSent}, and, when that
 * submission comes back, {@link #barrierPassed}. The submission must be the one that holds, or follows, all finished
 * sequences reported so far.
 *
 * <p><b>Quota</b> [MQTT-3.3.4-9]. A QoS 1 or 2 PUBLISH takes one from the Receive Maximum; PUBACK, PUBCOMP and a PUBREC
 * with an error give it back. PUBRELs that are owed from before the connection are outside it.
 */
public final class SendWindow {

    /** How many sequences one raise of the sent limit asks for. */
    public static final int SENT_LIMIT_BLOCK = 16_384;

    /** How many Packet Identifiers there are; sequences that far apart share one. */
    public static final int PACKET_IDS = 65_535;

    /** What to do with an offered entry. */
    public enum Verdict {
        /** Send it and call {@link SendWindow#sent}, or {@link SendWindow#skip} it. */
        SEND,
        /** Drop it: finished or PUBRECed before, or sent already on this connection. */
        DONE,
        /** The Receive Maximum is reached: wait for an acknowledgement. */
        WAIT_QUOTA,
        /** Its Packet Identifier is held by a sequence that the client has not finished: wait for that one. */
        WAIT_PACKET_ID,
        /** Its Packet Identifier was finished, perhaps not durably yet: wait for the barrier, see the class. */
        WAIT_BARRIER,
        /** Not below the sent limit: submit {@link SendWindow#wantedSentLimit} if it asks, wait for the outcome. */
        WAIT_SENT_LIMIT
    }

    /** What an acknowledgement means. {@link SendWindow#acknowledged} is the sequence, where there is one. */
    public enum Ack {
        /** The delivery is over: report the sequence as finished. */
        FINISHED,
        /** A PUBREC: report the sequence as received, send PUBREL when that is durable. */
        RECEIVED,
        /** A PUBREC whose PUBREL was sent before: send PUBREL again. */
        RELEASE_AGAIN,
        /** Nothing is to be done: a PUBREC that is on its way to the log, or one that a resend will repeat. */
        IGNORE,
        /**
         * The identifier is not in use. PUBACK and PUBCOMP: ignore. PUBREC: answer PUBREL with Reason Code 0x92 in MQTT
         * 5.0, a plain PUBREL before.
         */
        UNKNOWN,
        /** Not what the delivery waits for: a protocol error, Reason Code 0x82. */
        WRONG_STEP
    }

    // States of a sequence in flight, the low three bits of a value in the table.
    private static final int QOS1_SENT = 0;
    private static final int QOS2_SENT = 1;
    private static final int QOS2_RECEIVED = 2;
    private static final int QOS2_RELEASED = 3;
    private static final int QOS2_RESUMED = 4;
    private static final int STATE_BITS = 3;
    private static final int STATE_MASK = 7;

    private static final long[] NOTHING = {};

    private final int receiveMaximum;
    private final long resendBelow;
    private final PacketIdTable inFlight = new PacketIdTable();
    private long[] done;
    private int doneIndex;
    private long next;
    private long sentBelow;
    private long sentLimit;
    private long wantedSentLimit;
    private long durableHead;
    private int quota;
    private boolean waitsForBarrier;
    private boolean barrierOutstanding;
    private long clearedBelow;
    private long clearedByBarrier;
    private long acknowledged;

    /**
     * @param head all sequences below are finished, durably; at least 1
     * @param finished sequences from {@code head} on that are finished too, ascending; not changed afterwards
     * @param released QoS 2 sequences that were PUBRECed and not PUBCOMPed. The caller sends their PUBRELs at once, in the
     *     order of the PUBRECs [MQTT-4.4.0-1], [MQTT-4.6.0-4]
     * @param resendBelow unfinished sequences below may have been sent before
     * @param sentLimit sequences below may be sent
     * @param receiveMaximum the client's Receive Maximum, 1 to 65535
     */
    public SendWindow(
            long head, long[] finished, long[] released, long resendBelow, long sentLimit, int receiveMaximum) {
        if (head < 1) {
            throw new IllegalArgumentException("head " + head);
        }
        if (receiveMaximum < 1 || receiveMaximum > PACKET_IDS) {
            throw new IllegalArgumentException("receiveMaximum " + receiveMaximum);
        }
        this.done = merge(finished, released);
        this.next = head;
        this.durableHead = head;
        this.resendBelow = resendBelow;
        this.sentBelow = resendBelow;
        this.sentLimit = sentLimit;
        this.receiveMaximum = receiveMaximum;
        this.quota = receiveMaximum;
        for (long sequence : released) {
            inFlight.put(packetId(sequence), sequence << STATE_BITS | QOS2_RESUMED);
        }
    }

    private static long[] merge(long[] a, long[] b) {
        if (b.length == 0) {
            return a;
        }
        long[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        Arrays.sort(both);
        return both;
    }

    /** The Packet Identifier that a sequence has, before and after any crash: 1 to 65535. */
    public static int packetId(long sequence) {
        return (int) (sequence % PACKET_IDS) + 1;
    }

    /**
     * Asks what to do with the next entry. Nothing was sent of the sequences between the one before and this one, and
     * nothing is there.
     *
     * @param qos the QoS of the delivery, 0 to 2. QoS 0 takes neither quota nor identifier; it is finished by {@link #sent}
     */
    public Verdict offer(long sequence, int qos) {
        if (sequence < next) {
            return Verdict.DONE;
        }
        next = sequence;
        waitsForBarrier = false;
        if (doneBefore(sequence)) {
            next = sequence + 1;
            return Verdict.DONE;
        }
        if (sequence >= sentLimit) {
            return Verdict.WAIT_SENT_LIMIT;
        }
        if (qos == 0) {
            return Verdict.SEND;
        }
        if (quota == 0) {
            return Verdict.WAIT_QUOTA;
        }
        if (inFlight.contains(packetId(sequence))) {
            return Verdict.WAIT_PACKET_ID;
        }
        if (sequence - PACKET_IDS >= durableHead && sequence >= clearedBelow) {
            waitsForBarrier = true;
            return Verdict.WAIT_BARRIER;
        }
        return Verdict.SEND;
    }

    private boolean doneBefore(long sequence) {
        while (doneIndex < done.length && done[doneIndex] < sequence) {
            doneIndex++;
        }
        if (doneIndex == done.length) {
            done = NOTHING;
            doneIndex = 0;
            return false;
        }
        return done[doneIndex] == sequence;
    }

    /**
     * Whether the PUBLISH must have DUP = 1 [MQTT-3.3.1-1]: it may have been sent before. Never at QoS 0 [MQTT-3.3.1-2].
     */
    public boolean dup(long sequence, int qos) {
        return qos > 0 && sequence < resendBelow;
    }

    /**
     * Whether the entry may be passed over because it has expired: it was surely never sent, a started delivery runs to
     * its end. (One that is larger than the client's Maximum Packet Size is passed over at any time [MQTT-3.1.2-25].)
     */
    public boolean mayExpire(long sequence) {
        return sequence >= resendBelow && sequence >= next;
    }

    /**
     * The entry was sent; {@link #offer} had said {@link Verdict#SEND} for it. At QoS 0 it is finished: report it.
     *
     * @return the Packet Identifier; 0 at QoS 0
     */
    public int sent(long sequence, int qos) {
        if (sequence != next || sequence >= sentLimit) {
            throw new IllegalStateException("sequence " + sequence + " is not next, " + this);
        }
        next = sequence + 1;
        sentBelow = Math.max(sentBelow, next);
        if (qos == 0) {
            return 0;
        }
        int packetId = packetId(sequence);
        if (quota == 0 || inFlight.contains(packetId)) {
            throw new IllegalStateException("sequence " + sequence + " was sent too early, " + this);
        }
        quota--;
        inFlight.put(packetId, sequence << STATE_BITS | (qos == 1 ? QOS1_SENT : QOS2_SENT));
        return packetId;
    }

    /**
     * Passes over the entry that was {@link #offer}ed last, and not {@link Verdict#DONE}, without sending it: report it as
     * finished. Nothing that a verdict waits for holds it back.
     */
    public void skip(long sequence) {
        if (sequence != next) {
            throw new IllegalStateException("sequence " + sequence + " is not next, " + this);
        }
        next = sequence + 1;
        waitsForBarrier = false;
    }

    /** PUBACK, with any Reason Code: FINISHED, UNKNOWN or WRONG_STEP. */
    public Ack pubAck(int packetId) {
        long value = inFlight.get(packetId);
        if (value == PacketIdTable.NONE) {
            return Ack.UNKNOWN;
        }
        if (state(value) != QOS1_SENT) {
            return Ack.WRONG_STEP;
        }
        return finish(packetId);
    }

    /**
     * PUBREC: RECEIVED, RELEASE_AGAIN, IGNORE, UNKNOWN or WRONG_STEP; with an error FINISHED or one of the last three.
     *
     * @param error whether its Reason Code is 0x80 or above
     */
    public Ack pubRec(int packetId, boolean error) {
        long value = inFlight.get(packetId);
        if (value == PacketIdTable.NONE) {
            // PUBREL with 0x92 would make the client forget it, and take the resend that is to come for a new message.
            return mayBeResent(packetId) ? Ack.IGNORE : Ack.UNKNOWN;
        }
        acknowledged = value >> STATE_BITS;
        switch (state(value)) {
            case QOS2_SENT -> {
                if (error) {
                    return finish(packetId);
                }
                setState(packetId, QOS2_RECEIVED);
                return Ack.RECEIVED;
            }
            case QOS2_RECEIVED -> {
                return error ? Ack.WRONG_STEP : Ack.IGNORE;
            }
            case QOS2_RELEASED, QOS2_RESUMED -> {
                return error ? Ack.WRONG_STEP : Ack.RELEASE_AGAIN;
            }
            default -> {
                return Ack.WRONG_STEP;
            }
        }
    }

    private boolean mayBeResent(int packetId) {
        long candidate = next + Math.floorMod(packetId - 1 - next, (long) PACKET_IDS);
        return candidate < resendBelow;
    }

    /**
     * The PUBREC of a sequence is durable: send PUBREL.
     *
     * @param sequence one for which {@link #pubRec} said RECEIVED
     * @return the Packet Identifier
     */
    public int released(long sequence) {
        int packetId = packetId(sequence);
        if (inFlight.get(packetId) != (sequence << STATE_BITS | QOS2_RECEIVED)) {
            throw new IllegalStateException("sequence " + sequence + " was not received, " + this);
        }
        setState(packetId, QOS2_RELEASED);
        return packetId;
    }

    /** PUBCOMP, with any Reason Code: FINISHED, UNKNOWN or WRONG_STEP. */
    public Ack pubComp(int packetId) {
        long value = inFlight.get(packetId);
        if (value == PacketIdTable.NONE) {
            return Ack.UNKNOWN;
        }
        if (state(value) < QOS2_RELEASED) {
            return Ack.WRONG_STEP;
        }
        return finish(packetId);
    }

    private Ack finish(int packetId) {
        long value = inFlight.remove(packetId);
        acknowledged = value >> STATE_BITS;
        if (state(value) != QOS2_RESUMED) {
            quota++;
        }
        return Ack.FINISHED;
    }

    private void setState(int packetId, int state) {
        inFlight.put(packetId, (inFlight.get(packetId) & ~STATE_MASK) | state);
    }

    private static int state(long value) {
        return (int) value & STATE_MASK;
    }

    /** The sequence that the last acknowledgement was for, if it was known. */
    public long acknowledged() {
        return acknowledged;
    }

    /**
     * A submission came back.
     *
     * @param sentLimit sequences below may be sent
     * @param durableHead all sequences below are finished durably
     */
    public void outcome(long sentLimit, long durableHead) {
        this.sentLimit = Math.max(this.sentLimit, sentLimit);
        this.durableHead = Math.max(this.durableHead, durableHead);
    }

    /**
     * What to ask of the next submission: called whenever one is submitted, and submitted for its own sake when an offer
     * waits for it. It asks when less than half a block lies ahead of the next sequence.
     *
     * @return the limit to want, or 0 if there is enough or it was asked for already
     */
    public long wantedSentLimit() {
        if (sentLimit - next >= SENT_LIMIT_BLOCK / 2 || (wantedSentLimit > sentLimit && wantedSentLimit > next)) {
            return 0;
        }
        wantedSentLimit = next + SENT_LIMIT_BLOCK;
        return wantedSentLimit;
    }

    /** Whether a barrier must be sent: the last offer waits for one, and none is under way. */
    public boolean barrierNeeded() {
        return waitsForBarrier && !barrierOutstanding;
    }

    /** A submission with, or after, everything reported as finished so far is about to be submitted. */
    public void barrierSent() {
        barrierOutstanding = true;
        clearedByBarrier = next + PACKET_IDS;
        long from = next;
        inFlight.forEachValue(value -> {
            long holder = value >> STATE_BITS;
            clearedByBarrier = Math.min(clearedByBarrier, from + Math.floorMod(holder - from, (long) PACKET_IDS));
        });
    }

    /**
     * That submission came back: the identifiers of the sequences from the one that waited on are free, up to the first
     * whose identifier was held when the barrier was sent.
     */
    public void barrierPassed() {
        if (barrierOutstanding) {
            barrierOutstanding = false;
            clearedBelow = Math.max(clearedBelow, clearedByBarrier);
        }
    }

    /** All sequences that were sent, on this connection or perhaps before it, are below: what Detach reports. */
    public long sentBelow() {
        return sentBelow;
    }

    /** The lowest sequence that has been neither sent nor passed over on this connection. */
    public long next() {
        return next;
    }

    /** How many QoS 1 and 2 PUBLISH packets may still be sent. */
    public int quota() {
        return quota;
    }

    /** Sequences that hold a Packet Identifier on this connection. */
    public int inFlight() {
        return inFlight.size();
    }

    @Override
    public String toString() {
        return "SendWindow[next=" + next + ", quota=" + quota + "/" + receiveMaximum + ", inFlight=" + inFlight
                + ", resendBelow=" + resendBelow + ", sentLimit=" + sentLimit + ", durableHead=" + durableHead
                + ", clearedBelow=" + clearedBelow + "]";
    }
}

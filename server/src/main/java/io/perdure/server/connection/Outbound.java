package io.perdure.server.connection;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.codec.AckEncoder;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.codec.PublishEncoder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.session.OutboundAliases;
import io.perdure.protocol.session.SendWindow;
import io.perdure.protocol.session.SendWindow.Verdict;
import io.perdure.protocol.session.Terms;
import io.perdure.storage.Attachment;
import io.perdure.storage.Delivery;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.SessionLink;
import io.perdure.storage.Store;
import io.perdure.storage.Submission;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The way from a session's queue to its client: takes deliveries while it keeps up, reads pages of the queue while it
 * doesn't, and sends in order of sequence what quota, sent limit and socket allow.
 *
 * <p>Owner: the connection's event loop; lives from CONNACK to the end of the connection. Bound: what waits here weighs at
 * most what {@link DeliveryMemory} grants, and one entry; further deliveries are dropped and read from the store later.
 */
final class Outbound {

    /** How much is sent to one client before the others of the event loop have their turn. */
    private static final int TURN_BYTES = 128 * 1024;

    /** How much is read from the store at a time, so that no session keeps the others waiting. */
    private static final long PAGE_BYTES = 512 * 1024;

    private final SessionLink link;
    private final Wire wire;
    private final Store store;
    private final LedgerClient ledger;
    private final Counters counters;
    private final MqttVersion version;
    private final long maximumPacketSizeBytes;
    private final DeliveryMemory memory;
    private final OutboundAliases aliases;
    private final Attachment attachment;
    private final SendWindow window;
    private final ArrayDeque<Entry> pending = new ArrayDeque<>();
    private long pendingBytes;
    // the next sequence to take over from a delivery or page; all before it are pending or further
    private long expected;
    // the end of the queue as far as is known
    private long knownTail;
    // the weight of the page that was asked for, 0 if none was
    private long pageBytes;
    private @Nullable Verdict blockedBy;
    private boolean turnIsOver;
    private @Nullable Submission barrier;

    Outbound(
            ConnectionLoop loop, SessionLink link, Wire wire, LedgerClient ledger, Terms terms, Attachment attachment) {
        this.link = link;
        this.wire = wire;
        this.store = loop.store();
        this.ledger = ledger;
        this.counters = loop.counters();
        this.version = terms.version();
        this.maximumPacketSizeBytes = terms.sendMaximumPacketSizeBytes();
        this.memory = loop.deliveryMemory();
        this.aliases = new OutboundAliases(terms.outboundAliasMaximum());
        this.attachment = attachment;
        this.window = new SendWindow(
                attachment.head(),
                attachment.finished(),
                attachment.released(),
                attachment.resendBelow(),
                attachment.sentLimit(),
                terms.sendReceiveMaximum());
        this.expected = attachment.head();
        this.knownTail = attachment.tail();
    }

    /** Right after CONNACK: the PUBRELs that are owed, in the order of their PUBRECs [MQTT-4.4.0-1], [MQTT-4.6.0-4]. */
    void resume() {
        for (long sequence : attachment.released()) {
            AckEncoder.pubRel(wire.out(), SendWindow.packetId(sequence));
        }
    }

    /**
     * The connection has ended.
     *
     * @return all sequences that were sent are below
     */
    long end() {
        memory.giveBack(pendingBytes + pageBytes);
        pending.clear();
        pendingBytes = 0;
        pageBytes = 0;
        return window.sentBelow();
    }

    /** New entries. */
    void deliver(Delivery delivery) {
        boolean keepsUp = delivery.fromSequence() <= expected;
        for (Entry entry : delivery.entries()) {
            if (entry.sequence() == Entry.UNQUEUED) {
                sendUnqueued(entry.message(), entry.retain(), entry.subscriptionIds());
            } else if (keepsUp && entry.sequence() >= expected) {
                keepsUp = take(entry);
            }
        }
        if (keepsUp) {
            expected = Math.max(expected, delivery.toSequence());
        }
        knownTail = Math.max(knownTail, delivery.toSequence());
    }

    private boolean take(Entry entry) {
        if (isFull() && !makeRoom()) {
            expected = entry.sequence();
            counters.addFellBehind();
            return false;
        }
        add(entry);
        return true;
    }

    private boolean isFull() {
        return pendingBytes >= DeliveryMemory.MINIMUM_BYTES && pendingBytes >= memory.limitBytes(pendingBytes);
    }

    private void add(Entry entry) {
        int bytes = entry.message().weightBytes();
        pending.add(entry);
        pendingBytes += bytes;
        memory.take(bytes);
        expected = entry.sequence() + 1;
    }

    /** Sends more than the connection's share of a turn rather than read it from the store later. */
    private boolean makeRoom() {
        sendPending();
        while (turnIsOver && isFull()) {
            wire.flush();
            turnIsOver = false;
            sendPending();
        }
        return !isFull();
    }

    /** A page that was asked for. */
    void page(Page page) {
        memory.giveBack(pageBytes);
        pageBytes = 0;
        for (Entry entry : page.entries()) {
            if (entry.sequence() >= expected) {
                add(entry);
            }
        }
        expected = Math.max(expected, page.endSequence());
    }

    /** A submission came back: what it makes possible. */
    void completed(Submission submission) {
        window.outcome(submission.sentLimit(), submission.durableHead());
        if (submission == barrier) {
            barrier = null;
            window.barrierPassed();
        }
        for (int i = 0; i < submission.receivedCount(); i++) {
            AckEncoder.pubRel(wire.out(), window.released(submission.receivedAt(i)));
        }
    }

    /**
     * Sends what can be sent, and puts into the open submission what sending needs.
     *
     * @return whether there is more that could be sent after the other connections had their turn
     */
    boolean pump() {
        turnIsOver = false;
        sendPending();
        if (expected < knownTail && pageBytes == 0) {
            requestPage();
        }
        if (blockedBy == Verdict.WAIT_SENT_LIMIT || ledger.hasOpen()) {
            long wanted = window.wantedSentLimit();
            if (wanted > 0) {
                ledger.open().wantSentLimit(wanted);
            }
        }
        if (window.barrierNeeded()) {
            barrier = ledger.open();
            barrier.barrier();
            window.barrierSent();
        }
        return turnIsOver;
    }

    private void requestPage() {
        long limit = memory.limitBytes(pendingBytes);
        if (pendingBytes <= limit / 2) {
            pageBytes = Math.min(PAGE_BYTES, limit - pendingBytes);
            memory.take(pageBytes);
            store.readPage(link, attachment.session(), attachment.generation(), expected, knownTail, (int) pageBytes);
        }
    }

    private void sendPending() {
        blockedBy = null;
        if (pending.isEmpty()) {
            return;
        }
        long nowMs = store.nowMs();
        Entry entry = pending.peekFirst();
        while (entry != null && !turnIsOver && wire.isWritable() && advance(entry, nowMs)) {
            pending.removeFirst();
            int bytes = entry.message().weightBytes();
            pendingBytes -= bytes;
            memory.giveBack(bytes);
            entry = pending.peekFirst();
        }
    }

    /** Whether the entry is done with; otherwise it stays first in line. */
    private boolean advance(Entry entry, long nowMs) {
        long sequence = entry.sequence();
        Verdict verdict = window.offer(sequence, entry.qos());
        if (verdict == Verdict.DONE) {
            return true;
        }
        Message message = entry.message();
        if (message.expired(nowMs) && window.mayExpire(sequence)) {
            counters.addExpired();
            pass(sequence);
            return true;
        }
        if (verdict != Verdict.SEND) {
            blockedBy = verdict;
            return false;
        }
        if (isTooLarge(message, entry.qos(), entry.subscriptionIds(), nowMs)) {
            pass(sequence);
            return true;
        }
        boolean dup = window.dup(sequence, entry.qos());
        int packetId = window.sent(sequence, entry.qos());
        if (entry.qos() == 0) {
            ledger.open().finished(sequence);
        }
        write(message, dup, entry.qos(), entry.retain(), packetId, entry.subscriptionIds(), nowMs);
        return true;
    }

    private void pass(long sequence) {
        window.skip(sequence);
        ledger.open().finished(sequence);
    }

    /** A QoS 0 message that is in no queue: sent at once, or dropped if the client is too slow. */
    void sendUnqueued(Message message, boolean retain, int[] subscriptionIds) {
        long nowMs = message.expiresAtMs() == Message.NEVER ? 0 : store.nowMs();
        if (message.expired(nowMs)) {
            counters.addExpired();
            return;
        }
        if (blockedBy == null) {
            // what is in line could go too, and comes first
            sendPending();
        }
        if (turnIsOver) {
            wire.flush();
            turnIsOver = false;
        }
        if (!wire.isWritable()) {
            counters.addQos0Dropped();
            return;
        }
        if (!isTooLarge(message, 0, subscriptionIds, nowMs)) {
            write(message, false, 0, retain, 0, subscriptionIds, nowMs);
        }
    }

    /** Whether a message is far from the client's Maximum Packet Size, seen without computing its size. */
    private boolean isSurelySmall(Message message, int[] subscriptionIds) {
        // at most 64 bytes come to a message's own: the fixed header, lengths and short properties
        return message.weightBytes() + 64L + 5L * subscriptionIds.length <= maximumPacketSizeBytes;
    }

    private boolean isTooLarge(Message message, int qos, int[] subscriptionIds, long nowMs) {
        if (isSurelySmall(message, subscriptionIds)) {
            return false;
        }
        long sizeBytes = PublishEncoder.sizeBytes(
                version,
                qos,
                message.topic(),
                0,
                remainingS(message, nowMs),
                subscriptionIds,
                message.properties(),
                message.payload());
        if (sizeBytes <= maximumPacketSizeBytes) {
            return false;
        }
        counters.addTooLarge();
        return true;
    }

    private void write(
            Message message, boolean dup, int qos, boolean retain, int packetId, int[] subscriptionIds, long nowMs) {
        ByteBuf out = wire.out();
        // an alias that is new makes the packet larger
        int alias = isSurelySmall(message, subscriptionIds) ? aliases.aliasFor(message.topic()) : 0;
        PublishEncoder.encode(
                out,
                version,
                dup,
                qos,
                retain,
                alias > 0 ? Publish.NO_BYTES : message.topic(),
                Math.abs(alias),
                packetId,
                remainingS(message, nowMs),
                subscriptionIds,
                message.properties(),
                message.payload());
        turnIsOver = out.readableBytes() >= TURN_BYTES;
    }

    /** The Message Expiry Interval to send: what is left of it, begun seconds counting as whole [MQTT-3.3.2-6]. */
    private static long remainingS(Message message, long nowMs) {
        return message.expiresAtMs() == Message.NEVER ? -1 : Math.max(1, (message.expiresAtMs() - nowMs + 999) / 1000);
    }

    void pubAck(int packetId) {
        settle(window.pubAck(packetId), packetId);
    }

    void pubRec(int packetId, ReasonCode reasonCode) {
        SendWindow.Ack ack = window.pubRec(packetId, reasonCode.isError());
        if (ack == SendWindow.Ack.UNKNOWN && !reasonCode.isError()) {
            Encoder.encode(
                    PubRel.of(packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND),
                    version,
                    wire.out(),
                    maximumPacketSizeBytes);
        } else {
            settle(ack, packetId);
        }
    }

    void pubComp(int packetId) {
        settle(window.pubComp(packetId), packetId);
    }

    private void settle(SendWindow.Ack ack, int packetId) {
        switch (ack) {
            case FINISHED -> ledger.open().finished(window.acknowledged());
            case RECEIVED -> ledger.open().received(window.acknowledged());
            case RELEASE_AGAIN -> AckEncoder.pubRel(wire.out(), packetId);
            case IGNORE, UNKNOWN -> {}
            case WRONG_STEP ->
                throw new ProtocolViolation(
                        ReasonCode.PROTOCOL_ERROR, "acknowledgement of another kind than the delivery waits for");
        }
    }
}

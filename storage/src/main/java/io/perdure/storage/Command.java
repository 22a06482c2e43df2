package io.perdure.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a connection asks of the ledger.
 *
 * <p>Results are written by the ledger's thread before the {@link Submission} is handed back and may be read by the
 * connection from then on.
 */
public sealed interface Command {

    /** What it weighs against the bound of the ledger's mailbox: about what it takes on the heap. */
    default int weightBytes() {
        return 128;
    }

    private static int weight(String text) {
        return 56 + 2 * text.length();
    }

    /** CONNECT: attach the connection to the session of a Client Identifier. The only command of its submission. */
    final class Attach implements Command {
        private final String clientId;
        private final boolean cleanStart;
        private final long sessionExpiryS;
        private final @Nullable Will will;
        private final int receiveMaximum;
        private boolean closesWhenRefused;
        private boolean refused;
        private @Nullable Attachment attachment;

        /**
         * @param clientId not empty; an assigned one was chosen by the caller
         * @param sessionExpiryS 0: the session ends with the connection; {@link #NO_EXPIRY}: never
         * @param receiveMaximum how many QoS 1 and 2 messages the client takes at a time, 1 to 65,535: a Shared
         *     Subscription gives it no more
         */
        public Attach(
                String clientId, boolean cleanStart, long sessionExpiryS, @Nullable Will will, int receiveMaximum) {
            this.clientId = clientId;
            this.cleanStart = cleanStart;
            this.sessionExpiryS = sessionExpiryS;
            this.will = will;
            this.receiveMaximum = receiveMaximum;
        }

        @Override
        public int weightBytes() {
            return 128 + weight(clientId) + (will == null ? 0 : will.weightBytes());
        }

        public String clientId() {
            return clientId;
        }

        public boolean cleanStart() {
            return cleanStart;
        }

        public long sessionExpiryS() {
            return sessionExpiryS;
        }

        public @Nullable Will will() {
            return will;
        }

        public int receiveMaximum() {
            return receiveMaximum;
        }

        /**
         * The connection is closed when a PUBLISH is refused (its version of MQTT knows no other way): what it sends after
         * it is refused too, so that nothing overtakes what the client will send again.
         */
        public void closesWhenRefused() {
            closesWhenRefused = true;
        }

        public boolean isClosedWhenRefused() {
            return closesWhenRefused;
        }

        /** Result: there is no such session, and no space for another one. */
        public boolean refused() {
            return refused;
        }

        /** For the ledger: sets the result. */
        public void refuse() {
            refused = true;
        }

        /**
         * Result. Null if it was {@link #refused}, or if a later connection of the same Client Identifier took over before
         * this one was attached.
         */
        public @Nullable Attachment attachment() {
            return attachment;
        }

        /** For the ledger: sets the result. */
        public void complete(@Nullable Attachment attachment) {
            this.attachment = attachment;
        }
    }

    /** The Session Expiry Interval of a session that does not expire [3.1.2.11.2]. */
    long NO_EXPIRY = 0xFFFF_FFFFL;

    /** Why a connection ends. */
    enum DetachReason {
        /** DISCONNECT with Reason Code 0x00: the Will is discarded [MQTT-3.14.4-3]. */
        CLIENT_LEFT,
        /** Everything else that ends a connection: the Will is published, after its delay. */
        CONNECTION_LOST,
        /** The broker stops: the Will is published after the next start unless the client is back in time. */
        BROKER_STOPS
    }

    /**
     * The connection is closed; nothing more comes from it.
     *
     * @param sentBelow all sequences that were sent are below it
     * @param sessionExpiryS the new Session Expiry Interval, or -1 to leave it
     */
    record Detach(DetachReason reason, long sentBelow, long sessionExpiryS) implements Command {}

    /** SUBSCRIBE. All its subscriptions become durable in one batch, with their retained replays. */
    final class Subscribe implements Command {
        private final int packetId;
        private final List<Subscription> subscriptions;
        private final int weightBytes;
        private boolean[] refused = {};

        /** @param subscriptions those that are granted, in order */
        public Subscribe(int packetId, List<Subscription> subscriptions) {
            this.packetId = packetId;
            this.subscriptions = List.copyOf(subscriptions);
            int weight = 128;
            for (Subscription subscription : this.subscriptions) {
                weight += 64 + weight(subscription.topicFilter());
            }
            this.weightBytes = weight;
        }

        @Override
        public int weightBytes() {
            return weightBytes;
        }

        public int packetId() {
            return packetId;
        }

        public List<Subscription> subscriptions() {
            return subscriptions;
        }

        /** Result: whether there was no space for one of the subscriptions. */
        public boolean refused(int index) {
            return refused.length > 0 && refused[index];
        }

        /** For the ledger: sets the result, if it refuses any. */
        public void refuse(boolean[] refused) {
            this.refused = refused;
        }
    }

    /** UNSUBSCRIBE. */
    final class Unsubscribe implements Command {
        private final int packetId;
        private final List<String> topicFilters;
        private final int weightBytes;
        private boolean[] existed = {};

        /** @param topicFilters as the client wrote them, {@code $share/...} included */
        public Unsubscribe(int packetId, List<String> topicFilters) {
            this.packetId = packetId;
            this.topicFilters = List.copyOf(topicFilters);
            int weight = 128;
            for (String topicFilter : this.topicFilters) {
                weight += weight(topicFilter);
            }
            this.weightBytes = weight;
        }

        @Override
        public int weightBytes() {
            return weightBytes;
        }

        public int packetId() {
            return packetId;
        }

        public List<String> topicFilters() {
            return topicFilters;
        }

        /** Result: for each filter whether there was such a subscription. */
        public boolean[] existed() {
            return existed;
        }

        /** For the ledger: sets the result. */
        public void complete(boolean[] existed) {
            this.existed = existed;
        }
    }

    /** What became of a PUBLISH. */
    enum PublishResult {
        /** In the log, with all that it has to reach. */
        STORED,
        /** Accepted, but nobody subscribed to its topic. */
        NO_MATCHING_SUBSCRIBERS,
        /** A QoS 2 repeat of what is stored already: acknowledge again, deliver nothing. */
        DUPLICATE,
        /** QoS 0: delivered, but there is no space to retain it; nor is an earlier one retained any more. */
        NOT_RETAINED,
        /** There is no space for it; nothing was changed, its Packet Identifier is free. */
        REFUSED
    }

    /** PUBLISH from a client. */
    final class Publish implements Command {
        private final int packetId;
        private final boolean retain;
        private final Message message;
        private final Route route;
        private PublishResult result = PublishResult.STORED;

        /**
         * @param packetId 0 at QoS 0
         * @param retain the RETAIN flag: with an empty payload it removes the retained message
         * @param route what {@link Router#route} gave for the topic; matched again if it is stale by then
         */
        public Publish(int packetId, boolean retain, Message message, Route route) {
            this.packetId = packetId;
            this.retain = retain;
            this.message = message;
            this.route = route;
        }

        public int packetId() {
            return packetId;
        }

        public boolean retain() {
            return retain;
        }

        public Message message() {
            return message;
        }

        public Route route() {
            return route;
        }

        public PublishResult result() {
            return result;
        }

        /** For the ledger: sets the result. */
        public void complete(PublishResult result) {
            this.result = result;
        }

        @Override
        public int weightBytes() {
            return 64 + message.weightBytes();
        }
    }

    /** PUBREL from a publisher: forget the Packet Identifier, then PUBCOMP may leave. */
    final class Release implements Command {
        private final int packetId;
        private boolean known;

        public Release(int packetId) {
            this.packetId = packetId;
        }

        public int packetId() {
            return packetId;
        }

        /** Result: whether the Packet Identifier was in use. */
        public boolean known() {
            return known;
        }

        /** For the ledger: sets the result. */
        public void complete(boolean known) {
            this.known = known;
        }
    }
}

package io.perdure.protocol.codec;

import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import java.util.Arrays;

/**
 * Reads the properties of a PUBLISH or of a Will Message. Those that are forwarded are checked but left as they are.
 *
 * <p>One thread; reused: holds what was read last.
 */
final class MessageProperties {

    private long messageExpiryS;
    private long willDelayS;
    private int topicAlias;
    private int[] subscriptionIds = Publish.NO_IDS;
    private int subscriptionIdCount;
    private byte[] forwarded = Publish.NO_BYTES;

    /** What a message without properties has. */
    void clear() {
        messageExpiryS = -1;
        willDelayS = 0;
        topicAlias = 0;
        subscriptionIds = Publish.NO_IDS;
        subscriptionIdCount = 0;
        forwarded = Publish.NO_BYTES;
    }

    /**
     * Reads the properties.
     *
     * @param allowed those that may be there
     * @param ofClient whether a client sends them, which may not say Subscription Identifiers [MQTT-3.3.4-6]
     */
    void read(WireReader in, long allowed, boolean ofClient) {
        clear();
        int endOfProperties = in.beginProperties();
        int begin = in.position();
        int forwardedBytes = 0;
        while (in.hasProperty()) {
            int before = in.position();
            int id = in.readPropertyId(allowed);
            if (ofClient && id == Properties.SUBSCRIPTION_IDENTIFIER) {
                throw in.protocolError("Subscription Identifier in a PUBLISH of a client");
            }
            readValue(in, id);
            if ((Properties.FORWARDED & Properties.bit(id)) != 0) {
                forwardedBytes += in.position() - before;
            }
        }
        if (forwardedBytes == endOfProperties - begin) {
            forwarded = forwardedBytes == 0 ? Publish.NO_BYTES : Arrays.copyOfRange(in.bytes(), begin, endOfProperties);
        } else if (forwardedBytes != 0) {
            forwarded = forwardedOf(in.bytes(), begin, endOfProperties, forwardedBytes);
        }
    }

    private void readValue(WireReader in, int id) {
        switch (id) {
            case Properties.PAYLOAD_FORMAT_INDICATOR -> in.readBoolean(id);
            case Properties.CONTENT_TYPE -> in.skipString();
            case Properties.RESPONSE_TOPIC -> skipResponseTopic(in);
            case Properties.CORRELATION_DATA -> in.skipBinary();
            case Properties.USER_PROPERTY -> {
                in.skipString();
                in.skipString();
            }
            case Properties.MESSAGE_EXPIRY_INTERVAL -> messageExpiryS = in.readInt();
            case Properties.WILL_DELAY_INTERVAL -> willDelayS = in.readInt();
            case Properties.TOPIC_ALIAS -> {
                topicAlias = in.readShort();
                if (topicAlias == 0) {
                    throw in.refused(ReasonCode.TOPIC_ALIAS_INVALID, "Topic Alias 0"); // [MQTT-3.3.2-8]
                }
            }
            case Properties.SUBSCRIPTION_IDENTIFIER -> {
                if (subscriptionIdCount == subscriptionIds.length) {
                    subscriptionIds = Arrays.copyOf(subscriptionIds, Math.max(1, subscriptionIdCount * 2));
                }
                subscriptionIds[subscriptionIdCount++] = in.readSubscriptionId();
            }
            default -> throw new IllegalStateException("property " + id);
        }
    }

    private static void skipResponseTopic(WireReader in) {
        int from = in.skipString();
        if (from == in.position()) {
            throw in.protocolError("empty Response Topic");
        }
        for (int i = from; i < in.position(); i++) {
            if (in.bytes()[i] == '+' || in.bytes()[i] == '#') {
                throw in.protocolError("Response Topic with a wildcard"); // [MQTT-3.3.2-14]
            }
        }
    }

    /** Copies the forwarded ones of a list that was checked. */
    private static byte[] forwardedOf(byte[] bytes, int begin, int end, int forwardedBytes) {
        byte[] result = new byte[forwardedBytes];
        int size = 0;
        int next;
        for (int i = begin; i < end; i = next) {
            next = endOfProperty(bytes, i);
            if ((Properties.FORWARDED & Properties.bit(bytes[i])) != 0) {
                System.arraycopy(bytes, i, result, size, next - i);
                size += next - i;
            }
        }
        return result;
    }

    private static int endOfProperty(byte[] bytes, int i) {
        return switch (bytes[i]) {
            case Properties.PAYLOAD_FORMAT_INDICATOR -> i + 2;
            case Properties.TOPIC_ALIAS -> i + 3;
            case Properties.MESSAGE_EXPIRY_INTERVAL, Properties.WILL_DELAY_INTERVAL -> i + 5;
            case Properties.SUBSCRIPTION_IDENTIFIER -> {
                int last = i + 1;
                while (bytes[last] < 0) {
                    last++;
                }
                yield last + 1;
            }
            case Properties.USER_PROPERTY -> endOfField(bytes, endOfField(bytes, i + 1));
            default -> endOfField(bytes, i + 1);
        };
    }

    private static int endOfField(byte[] bytes, int i) {
        return i + 2 + ((bytes[i] & 0xFF) << 8 | (bytes[i + 1] & 0xFF));
    }

    /** -1 if absent. */
    long messageExpiryS() {
        return messageExpiryS;
    }

    /** 0 if absent. */
    long willDelayS() {
        return willDelayS;
    }

    /** 0 if absent. */
    int topicAlias() {
        return topicAlias;
    }

    int[] subscriptionIds() {
        return subscriptionIdCount == subscriptionIds.length
                ? subscriptionIds
                : Arrays.copyOf(subscriptionIds, subscriptionIdCount);
    }

    byte[] forwarded() {
        return forwarded;
    }
}

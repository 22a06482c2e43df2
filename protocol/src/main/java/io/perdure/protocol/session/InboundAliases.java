package io.perdure.protocol.session;

import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.topic.TopicName;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Topic Aliases that a client has set up on one connection [3.3.2.3.4].
 *
 * <p>Lives and dies with the connection [MQTT-3.3.2-7]; used by its event loop alone. Holds at most as many Topic Names as
 * the server's Topic Alias Maximum, and no more than the highest alias that was used.
 */
public final class InboundAliases {

    private static final int FIRST_CAPACITY = 8;

    private final int maximum;
    private @Nullable TopicName[] topics = {};
    private ReasonCode fault = ReasonCode.SUCCESS;

    /** @param maximum the server's Topic Alias Maximum, 0 to 65535 */
    public InboundAliases(int maximum) {
        this.maximum = maximum;
    }

    /**
     * The Topic Name that a PUBLISH is for. If it has both a name and an alias, the alias stands for that name from now
     * on.
     *
     * @param topic its Topic Name, null if that is empty
     * @param alias its Topic Alias, 0 if it has none
     * @return null if the client has made an error: {@link #fault}
     */
    public @Nullable TopicName resolve(@Nullable TopicName topic, int alias) {
        if (alias == 0) {
            return topic == null ? fail(ReasonCode.PROTOCOL_ERROR) : topic;
        }
        if (alias < 0 || alias > maximum) {
            return fail(ReasonCode.TOPIC_ALIAS_INVALID);
        }
        if (topic == null) {
            TopicName known = alias < topics.length ? topics[alias] : null;
            return known == null ? fail(ReasonCode.PROTOCOL_ERROR) : known;
        }
        if (alias >= topics.length) {
            int grown = Math.max(FIRST_CAPACITY, Math.max(alias + 1, topics.length * 2));
            topics = Arrays.copyOf(topics, Math.min(grown, maximum + 1));
        }
        topics[alias] = topic;
        return topic;
    }

    private @Nullable TopicName fail(ReasonCode reasonCode) {
        fault = reasonCode;
        return null;
    }

    /**
     * Why {@link #resolve} has returned null, for DISCONNECT: {@link ReasonCode#TOPIC_ALIAS_INVALID} if the alias is
     * greater than the maximum [MQTT-3.3.2-9], {@link ReasonCode#PROTOCOL_ERROR} if there is no name and the alias stands
     * for none.
     */
    public ReasonCode fault() {
        return fault;
    }
}

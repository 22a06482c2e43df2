package io.perdure.recovery.client;

import java.util.HashMap;
import java.util.Map;

/** The Topic Aliases that a broker has set up on one connection. For one thread. */
public final class TopicAliases {

    private final Map<Long, String> topics = new HashMap<>();

    /** Replaces a Topic Alias by its Topic Name; all other packets stay as they are. */
    public Packet resolve(Packet packet) throws ProtocolViolation {
        if (!(packet instanceof Packet.Publish publish) || !publish.properties().has(Properties.TOPIC_ALIAS)) {
            return packet;
        }
        long alias = publish.properties().number(Properties.TOPIC_ALIAS, 0);
        if (!publish.topic().isEmpty()) {
            topics.put(alias, publish.topic());
            return packet;
        }
        String topic = topics.get(alias);
        if (topic == null) {
            throw new ProtocolViolation("Topic Alias " + alias + " was not defined");
        }
        return publish.withTopic(topic);
    }
}

package io.perdure.protocol.codec;

/**
 * What the decoders of one event loop share: the Topic Names that they saw lately, and memory to work in.
 *
 * <p>One thread; lives as long as the event loop; bounded: at most some 350 KB.
 */
public final class DecodeScratch {

    /** Packets up to this size are copied out of direct buffers in one piece. */
    static final int COPY_BYTES = 2048;

    private static final int TOPIC_NAMES = 1024;

    private final TopicNames topicNames = new TopicNames(TOPIC_NAMES);
    private final WireReader reader = new WireReader();
    private final MessageProperties messageProperties = new MessageProperties();

    TopicNames topicNames() {
        return topicNames;
    }

    WireReader reader() {
        return reader;
    }

    MessageProperties messageProperties() {
        return messageProperties;
    }

    /** Lets go of the packet that was decoded. */
    void end() {
        reader.end();
        messageProperties.clear();
    }
}

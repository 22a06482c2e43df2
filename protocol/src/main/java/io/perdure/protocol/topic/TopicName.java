package io.perdure.protocol.topic;

import io.perdure.protocol.topic.InvalidTopicNameException.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Topic Name: well-formed UTF-8 of 1 to 65,535 bytes without wildcards [4.7]. Immutable; any thread. Equal if the bytes
 * are equal [MQTT-4.7.3-4].
 */
public final class TopicName {

    private static final int MAXIMUM_BYTES = 65_535;

    private final byte[] utf8;
    private final int hash;
    // a race stores equal strings; String is safe to publish
    private @Nullable String string;

    private TopicName(byte[] utf8) {
        this.utf8 = utf8;
        this.hash = Arrays.hashCode(utf8);
    }

    /** @throws InvalidTopicNameException if MQTT does not allow it */
    public static TopicName of(String topicName) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(topicName)) {
            throw new InvalidTopicNameException(Fault.MALFORMED, "Topic Name with an unpaired surrogate");
        }
        TopicName result = ofUtf8(topicName.getBytes(StandardCharsets.UTF_8));
        result.string = topicName;
        return result;
    }

    /**
     * @param utf8 not copied: never change it afterwards
     * @throws InvalidTopicNameException if MQTT does not allow it
     */
    public static TopicName ofUtf8(byte[] utf8) {
        if (utf8.length == 0) {
            throw new InvalidTopicNameException(Fault.EMPTY, "empty Topic Name");
        }
        if (utf8.length > MAXIMUM_BYTES) {
            throw new InvalidTopicNameException(
                    Fault.TOO_LONG, "Topic Name of " + utf8.length + " bytes; 65535 is the most");
        }
        if (!Utf8.isValid(utf8, 0, utf8.length)) {
            throw new InvalidTopicNameException(
                    Fault.MALFORMED, "Topic Name that is not well-formed UTF-8 or holds U+0000");
        }
        for (byte b : utf8) {
            if (b == '+' || b == '#') {
                throw new InvalidTopicNameException(Fault.WILDCARD, "Topic Name with a wildcard");
            }
        }
        return new TopicName(utf8);
    }

    /** Its bytes; never change them. */
    public byte[] utf8() {
        return utf8;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof TopicName that && hash == that.hash && Arrays.equals(utf8, that.utf8));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The Topic Name as text. */
    @Override
    public String toString() {
        String result = string;
        if (result == null) {
            result = new String(utf8, StandardCharsets.UTF_8);
            string = result;
        }
        return result;
    }
}

package io.perdure.protocol.packet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties that a broker forwards unaltered, decoded; for tools and tests, not for hot paths.
 *
 * @param payloadFormatIndicator 0: unspecified bytes, 1: UTF-8; -1 if absent
 * @param contentType or null
 * @param responseTopic or null
 * @param correlationData or null
 * @param userProperties in order; empty if none
 */
public record PublishProperties(
        int payloadFormatIndicator,
        @Nullable String contentType,
        @Nullable String responseTopic,
        byte @Nullable [] correlationData,
        List<UserProperty> userProperties) {

    /** No property. */
    public static final PublishProperties NONE = new PublishProperties(-1, null, null, null, List.of());

    private static final int PAYLOAD_FORMAT_INDICATOR = 0x01;
    private static final int CONTENT_TYPE = 0x03;
    private static final int RESPONSE_TOPIC = 0x08;
    private static final int CORRELATION_DATA = 0x09;
    private static final int USER_PROPERTY = 0x26;

    public PublishProperties {
        userProperties = List.copyOf(userProperties);
    }

    /**
     * Decodes {@link Publish#properties}.
     *
     * @throws IllegalArgumentException if they are not what a decoder has let pass
     */
    public static PublishProperties decode(byte[] encoded) {
        Cursor in = new Cursor(encoded);
        int payloadFormatIndicator = -1;
        String contentType = null;
        String responseTopic = null;
        byte[] correlationData = null;
        List<UserProperty> userProperties = new ArrayList<>();
        while (in.hasMore()) {
            int id = in.readByte();
            switch (id) {
                case PAYLOAD_FORMAT_INDICATOR -> payloadFormatIndicator = in.readByte();
                case CONTENT_TYPE -> contentType = in.readString();
                case RESPONSE_TOPIC -> responseTopic = in.readString();
                case CORRELATION_DATA -> correlationData = in.readBinary();
                case USER_PROPERTY -> userProperties.add(new UserProperty(in.readString(), in.readString()));
                default -> throw new IllegalArgumentException("property " + id + " is not forwarded");
            }
        }
        return new PublishProperties(
                payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties);
    }

    /**
     * Encodes them as {@link Publish#properties}. The caller answers for the strings being such as MQTT allows.
     *
     * @throws IllegalArgumentException if a string or the Correlation Data has more than 65,535 bytes
     */
    public byte[] encode() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (payloadFormatIndicator >= 0) {
            out.write(PAYLOAD_FORMAT_INDICATOR);
            out.write(payloadFormatIndicator);
        }
        if (contentType != null) {
            out.write(CONTENT_TYPE);
            writeString(out, contentType);
        }
        if (responseTopic != null) {
            out.write(RESPONSE_TOPIC);
            writeString(out, responseTopic);
        }
        if (correlationData != null) {
            out.write(CORRELATION_DATA);
            writeBinary(out, correlationData);
        }
        for (UserProperty property : userProperties) {
            out.write(USER_PROPERTY);
            writeString(out, property.name());
            writeString(out, property.value());
        }
        return out.toByteArray();
    }

    private static void writeString(ByteArrayOutputStream out, String string) {
        writeBinary(out, string.getBytes(StandardCharsets.UTF_8));
    }

    private static void writeBinary(ByteArrayOutputStream out, byte[] bytes) {
        if (bytes.length > 65_535) {
            throw new IllegalArgumentException("a property of " + bytes.length + " bytes");
        }
        out.write(bytes.length >> 8);
        out.write(bytes.length);
        out.writeBytes(bytes);
    }

    /** Reads the encoding. */
    private static final class Cursor {
        private final byte[] bytes;
        private int position;

        Cursor(byte[] bytes) {
            this.bytes = bytes;
        }

        boolean hasMore() {
            return position < bytes.length;
        }

        int readByte() {
            if (!hasMore()) {
                throw new IllegalArgumentException("truncated properties");
            }
            return bytes[position++] & 0xFF;
        }

        byte[] readBinary() {
            int length = readByte() << 8 | readByte();
            if (length > bytes.length - position) {
                throw new IllegalArgumentException("truncated properties");
            }
            position += length;
            return Arrays.copyOfRange(bytes, position - length, position);
        }

        String readString() {
            return new String(readBinary(), StandardCharsets.UTF_8);
        }
    }
}

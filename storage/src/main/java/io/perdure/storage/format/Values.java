package io.perdure.storage.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.perdure.storage.Message;
import io.perdure.storage.StoreException;
import io.perdure.storage.Will;
import io.perdure.storage.format.proto.MessageValue;
import io.perdure.storage.format.proto.WillValue;
import java.io.IOException;

/** Values of rows: between protobuf and the types of the store. */
public final class Values {

    /** The format that this code writes; it reads no newer one. */
    public static final int FORMAT_VERSION = 1;

    private Values() {}

    /** Parses a value; {@link StoreException} if it is damaged. */
    public static <T> T parse(Parser<T> parser, byte[] value, Family family) {
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new StoreException(
                    StoreException.Kind.DAMAGED, "damaged row in family " + family + ": " + e.getMessage(), e);
        }
    }

    public static MessageValue message(Message m) {
        return MessageValue.newBuilder()
                .setTopic(bytes(m.topic()))
                .setPayload(bytes(m.payload()))
                .setProperties(bytes(m.properties()))
                .setQos(m.qos())
                .setPublishedAtMs(m.publishedAtMs())
                .setExpiresAtMs(m.expiresAtMs() == Message.NEVER ? 0 : m.expiresAtMs())
                .build();
    }

    public static Message message(MessageValue v) {
        return new Message(
                v.getTopic().toByteArray(),
                v.getPayload().toByteArray(),
                v.getProperties().toByteArray(),
                v.getQos(),
                v.getPublishedAtMs(),
                v.getExpiresAtMs() == 0 ? Message.NEVER : v.getExpiresAtMs());
    }

    public static WillValue will(Will w) {
        WillValue.Builder b = WillValue.newBuilder()
                .setTopic(bytes(w.topic()))
                .setPayload(bytes(w.payload()))
                .setProperties(bytes(w.properties()))
                .setQos(w.qos())
                .setRetain(w.retain())
                .setDelayS((int) w.delayS());
        if (w.messageExpiryS() >= 0) {
            b.setMessageExpiryS((int) w.messageExpiryS());
        }
        return b.build();
    }

    public static Will will(WillValue v) {
        return new Will(
                v.getTopic().toByteArray(),
                v.getPayload().toByteArray(),
                v.getProperties().toByteArray(),
                v.getQos(),
                v.getRetain(),
                Integer.toUnsignedLong(v.getDelayS()),
                v.hasMessageExpiryS() ? Integer.toUnsignedLong(v.getMessageExpiryS()) : -1);
    }

    /** The size of {@link #writeMessage}'s output. */
    static int messageSize(Message m) {
        int size = CodedOutputStream.computeByteArraySize(MessageValue.TOPIC_FIELD_NUMBER, m.topic())
                + CodedOutputStream.computeByteArraySize(MessageValue.PAYLOAD_FIELD_NUMBER, m.payload())
                + CodedOutputStream.computeInt64Size(MessageValue.PUBLISHED_AT_MS_FIELD_NUMBER, m.publishedAtMs());
        if (m.properties().length > 0) {
            size += CodedOutputStream.computeByteArraySize(MessageValue.PROPERTIES_FIELD_NUMBER, m.properties());
        }
        if (m.qos() > 0) {
            size += CodedOutputStream.computeUInt32Size(MessageValue.QOS_FIELD_NUMBER, m.qos());
        }
        if (m.expiresAtMs() != Message.NEVER) {
            size += CodedOutputStream.computeInt64Size(MessageValue.EXPIRES_AT_MS_FIELD_NUMBER, m.expiresAtMs());
        }
        return size;
    }

    /** Writes a MessageValue without building one: this is done for every message. */
    static void writeMessage(CodedOutputStream out, Message m) throws IOException {
        out.writeByteArray(MessageValue.TOPIC_FIELD_NUMBER, m.topic());
        out.writeByteArray(MessageValue.PAYLOAD_FIELD_NUMBER, m.payload());
        if (m.properties().length > 0) {
            out.writeByteArray(MessageValue.PROPERTIES_FIELD_NUMBER, m.properties());
        }
        if (m.qos() > 0) {
            out.writeUInt32(MessageValue.QOS_FIELD_NUMBER, m.qos());
        }
        out.writeInt64(MessageValue.PUBLISHED_AT_MS_FIELD_NUMBER, m.publishedAtMs());
        if (m.expiresAtMs() != Message.NEVER) {
            out.writeInt64(MessageValue.EXPIRES_AT_MS_FIELD_NUMBER, m.expiresAtMs());
        }
    }

    private static ByteString bytes(byte[] b) {
        return UnsafeByteOperations.unsafeWrap(b);
    }
}

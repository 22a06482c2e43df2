package io.perdure.storage.format;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.format.proto.EntryValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes EntryValues and MessageValues into a buffer that it keeps, without intermediate objects: the ledger does this
 * for every message. For one thread.
 */
public final class EntryCodec {

    private byte[] buffer = new byte[4096];

    /** What was written last; valid until the next write. */
    public byte[] buffer() {
        return buffer;
    }

    /**
     * Encodes an entry into {@link #buffer}.
     *
     * @param origin the Shared Subscription that it came by, or null
     * @return the length
     */
    public int write(Entry e, @Nullable ShareOrigin origin) {
        String share = origin == null ? null : origin.fullFilter();
        boolean inline = e.bodyId() == 0;
        int messageSize = inline ? Values.messageSize(e.message()) : 0;
        int idsSize = 0;
        for (int id : e.subscriptionIds()) {
            idsSize += CodedOutputStream.computeUInt32SizeNoTag(id);
        }
        reserve(messageSize + idsSize + 64 + (share == null ? 0 : 3 * share.length()));
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        try {
            if (e.qos() > 0) {
                out.writeUInt32(EntryValue.QOS_FIELD_NUMBER, e.qos());
            }
            if (e.retain()) {
                out.writeBool(EntryValue.RETAIN_FIELD_NUMBER, true);
            }
            if (idsSize > 0) {
                out.writeTag(EntryValue.SUBSCRIPTION_IDS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(idsSize);
                for (int id : e.subscriptionIds()) {
                    out.writeUInt32NoTag(id);
                }
            }
            if (inline) {
                out.writeTag(EntryValue.MESSAGE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
                out.writeUInt32NoTag(messageSize);
                Values.writeMessage(out, e.message());
            } else {
                out.writeUInt64(EntryValue.BODY_ID_FIELD_NUMBER, e.bodyId());
            }
            if (origin != null) {
                writeOrigin(out, origin);
            }
            return out.getTotalBytesWritten();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static void writeOrigin(CodedOutputStream out, ShareOrigin origin) throws IOException {
        String share = origin.fullFilter();
        if (share != null) {
            out.writeString(EntryValue.SHARE_FIELD_NUMBER, share);
            if (origin.retain()) {
                out.writeBool(EntryValue.RETAIN_PUBLISHED_FIELD_NUMBER, true);
            }
        }
        if (origin.publisher() != 0) {
            out.writeFixed64(EntryValue.PUBLISHER_FIELD_NUMBER, origin.publisher());
        }
    }

    /** Encodes a message into {@link #buffer}; returns the length. */
    public int write(Message m) {
        reserve(Values.messageSize(m));
        CodedOutputStream out = CodedOutputStream.newInstance(buffer);
        try {
            Values.writeMessage(out, m);
            return out.getTotalBytesWritten();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** The bytes that a message takes in a row. */
    public static int sizeBytes(Message m) {
        return Values.messageSize(m);
    }

    private void reserve(int size) {
        if (buffer.length < size) {
            buffer = new byte[Math.max(size, 2 * buffer.length)];
        }
    }

    /** A copy of the subscription ids of a value. */
    public static int[] subscriptionIds(EntryValue v) {
        int n = v.getSubscriptionIdsCount();
        if (n == 0) {
            return Entry.NO_IDS;
        }
        int[] ids = new int[n];
        Arrays.setAll(ids, v::getSubscriptionIds);
        return ids;
    }
}

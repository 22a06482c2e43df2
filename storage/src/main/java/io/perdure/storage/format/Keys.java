package io.perdure.storage.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Keys of all families, big-endian. MQTT strings hold no U+0000, so a zero byte ends one safely.
 *
 * <p>Layouts, sizes in bytes:
 *
 * <pre>
 * session       slot 2 | Client Identifier, UTF-8
 * queue         slot 2 | session id 8 | sequence 8
 * cursor        slot 2 | session id 8 | kind 1 | number 8 (kind 0: none; 1: page; 2: ordinal)
 * inbound       slot 2 | session id 8 | Packet Identifier 2
 * subscription  slot 2 | session id 8 | Topic Filter, UTF-8, $share/... included
 * replay        as subscription
 * group         slot 2 | full filter, UTF-8 | 0 | sequence 8
 * message       body id 8
 * retained      each level of the Topic Name, UTF-8, followed by 0
 * expiry        deadline ms 8 | kind 1 | key of the row in its family
 * </pre>
 */
public final class Keys {

    /** Number of slots that sessions are spread over, for ever. */
    public static final int SLOTS = 4096;

    /** Kinds of rows in the cursor family. */
    public static final byte CURSOR_POSITION = 0;

    public static final byte CURSOR_FINISHED = 1;
    public static final byte CURSOR_RELEASED = 2;

    /** Kinds of rows that expire. */
    public static final byte EXPIRES_QUEUE = 0;

    public static final byte EXPIRES_RETAINED = 1;
    public static final byte EXPIRES_GROUP = 2;

    /** Bytes of slot and session id. */
    public static final int SESSION_PREFIX = 10;

    /** Bytes of a queue key. */
    public static final int QUEUE_KEY = 18;

    private Keys() {}

    /** The slot of a Client Identifier or of the full filter of a Shared Subscription. */
    public static int slot(String name) {
        CRC32C crc = new CRC32C();
        crc.update(utf8(name));
        return (int) (crc.getValue() & (SLOTS - 1));
    }

    public static byte[] meta(String name) {
        return utf8(name);
    }

    public static byte[] session(int slot, String clientId) {
        byte[] id = utf8(clientId);
        byte[] key = new byte[2 + id.length];
        putShort(key, 0, slot);
        System.arraycopy(id, 0, key, 2, id.length);
        return key;
    }

    /** The Client Identifier in a session key. */
    public static String clientId(byte[] sessionKey) {
        return new String(sessionKey, 2, sessionKey.length - 2, StandardCharsets.UTF_8);
    }

    /** What the keys of one session begin with in all families but session. */
    public static byte[] sessionPrefix(int slot, long sessionId) {
        byte[] key = new byte[SESSION_PREFIX];
        putShort(key, 0, slot);
        putLong(key, 2, sessionId);
        return key;
    }

    /** The session id in a key that begins with slot and session id. */
    public static long sessionId(byte[] key) {
        return getLong(key, 2);
    }

    public static byte[] queue(int slot, long sessionId, long sequence) {
        byte[] key = new byte[QUEUE_KEY];
        queue(key, slot, sessionId, sequence);
        return key;
    }

    /** Writes a queue key into an array of {@link #QUEUE_KEY} bytes or more. */
    public static void queue(byte[] key, int slot, long sessionId, long sequence) {
        putShort(key, 0, slot);
        putLong(key, 2, sessionId);
        putLong(key, 10, sequence);
    }

    /** The sequence in a queue or group key. */
    public static long sequence(byte[] key) {
        return getLong(key, key.length - 8);
    }

    public static byte[] cursor(int slot, long sessionId) {
        byte[] key = Arrays.copyOf(sessionPrefix(slot, sessionId), SESSION_PREFIX + 1);
        key[SESSION_PREFIX] = CURSOR_POSITION;
        return key;
    }

    /** @param kind {@link #CURSOR_FINISHED} or {@link #CURSOR_RELEASED} */
    public static byte[] cursor(int slot, long sessionId, byte kind, long number) {
        byte[] key = Arrays.copyOf(sessionPrefix(slot, sessionId), SESSION_PREFIX + 9);
        key[SESSION_PREFIX] = kind;
        putLong(key, SESSION_PREFIX + 1, number);
        return key;
    }

    /** The kind of a row of the cursor family. */
    public static byte cursorKind(byte[] key) {
        return key[SESSION_PREFIX];
    }

    /** The page or ordinal of a row of the cursor family. */
    public static long cursorNumber(byte[] key) {
        return getLong(key, SESSION_PREFIX + 1);
    }

    public static byte[] inbound(int slot, long sessionId, int packetId) {
        byte[] key = Arrays.copyOf(sessionPrefix(slot, sessionId), SESSION_PREFIX + 2);
        putShort(key, SESSION_PREFIX, packetId);
        return key;
    }

    /** The Packet Identifier in an inbound key. */
    public static int packetId(byte[] inboundKey) {
        return (inboundKey[SESSION_PREFIX] & 0xff) << 8 | (inboundKey[SESSION_PREFIX + 1] & 0xff);
    }

    /** For subscription and replay. */
    public static byte[] subscription(int slot, long sessionId, String fullFilter) {
        byte[] filter = utf8(fullFilter);
        byte[] key = Arrays.copyOf(sessionPrefix(slot, sessionId), SESSION_PREFIX + filter.length);
        System.arraycopy(filter, 0, key, SESSION_PREFIX, filter.length);
        return key;
    }

    /** The filter in a subscription or replay key, {@code $share/...} included. */
    public static String fullFilter(byte[] subscriptionKey) {
        return new String(
                subscriptionKey, SESSION_PREFIX, subscriptionKey.length - SESSION_PREFIX, StandardCharsets.UTF_8);
    }

    /** @param fullFilter of the Shared Subscription, {@code $share/...} included */
    public static byte[] group(String fullFilter, long sequence) {
        byte[] filter = utf8(fullFilter);
        byte[] key = new byte[2 + filter.length + 1 + 8];
        putShort(key, 0, slot(fullFilter));
        System.arraycopy(filter, 0, key, 2, filter.length);
        putLong(key, 3 + filter.length, sequence);
        return key;
    }

    /** The key of another message of the same group. */
    public static byte[] group(byte[] groupKey, long sequence) {
        byte[] key = groupKey.clone();
        putLong(key, key.length - 8, sequence);
        return key;
    }

    /** The full filter in a group key. */
    public static String groupFilter(byte[] groupKey) {
        return new String(groupKey, 2, groupKey.length - 11, StandardCharsets.UTF_8);
    }

    public static byte[] message(long bodyId) {
        byte[] key = new byte[8];
        putLong(key, 0, bodyId);
        return key;
    }

    public static long bodyId(byte[] messageKey) {
        return getLong(messageKey, 0);
    }

    /** @param topic UTF-8 */
    public static byte[] retained(byte[] topic) {
        byte[] key = Arrays.copyOf(topic, topic.length + 1);
        for (int i = 0; i < topic.length; i++) {
            if (key[i] == '/') {
                key[i] = 0;
            }
        }
        return key;
    }

    /** @param kind one of the {@code EXPIRES_} constants */
    public static byte[] expiry(long deadlineMs, byte kind, byte[] row) {
        byte[] key = new byte[9 + row.length];
        putLong(key, 0, deadlineMs);
        key[8] = kind;
        System.arraycopy(row, 0, key, 9, row.length);
        return key;
    }

    public static byte expiryKind(byte[] expiryKey) {
        return expiryKey[8];
    }

    /** The key of the row that expires. */
    public static byte[] expiryRow(byte[] expiryKey) {
        return Arrays.copyOfRange(expiryKey, 9, expiryKey.length);
    }

    /** A key of eight bytes, for bounds. */
    public static byte[] number(long number) {
        return message(number);
    }

    /** The least key that is greater than all that begin with {@code prefix}, which is not all 0xff. */
    public static byte[] after(byte[] prefix) {
        byte[] key = prefix.clone();
        for (int i = key.length - 1; i >= 0; i--) {
            if (++key[i] != 0) {
                return Arrays.copyOf(key, i + 1);
            }
        }
        throw new IllegalArgumentException("no key is greater");
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    private static void putShort(byte[] b, int at, int value) {
        b[at] = (byte) (value >> 8);
        b[at + 1] = (byte) value;
    }

    private static void putLong(byte[] b, int at, long value) {
        for (int i = 0; i < 8; i++) {
            b[at + i] = (byte) (value >>> (56 - 8 * i));
        }
    }

    private static long getLong(byte[] b, int at) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | (b[at + i] & 0xff);
        }
        return value;
    }
}

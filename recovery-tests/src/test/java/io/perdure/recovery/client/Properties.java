package io.perdure.recovery.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The properties of an MQTT 5.0 packet. Immutable. */
public final class Properties {

    public static final int MESSAGE_EXPIRY = 0x02;
    public static final int SUBSCRIPTION_ID = 0x0B;
    public static final int SESSION_EXPIRY = 0x11;
    public static final int SERVER_KEEP_ALIVE = 0x13;
    public static final int WILL_DELAY = 0x18;
    public static final int REASON_STRING = 0x1F;
    public static final int RECEIVE_MAXIMUM = 0x21;
    public static final int TOPIC_ALIAS_MAXIMUM = 0x22;
    public static final int TOPIC_ALIAS = 0x23;

    public static final Properties NONE = new Properties(Map.of());

    /** How a property is encoded. */
    enum Form {
        BYTE,
        TWO_BYTES,
        FOUR_BYTES,
        VARIABLE,
        TEXT,
        BINARY,
        TEXT_PAIR
    }

    private final Map<Integer, List<Object>> values;

    private Properties(Map<Integer, List<Object>> values) {
        this.values = values;
    }

    /** A copy with one more number. */
    public Properties with(int id, long value) {
        return with(id, (Object) value);
    }

    /** A copy with one more value: a Long, a String, a byte[] or a String[2], as {@link #form} has it. */
    Properties with(int id, Object value) {
        Map<Integer, List<Object>> copy = new LinkedHashMap<>(values);
        List<Object> list = new ArrayList<>(copy.getOrDefault(id, List.of()));
        list.add(value);
        copy.put(id, list);
        return new Properties(copy);
    }

    /** The first number of a property. */
    public long number(int id, long otherwise) {
        List<Object> list = values.get(id);
        return list == null ? otherwise : (Long) list.get(0);
    }

    public boolean has(int id) {
        return values.containsKey(id);
    }

    Map<Integer, List<Object>> all() {
        return values;
    }

    /** The encoding of a property; null if there is no such property. */
    static @Nullable Form form(int id) {
        return switch (id) {
            case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> Form.BYTE;
            case 0x13, 0x21, 0x22, 0x23 -> Form.TWO_BYTES;
            case 0x02, 0x11, 0x18, 0x27 -> Form.FOUR_BYTES;
            case 0x0B -> Form.VARIABLE;
            case 0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F -> Form.TEXT;
            case 0x09, 0x16 -> Form.BINARY;
            case 0x26 -> Form.TEXT_PAIR;
            default -> null;
        };
    }

    /** Whether a property may be there more than once. */
    static boolean repeatable(int id) {
        return id == 0x26 || id == SUBSCRIPTION_ID;
    }

    @Override
    public String toString() {
        return values.toString();
    }
}

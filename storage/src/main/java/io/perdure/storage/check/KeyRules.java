package io.perdure.storage.check;

import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a key of each family has to look like. Pure. */
final class KeyRules {

    private static final int EXPIRY_HEAD = 9;
    private static final int NUMBER = 8;

    private KeyRules() {}

    /** What is wrong with a key; null if nothing is. */
    static @Nullable String problem(Family family, byte[] key) {
        return switch (family) {
            case META -> key.length > 0 && Texts.utf8(key, 0, key.length) != null ? null : "the key is no name";
            case SESSION -> session(key);
            case QUEUE -> owned(key, key.length == Keys.QUEUE_KEY && Keys.sequence(key) > 0);
            case CURSOR -> owned(key, cursor(key));
            case INBOUND -> owned(key, key.length == Keys.SESSION_PREFIX + 2 && Keys.packetId(key) != 0);
            case SUBSCRIPTION, REPLAY ->
                owned(
                        key,
                        key.length > Keys.SESSION_PREFIX && Texts.utf8(key, Keys.SESSION_PREFIX, key.length) != null);
            case GROUP -> group(key);
            case MESSAGE -> key.length == NUMBER && Keys.bodyId(key) > 0 ? null : "the key is no body id";
            case RETAINED ->
                key.length > 1 && key[key.length - 1] == 0 && Texts.utf8(levels(key), 0, key.length) != null
                        ? null
                        : "the key is no Topic Name";
            case EXPIRY -> expiry(key);
        };
    }

    private static @Nullable String session(byte[] key) {
        if (key.length < 2 || Texts.utf8(key, 2, key.length) == null) {
            return "the key holds no Client Identifier";
        }
        return slot(key) == Keys.slot(Keys.clientId(key)) ? null : "the key has the slot of another client";
    }

    private static @Nullable String owned(byte[] key, boolean rest) {
        if (key.length < Keys.SESSION_PREFIX || slot(key) >= Keys.SLOTS || Keys.sessionId(key) == 0) {
            return "the key holds no session";
        }
        return rest ? null : "the key is malformed";
    }

    private static boolean cursor(byte[] key) {
        if (key.length == Keys.SESSION_PREFIX + 1) {
            return Keys.cursorKind(key) == Keys.CURSOR_POSITION;
        }
        return key.length == Keys.SESSION_PREFIX + 1 + NUMBER
                && (Keys.cursorKind(key) == Keys.CURSOR_FINISHED || Keys.cursorKind(key) == Keys.CURSOR_RELEASED)
                && Keys.cursorNumber(key) >= 0;
    }

    private static @Nullable String group(byte[] key) {
        int end = key.length - NUMBER - 1;
        if (end <= 2 || key[end] != 0 || Texts.utf8(key, 2, end) == null || Keys.sequence(key) <= 0) {
            return "the key holds no Shared Subscription";
        }
        return slot(key) == Keys.slot(Keys.groupFilter(key)) ? null : "the key has the slot of another group";
    }

    private static @Nullable String expiry(byte[] key) {
        if (key.length <= EXPIRY_HEAD || key[0] < 0) {
            return "the key is malformed";
        }
        byte[] row = Keys.expiryRow(key);
        return switch (Keys.expiryKind(key)) {
            case Keys.EXPIRES_QUEUE -> problem(Family.QUEUE, row);
            case Keys.EXPIRES_RETAINED -> problem(Family.RETAINED, row);
            case Keys.EXPIRES_GROUP -> problem(Family.GROUP, row);
            default -> "it is of the kind " + Keys.expiryKind(key) + ", which this version does not know";
        };
    }

    static int slot(byte[] key) {
        return (key[0] & 0xff) << 8 | (key[1] & 0xff);
    }

    private static byte[] levels(byte[] retainedKey) {
        byte[] topic = Arrays.copyOf(retainedKey, retainedKey.length);
        for (int i = 0; i < topic.length; i++) {
            topic[i] = topic[i] == 0 ? (byte) '/' : topic[i];
        }
        return topic;
    }
}

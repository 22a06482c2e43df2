package io.perdure.storage.check;

import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Keys in words. */
final class Texts {

    private Texts() {}

    /** {@code 1 row}, {@code 2 rows}. */
    static String count(long n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }

    /** A key in words; as hexadecimal digits if it is malformed. */
    static String key(Family family, byte[] key) {
        if (key.length == 0) {
            return "the beginning";
        }
        if (KeyRules.problem(family, key) != null) {
            return "key " + HexFormat.of().formatHex(key);
        }
        return switch (family) {
            case META -> new String(key, StandardCharsets.UTF_8);
            case SESSION -> "client " + Keys.clientId(key);
            case SUBSCRIPTION, REPLAY -> session(key) + ", filter " + Keys.fullFilter(key);
            case QUEUE -> session(key) + ", sequence " + Keys.sequence(key);
            case CURSOR -> session(key) + ", " + cursor(key);
            case INBOUND -> session(key) + ", Packet Identifier " + Keys.packetId(key);
            case GROUP -> "group " + Keys.groupFilter(key) + ", sequence " + Keys.sequence(key);
            case MESSAGE -> "body " + Keys.bodyId(key);
            case RETAINED -> "topic " + topic(key);
            case EXPIRY -> "deadline " + ByteBuffer.wrap(key).getLong() + " of " + target(key);
        };
    }

    /** A key of a row that belongs to a session, without the session. */
    static String withinSession(Family family, byte[] key) {
        String text = key(family, key);
        int comma = text.indexOf(", ");
        return comma < 0 ? text : text.substring(comma + 2);
    }

    private static String session(byte[] key) {
        return "session id " + Long.toUnsignedString(Keys.sessionId(key));
    }

    private static String cursor(byte[] key) {
        return switch (Keys.cursorKind(key)) {
            case Keys.CURSOR_POSITION -> "position";
            case Keys.CURSOR_FINISHED -> "finished page " + Keys.cursorNumber(key);
            default -> "released chunk " + Keys.cursorNumber(key);
        };
    }

    private static String topic(byte[] key) {
        byte[] topic = Arrays.copyOf(key, key.length - 1);
        for (int i = 0; i < topic.length; i++) {
            topic[i] = topic[i] == 0 ? (byte) '/' : topic[i];
        }
        return new String(topic, StandardCharsets.UTF_8);
    }

    private static String target(byte[] key) {
        Family family =
                switch (Keys.expiryKind(key)) {
                    case Keys.EXPIRES_QUEUE -> Family.QUEUE;
                    case Keys.EXPIRES_RETAINED -> Family.RETAINED;
                    default -> Family.GROUP;
                };
        return key(family, Keys.expiryRow(key));
    }

    /** The text of well-formed UTF-8 without U+0000; null for anything else. */
    static @Nullable String utf8(byte[] bytes, int from, int to) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
            return text.indexOf('\0') < 0 ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}

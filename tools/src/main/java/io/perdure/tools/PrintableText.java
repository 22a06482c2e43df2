package io.perdure.tools;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text from clients, made safe for a terminal: nothing in it can move the cursor, colour the screen or hide. */
final class PrintableText {

    private static final char ELLIPSIS = '\u2026';

    private PrintableText() {}

    /** Whether a character must not reach a terminal as it is: controls, line separators, bidirectional overrides. */
    static boolean unsafe(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> codePoint != 0x200D;
            default -> false;
        };
    }

    /** The text of UTF-8 bytes; what is not safe is escaped as {@code \n}, {@code \x1b} or {@code \}{@code u202e}. */
    static String of(byte[] utf8) {
        String text = strictUtf8(utf8);
        return text == null ? escapeBytes(utf8) : of(text);
    }

    /** The text with what is not safe escaped, and backslashes doubled. */
    static String of(String text) {
        if (text.codePoints().noneMatch(c -> c == '\\' || unsafe(c))) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> escape(out, c));
        return out.toString();
    }

    /** The text of bytes that are well-formed UTF-8, otherwise null. */
    static @Nullable String strictUtf8(byte[] bytes) {
        try {
            CharBuffer chars = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return chars.toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }

    /** Cuts to a number of columns, with an ellipsis at the end of what was cut. */
    static String fit(String text, int columns) {
        if (width(text) <= columns) {
            return text;
        }
        StringBuilder out = new StringBuilder(columns);
        int used = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int w = width(c);
            if (used + w > columns - 1) {
                break;
            }
            out.appendCodePoint(c);
            used += w;
            i += Character.charCount(c);
        }
        return out.append(ELLIPSIS).toString();
    }

    /** The columns that a text takes on a terminal, about. */
    static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            width += width(c);
            i += Character.charCount(c);
        }
        return width;
    }

    private static int width(int codePoint) {
        if (codePoint < 0x300) {
            return 1;
        }
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = (codePoint >= 0x1100 && codePoint <= 0x115F)
                || (codePoint >= 0x2E80 && codePoint <= 0xA4CF)
                || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)
                || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
                || (codePoint >= 0xFE30 && codePoint <= 0xFE6F)
                || (codePoint >= 0xFF00 && codePoint <= 0xFF60)
                || (codePoint >= 0x1F300 && codePoint <= 0x1FAFF)
                || (codePoint >= 0x20000 && codePoint <= 0x3FFFD);
        return wide ? 2 : 1;
    }

    private static void escape(StringBuilder out, int codePoint) {
        switch (codePoint) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (!unsafe(codePoint)) {
                    out.appendCodePoint(codePoint);
                } else if (codePoint < 0x80) {
                    escapeByte(out, codePoint);
                } else {
                    for (char c : Character.toChars(codePoint)) {
                        out.append("\\u");
                        hex(out, c >> 8);
                        hex(out, c);
                    }
                }
            }
        }
    }

    private static String escapeBytes(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length * 2);
        for (byte b : bytes) {
            if (b >= 0) {
                escape(out, b);
            } else {
                escapeByte(out, b);
            }
        }
        return out.toString();
    }

    private static void escapeByte(StringBuilder out, int b) {
        out.append("\\x");
        hex(out, b);
    }

    private static void hex(StringBuilder out, int b) {
        out.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
}

package io.perdure.server.connection;

/** What clients choose, made fit for a log line. */
final class LogText {

    private static final int MAXIMUM_CHARS = 64;

    private LogText() {}

    /** In quotes, control characters replaced, cut if long. */
    static String quoted(String text) {
        StringBuilder line = new StringBuilder("'");
        int length = Math.min(text.length(), MAXIMUM_CHARS);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' ? '?' : c);
        }
        return line.append(text.length() > MAXIMUM_CHARS ? "...'" : "'").toString();
    }
}

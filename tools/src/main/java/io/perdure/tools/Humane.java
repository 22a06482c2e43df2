package io.perdure.tools;

import java.util.Locale;

/** Sizes and times in the few characters that a table has for them. */
final class Humane {

    private static final String[] UNITS = {"B", "K", "M", "G", "T", "P", "E"};

    private Humane() {}

    /** A size such as {@code 512B}, {@code 1.5K} or {@code 20M}, in powers of 1024; at most 5 characters. */
    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + "B";
        }
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        String format = value < 9.95 ? "%.1f%s" : "%.0f%s";
        return String.format(Locale.ROOT, format, value, UNITS[unit]);
    }

    /** A span of time such as {@code 850ms}, {@code 42s}, {@code 5m10s}, {@code 3h20m}, {@code 12d4h} or {@code 3y}. */
    static String duration(long ms) {
        if (ms < 0) {
            return "-" + duration(ms == Long.MIN_VALUE ? Long.MAX_VALUE : -ms);
        }
        long s = ms / 1000;
        if (s < 1) {
            return ms == 0 ? "0s" : ms + "ms";
        }
        if (s < 60) {
            return s + "s";
        }
        if (s < 3600) {
            return pair(s / 60, "m", s % 60, "s");
        }
        if (s < 86_400) {
            return pair(s / 3600, "h", s % 3600 / 60, "m");
        }
        long days = s / 86_400;
        if (days < 100) {
            return pair(days, "d", s % 86_400 / 3600, "h");
        }
        return days < 1000 ? days + "d" : days / 365 + "y";
    }

    private static String pair(long big, String bigUnit, long small, String smallUnit) {
        return small == 0 ? big + bigUnit : big + bigUnit + small + smallUnit;
    }
}

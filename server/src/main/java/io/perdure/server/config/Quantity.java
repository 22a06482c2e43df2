package io.perdure.server.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whole numbers in a range, with or without a unit: counts, sizes and durations.
 *
 * @param noun what it is, for messages
 * @param units what may follow the number and what it multiplies by, ascending; empty for a plain number
 * @param minimum the least value, in base units
 * @param maximum the greatest value, in base units
 * @param baseUnit base units per value in the records: 1000 for a duration counted in seconds, base unit ms
 * @param word a word that stands for {@code wordValue}, or null
 */
record Quantity(
        String noun,
        Map<String, Long> units,
        long minimum,
        long maximum,
        long baseUnit,
        @Nullable String word,
        long wordValue)
        implements ValueType<Long> {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,18})\\s*([A-Za-z]*)");
    private static final Map<String, Long> NO_UNITS = Map.of();
    private static final Map<String, Long> SIZES = units(
            "B",
            1,
            "KB",
            1000,
            "KiB",
            1L << 10,
            "MB",
            1_000_000,
            "MiB",
            1L << 20,
            "GB",
            1_000_000_000,
            "GiB",
            1L << 30);
    private static final Map<String, Long> DURATIONS =
            units("ms", 1, "s", 1000, "m", 60_000, "h", 3_600_000, "d", 86_400_000);

    /** A plain number. */
    static Quantity count(long minimum, long maximum) {
        return new Quantity("a whole number", NO_UNITS, minimum, maximum, 1, null, 0);
    }

    /** A number of bytes. */
    static Quantity size(long minimumBytes, long maximumBytes) {
        return new Quantity("a size", SIZES, minimumBytes, maximumBytes, 1, null, 0);
    }

    /** A number of bytes, or a word. */
    static Quantity size(long minimumBytes, long maximumBytes, String word, long wordValue) {
        return new Quantity("a size", SIZES, minimumBytes, maximumBytes, 1, word, wordValue);
    }

    /** A duration that is counted in milliseconds. */
    static Quantity durationMs(long minimumMs, long maximumMs) {
        return new Quantity("a duration", DURATIONS, minimumMs, maximumMs, 1, null, 0);
    }

    /** A duration that is counted in seconds, or a word. */
    static Quantity durationS(long minimumS, long maximumS, String word, long wordValueS) {
        return new Quantity("a duration", DURATIONS, minimumS * 1000, maximumS * 1000, 1000, word, wordValueS);
    }

    private static Map<String, Long> units(Object... namesAndFactors) {
        Map<String, Long> units = new LinkedHashMap<>();
        for (int i = 0; i < namesAndFactors.length; i += 2) {
            units.put((String) namesAndFactors[i], ((Number) namesAndFactors[i + 1]).longValue());
        }
        return units;
    }

    @Override
    public Long parse(String text) {
        if (text.equals(word)) {
            return wordValue;
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        long number = Long.parseLong(matcher.group(1));
        long factor = number == 0 && matcher.group(2).isEmpty() ? 1 : factor(matcher.group(2));
        if (number > maximum / factor || number * factor < minimum || number * factor % baseUnit != 0) {
            throw new IllegalArgumentException(text);
        }
        return number * factor / baseUnit;
    }

    private long factor(String unit) {
        if (unit.isEmpty() && !units.containsKey("ms")) {
            return 1;
        }
        for (Map.Entry<String, Long> candidate : units.entrySet()) {
            if (candidate.getKey().equalsIgnoreCase(unit)) {
                return candidate.getValue();
            }
        }
        throw new IllegalArgumentException(unit);
    }

    @Override
    public String format(Long value) {
        return word != null && value == wordValue ? word : formatBase(value * baseUnit);
    }

    private String formatBase(long base) {
        String text = Long.toString(base);
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            boolean binary = unit.getKey().endsWith("iB");
            if (base != 0 && base % unit.getValue() == 0 && (binary || units.containsKey("ms"))) {
                text = base / unit.getValue() + unit.getKey();
            }
        }
        return text;
    }

    @Override
    public boolean allows(Long value) {
        boolean isWord = word != null && value == wordValue;
        return isWord || (value <= maximum / baseUnit && value * baseUnit >= minimum);
    }

    @Override
    public String allowed() {
        String range = String.format(Locale.ROOT, "%s from %s to %s", noun, formatBase(minimum), formatBase(maximum));
        String examples = units.isEmpty() ? "" : " with a unit (" + String.join(", ", units.keySet()) + ")";
        return range + examples + (word == null ? "" : ", or " + word);
    }
}

package io.perdure.server.config;

import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration: a row of {@link Settings}.
 *
 * @param <T> what a value is in the configuration's records
 * @param key as in the file, with dots between the levels
 * @param type what values there are
 * @param defaultText the value that it has when nothing is given
 * @param help what it does, one or two sentences
 * @param getter where the configuration's records hold it
 */
record Setting<T>(String key, ValueType<T> type, String defaultText, String help, Function<BrokerConfig, T> getter) {

    /** The environment variable that overrides the file. */
    String variable() {
        return "PERDURE_" + key.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException with a message that names the key, what was given and what is allowed
     */
    T parse(String text) {
        try {
            return type.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw refuse(text.strip(), e);
        }
    }

    T defaultValue() {
        return type.parse(defaultText);
    }

    /** The value in a configuration, as text. */
    String text(BrokerConfig config) {
        return type.format(getter.apply(config));
    }

    /** @throws IllegalArgumentException if the configuration holds a value that is not allowed */
    void check(BrokerConfig config) {
        T value = getter.apply(config);
        if (!type.allows(value)) {
            throw refuse(value.toString(), null);
        }
    }

    /** A value of this setting that was put where the type is not known. */
    @SuppressWarnings("unchecked") // only values of this setting's parse, defaultValue and getter are kept under it
    T cast(Object value) {
        return (T) value;
    }

    private IllegalArgumentException refuse(String given, @Nullable Throwable cause) {
        String what = given.isEmpty() ? "no value is given" : "'" + given + "' is not allowed";
        return new IllegalArgumentException(key + ": " + what + "; give " + type.allowed(), cause);
    }
}

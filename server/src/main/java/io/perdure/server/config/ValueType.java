package io.perdure.server.config;

/**
 * How the values of a setting are written and which are allowed; immutable.
 *
 * @param <T> what a value is in the configuration's records
 */
interface ValueType<T> {

    /**
     * Reads a value; of a list, its elements with commas between.
     *
     * @throws IllegalArgumentException if it is not one or is not allowed; the message is of no interest
     */
    T parse(String text);

    /** As {@link #parse} reads it, in the shortest form. */
    String format(T value);

    /** Whether the value is in range. */
    boolean allows(T value);

    /** What is allowed, after the words "give ...". */
    String allowed();

    /** Whether a sequence may be given. */
    default boolean list() {
        return false;
    }
}

package io.perdure.server.config;

import java.util.List;
import java.util.Locale;

/**
 * A constant of an enum, written in small letters with dashes.
 *
 * @param constants those that are allowed, at least two
 */
record OneOf<E extends Enum<E>>(List<E> constants) implements ValueType<E> {

    @Override
    public E parse(String text) {
        return constants.stream()
                .filter(candidate -> format(candidate).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text));
    }

    @Override
    public String format(E value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public boolean allows(E value) {
        return constants.contains(value);
    }

    @Override
    public String allowed() {
        List<String> texts = constants.stream().map(this::format).toList();
        int last = texts.size() - 1;
        return String.join(", ", texts.subList(0, last)) + " or " + texts.get(last);
    }
}

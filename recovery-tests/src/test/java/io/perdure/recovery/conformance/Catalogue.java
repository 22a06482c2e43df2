package io.perdure.recovery.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What there is to prove: the statements of the specifications and the choices of the broker, from the resources. */
record Catalogue(List<Statement> v311, List<Statement> v5, List<Choice> choices) {

    /** Whom a statement binds. */
    enum Kind {
        /** The broker, alone or together with clients. */
        SERVER("server"),
        /** Clients only. */
        CLIENT("client"),
        /** A feature that the broker does not offer. */
        NOT_OFFERED("not-offered");

        private final String name;

        Kind(String name) {
            this.name = name;
        }

        static Kind named(String name) {
            for (Kind kind : values()) {
                if (kind.name.equals(name)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no kind of statement: " + name);
        }
    }

    /** A normative statement, in short. */
    record Statement(String id, Kind kind, String summary, String remark) {}

    /** Something that the specifications leave open. */
    record Choice(String key, String versions, String section, String open, String chosen) {}

    static Catalogue read() {
        return new Catalogue(
                statements("mqtt-3.1.1.tsv"),
                statements("mqtt-5.0.tsv"),
                rows("choices.tsv", 5).stream()
                        .map(row -> new Choice(row[0], row[1], row[2], row[3], row[4]))
                        .toList());
    }

    private static List<Statement> statements(String file) {
        return rows(file, 4).stream()
                .map(row -> new Statement(row[0], Kind.named(row[1]), row[2], row[3]))
                .toList();
    }

    private static List<String[]> rows(String file, int columns) {
        return text(file)
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> {
                    String[] row = line.split("\t", -1);
                    if (row.length != columns) {
                        throw new IllegalArgumentException(
                                file + ": " + row.length + " columns instead of " + columns + ": " + line);
                    }
                    return row;
                })
                .toList();
    }

    private static String text(String file) {
        try (InputStream in = Catalogue.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

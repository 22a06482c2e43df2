package io.perdure.recovery.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Which filters match which topics [4.7]. */
final class TopicTable {

    private TopicTable() {}

    /** Topic Names that differ in everything that could be mistaken for a trifle. */
    static final List<String> NAMES = List.of(
            "a",
            "A",
            "a/",
            "/a",
            "/",
            "//",
            "a/b",
            "a//b",
            "a/b/",
            "/a/b",
            "a/b/c",
            "a/B/c",
            "ab",
            " ",
            " a",
            "a ",
            "a /b",
            "\u00E9",
            "e\u0301",
            "a/\u00E9",
            "\uFF0F",
            "a\\b",
            "./a",
            "%61",
            "a/$",
            "a/$b",
            "$",
            "$a",
            "$a/b",
            "$SYS/a",
            "$SYS/",
            "$share",
            "$share/g/a",
            "\u0001",
            "x/" + "1/".repeat(126) + "2",
            "x/" + "1/".repeat(1998) + "2");

    /** Versions, filters, and what each filter matches of the names. */
    static Stream<Arguments> filters() {
        List<Arguments> all = new ArrayList<>();
        for (Protocol version : Protocol.values()) {
            NAMES.stream()
                    .filter(name -> !name.startsWith("$share/"))
                    .forEach(name -> all.add(Arguments.of(version, name, List.of(name))));
            matches(all, version, "#", name -> !name.startsWith("$"));
            matches(all, version, "+", name -> !name.startsWith("$") && !name.contains("/"));
            matches(all, version, "+/#", name -> !name.startsWith("$"));
            matches(all, version, "+/+", name -> !name.startsWith("$") && levels(name) == 2);
            matches(all, version, "+/+/+", name -> !name.startsWith("$") && levels(name) == 3);
            matches(all, version, "/+", name -> name.startsWith("/") && levels(name) == 2);
            matches(all, version, "/#", name -> name.startsWith("/"));
            matches(all, version, "+/", name -> !name.startsWith("$") && levels(name) == 2 && name.endsWith("/"));
            matches(all, version, "a/#", name -> name.equals("a") || name.startsWith("a/"));
            matches(all, version, "a/+", name -> name.startsWith("a/") && levels(name) == 2);
            matches(all, version, "a/+/#", name -> name.startsWith("a/"));
            matches(all, version, "a/+/b", name -> name.equals("a//b"));
            matches(all, version, "+/b/#", name -> !name.startsWith("$") && name.matches("[^/]*/b(/.*)?"));
            matches(all, version, "+/+/c", name -> name.endsWith("/c"));
            matches(all, version, "$SYS/#", name -> name.startsWith("$SYS/"));
            matches(all, version, "$SYS/+", name -> name.startsWith("$SYS/"));
            matches(all, version, "$a/+", name -> name.equals("$a/b"));
            matches(all, version, "$a/#", name -> name.startsWith("$a"));
            matches(all, version, "x/+/#", name -> name.startsWith("x/"));
            matches(all, version, "x/" + "+/".repeat(126) + "+", name -> levels(name) == 128);
            matches(all, version, "x/" + "+/".repeat(1998) + "2", name -> levels(name) == 2000);
        }
        return all.stream();
    }

    private static void matches(List<Arguments> all, Protocol v, String filter, Predicate<String> m) {
        all.add(Arguments.of(v, filter, NAMES.stream().filter(m).toList()));
    }

    private static int levels(String name) {
        return name.split("/", -1).length;
    }
}

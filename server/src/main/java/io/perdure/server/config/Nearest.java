package io.perdure.server.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what was probably meant. */
final class Nearest {

    private Nearest() {}

    /** The candidate that takes the fewest edits, as a whole or in its last part (after the last dot). */
    static String to(String given, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(given, candidate)))
                .orElse("");
    }

    private static int distance(String given, String candidate) {
        int whole = edits(given, candidate);
        int last = 1 + edits(lastPart(given), lastPart(candidate));
        return Math.min(whole, last);
    }

    private static String lastPart(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Levenshtein's distance: characters to insert, delete or replace. */
    private static int edits(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}

package io.perdure.recovery.model;

/** Topic Filters, the slow and plain way. */
final class Filters {

    private static final String SHARE = "$share/";

    private Filters() {}

    static boolean isShared(String filter) {
        return filter.startsWith(SHARE);
    }

    /** The filter without {@code $share/name/}. */
    static String topicFilter(String filter) {
        return isShared(filter) ? filter.substring(filter.indexOf('/', SHARE.length()) + 1) : filter;
    }

    static boolean matches(String filter, String topic) {
        String[] wanted = topicFilter(filter).split("/", -1);
        String[] levels = topic.split("/", -1);
        if (topic.startsWith("$") && (wanted[0].equals("#") || wanted[0].equals("+"))) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= levels.length || (!wanted[i].equals("+") && !wanted[i].equals(levels[i]))) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}

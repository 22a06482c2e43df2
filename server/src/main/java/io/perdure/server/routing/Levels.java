package io.perdure.server.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the levels of Topic Names and Topic Filters in UTF-8.
 *
 * <p>A place in one is the index at which a level starts. Behind the last level comes {@code length + 1}, so a place beyond
 * {@code length} means that there is no level left; an empty last level starts at {@code length}.
 */
final class Levels {

    /** Returned by {@link #match} if the levels don't match. */
    static final int NO_MATCH = -1;

    /** Returned by {@link #match} if the pattern ends in {@code #} and matches whatever follows. */
    static final int ALL = Integer.MAX_VALUE;

    private Levels() {}

    /** The end of the level that starts at {@code from}. The next one starts behind it. */
    static int end(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && bytes[end] != '/') {
            end++;
        }
        return end;
    }

    /** The levels from a place on; null if there are none. */
    static byte @Nullable [] from(byte[] bytes, int from) {
        return from > bytes.length ? null : Arrays.copyOfRange(bytes, from, bytes.length);
    }

    /** The place in {@code path} of the first level that is not the same in {@code bytes} from {@code at} on. */
    static int common(byte[] path, byte[] bytes, int at) {
        int place = 0;
        while (place <= path.length && at + place <= bytes.length) {
            int end = end(path, place);
            if (end(bytes, at + place) != at + end || !Arrays.equals(path, place, end, bytes, at + place, at + end)) {
                break;
            }
            place = end + 1;
        }
        return place;
    }

    /**
     * Matches a Topic Name from the place {@code at} on with a pattern of one or more levels.
     *
     * @return the place behind the levels that matched, {@link #ALL} or {@link #NO_MATCH}
     */
    static int match(byte[] pattern, byte[] topic, int at) {
        int place = 0;
        int t = at;
        while (place <= pattern.length) {
            int end = end(pattern, place);
            boolean one = end == place + 1;
            if (one && pattern[place] == '#') {
                return ALL;
            }
            if (t > topic.length) {
                return NO_MATCH;
            }
            int topicEnd = end(topic, t);
            if (!(one && pattern[place] == '+') && !Arrays.equals(pattern, place, end, topic, t, topicEnd)) {
                return NO_MATCH;
            }
            t = topicEnd + 1;
            place = end + 1;
        }
        return t;
    }

    /** Joins levels with slashes; those that are null are left out. */
    static byte[] join(byte @Nullable [] first, byte[] second, byte @Nullable [] third) {
        int firstLength = first == null ? 0 : first.length + 1;
        int thirdLength = third == null ? 0 : third.length + 1;
        byte[] joined = new byte[firstLength + second.length + thirdLength];
        if (first != null) {
            System.arraycopy(first, 0, joined, 0, first.length);
            joined[first.length] = '/';
        }
        System.arraycopy(second, 0, joined, firstLength, second.length);
        if (third != null) {
            joined[firstLength + second.length] = '/';
            System.arraycopy(third, 0, joined, firstLength + second.length + 1, third.length);
        }
        return joined;
    }
}

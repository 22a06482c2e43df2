package io.perdure.protocol.topic;

import io.perdure.protocol.topic.InvalidTopicFilterException.Fault;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A Topic Filter of 1 to 65,535 bytes [4.7], perhaps of a Shared Subscription [4.8.2]. Immutable; any thread. Equal if the
 * client would write it the same way.
 */
public final class TopicFilter {

    private static final int MAXIMUM_BYTES = 65_535;
    private static final String SHARE_PREFIX = "$share/";

    private final String fullFilter;
    private final @Nullable String shareName;
    private final byte[] utf8;
    private final boolean wildcard;

    private TopicFilter(String fullFilter, @Nullable String shareName, byte[] utf8, boolean wildcard) {
        this.fullFilter = fullFilter;
        this.shareName = shareName;
        this.utf8 = utf8;
        this.wildcard = wildcard;
    }

    /**
     * @param fullFilter as the client wrote it; {@code $share/NAME/FILTER} is a Shared Subscription
     * @throws InvalidTopicFilterException if MQTT does not allow it
     */
    public static TopicFilter of(String fullFilter) {
        byte[] fullUtf8 = fullFilter.getBytes(StandardCharsets.UTF_8);
        if (fullUtf8.length == 0) {
            throw new InvalidTopicFilterException(Fault.EMPTY, "empty Topic Filter");
        }
        if (fullUtf8.length > MAXIMUM_BYTES) {
            throw new InvalidTopicFilterException(
                    Fault.TOO_LONG, "Topic Filter of " + fullUtf8.length + " bytes; 65535 is the most");
        }
        for (int i = 0; i < fullFilter.length(); i++) {
            char c = fullFilter.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < fullFilter.length()
                    && Character.isLowSurrogate(fullFilter.charAt(i + 1));
            if (c == 0 || (Character.isSurrogate(c) && !pair)) {
                throw new InvalidTopicFilterException(
                        Fault.MALFORMED, "Topic Filter with U+0000 or an unpaired surrogate");
            }
            i += pair ? 1 : 0;
        }
        if (!fullFilter.startsWith(SHARE_PREFIX)) {
            return new TopicFilter(fullFilter, null, fullUtf8, checkWildcards(fullUtf8));
        }
        int slash = fullFilter.indexOf('/', SHARE_PREFIX.length());
        if (slash < 0 || slash == fullFilter.length() - 1) {
            throw new InvalidTopicFilterException(Fault.SHARE, "Shared Subscription without a Topic Filter");
        }
        String shareName = fullFilter.substring(SHARE_PREFIX.length(), slash);
        if (shareName.isEmpty() || shareName.indexOf('+') >= 0 || shareName.indexOf('#') >= 0) {
            throw new InvalidTopicFilterException(Fault.SHARE, "ShareName that is empty or has a wildcard");
        }
        byte[] utf8 = fullFilter.substring(slash + 1).getBytes(StandardCharsets.UTF_8);
        return new TopicFilter(fullFilter, shareName, utf8, checkWildcards(utf8));
    }

    /** Whether there are wildcards; throws if they are where they may not be. */
    private static boolean checkWildcards(byte[] utf8) {
        boolean found = false;
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] == '+' || utf8[i] == '#') {
                found = true;
                boolean begins = i == 0 || utf8[i - 1] == '/';
                boolean last = i == utf8.length - 1;
                if (!begins || !(last || (utf8[i] == '+' && utf8[i + 1] == '/'))) {
                    throw new InvalidTopicFilterException(
                            Fault.WILDCARD, "Topic Filter with a wildcard that is not a level of its own");
                }
            }
        }
        return found;
    }

    /** As the client wrote it. */
    public String fullFilter() {
        return fullFilter;
    }

    /** The part that Topic Names are matched with: without {@code $share/NAME/}. */
    public String topicFilter() {
        return shareName == null ? fullFilter : fullFilter.substring(SHARE_PREFIX.length() + shareName.length() + 1);
    }

    /** The ShareName of a Shared Subscription, else null. */
    public @Nullable String shareName() {
        return shareName;
    }

    /** Whether the subscription is shared. */
    public boolean isShared() {
        return shareName != null;
    }

    /** Whether it has {@code +} or {@code #}; if not, it matches one Topic Name. */
    public boolean hasWildcard() {
        return wildcard;
    }

    /** How many levels {@link #topicFilter} has, wildcards included: 1 to 65,536. */
    public int levels() {
        int levels = 1;
        for (byte b : utf8) {
            levels += b == '/' ? 1 : 0;
        }
        return levels;
    }

    /** Whether a message of that Topic Name is for this subscription. */
    public boolean matches(TopicName topicName) {
        return matches(topicName.utf8());
    }

    /**
     * The same for the bytes of a Topic Name.
     *
     * @param topic UTF-8, not empty, without wildcards
     */
    public boolean matches(byte[] topic) {
        if (topic[0] == '$' && (utf8[0] == '+' || utf8[0] == '#')) {
            return false; // [MQTT-4.7.2-1]
        }
        int f = 0;
        int t = 0;
        while (true) {
            if (f < utf8.length && utf8[f] == '#') {
                return true;
            }
            if (f < utf8.length && utf8[f] == '+') {
                f++;
                while (t < topic.length && topic[t] != '/') {
                    t++;
                }
            } else {
                while (f < utf8.length && t < topic.length && utf8[f] == topic[t] && utf8[f] != '/') {
                    f++;
                    t++;
                }
            }
            boolean filterEnds = f == utf8.length;
            if (t == topic.length) {
                // "#" matches the parent level too
                return filterEnds || (f == utf8.length - 2 && utf8[f] == '/' && utf8[f + 1] == '#');
            }
            if (filterEnds || utf8[f] != '/' || topic[t] != '/') {
                return false;
            }
            f++;
            t++;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof TopicFilter that && fullFilter.equals(that.fullFilter));
    }

    @Override
    public int hashCode() {
        return fullFilter.hashCode();
    }

    /** As the client wrote it. */
    @Override
    public String toString() {
        return fullFilter;
    }
}

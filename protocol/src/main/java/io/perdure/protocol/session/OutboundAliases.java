package io.perdure.protocol.session;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Topic Aliases that the server sets up on one connection.
 *
 * <p>First come, first served; when all are given away, a topic gets the alias of one that was not sent since the last
 * round (the clock algorithm), otherwise it goes without. So topics that are sent often keep theirs even when there are
 * many more topics than aliases.
 *
 * <p>Lives and dies with the connection [MQTT-3.3.2-7]; used by its event loop alone. Holds at most as many Topic Names as
 * there may be aliases; nothing before the first.
 */
public final class OutboundAliases {

    private final int maximum;
    // by alias; the first slot is not used
    private byte[] @Nullable [] topics = {};
    private boolean[] used = {};
    private int count;
    private int hand = 1;
    // aliases by the hash of their topic, open addressing; 0 is free
    private char[] index = {};

    /** @param maximum the client's Topic Alias Maximum, or less: 0 to 65535 */
    public OutboundAliases(int maximum) {
        this.maximum = maximum;
    }

    /**
     * The alias to send for a topic.
     *
     * @param topic the Topic Name, UTF-8; not copied and never changed afterwards
     * @return 0: none, send the Topic Name. Positive: the alias alone will do. Negative: its absolute value is the alias,
     *     and the Topic Name must be sent too, since the client doesn't know it; if that packet is not sent after all,
     *     {@link #revoke} it
     */
    public int aliasFor(byte[] topic) {
        if (maximum == 0) {
            return 0;
        }
        int known = find(topic);
        if (known != 0) {
            used[known] = true;
            return known;
        }
        if (count < maximum) {
            count++;
            if (count >= topics.length) {
                grow();
            }
            return assign(count, topic);
        }
        int candidate = hand;
        hand = hand == maximum ? 1 : hand + 1;
        if (used[candidate]) {
            used[candidate] = false;
            return 0;
        }
        unindex(candidate);
        return assign(candidate, topic);
    }

    /** Takes back an alias that {@link #aliasFor} has just given and that the client was not told of. */
    public void revoke(int alias) {
        unindex(alias);
        topics[alias] = null;
        used[alias] = false;
    }

    private int assign(int alias, byte[] topic) {
        topics[alias] = topic;
        used[alias] = true;
        int slot = home(topic);
        while (index[slot] != 0) {
            slot = (slot + 1) & (index.length - 1);
        }
        index[slot] = (char) alias;
        return -alias;
    }

    private int find(byte[] topic) {
        if (index.length == 0) {
            return 0;
        }
        int slot = home(topic);
        while (index[slot] != 0) {
            if (Arrays.equals(topics[index[slot]], topic)) {
                return index[slot];
            }
            slot = (slot + 1) & (index.length - 1);
        }
        return 0;
    }

    /** Takes an alias out of the index and moves up what could no longer be found behind the hole. */
    private void unindex(int alias) {
        byte[] topic = topics[alias];
        if (topic == null) {
            return;
        }
        int mask = index.length - 1;
        int hole = home(topic);
        while (index[hole] != alias) {
            hole = (hole + 1) & mask;
        }
        for (int next = (hole + 1) & mask; index[next] != 0; next = (next + 1) & mask) {
            byte[] moved = topics[index[next]];
            if (moved != null && ((next - home(moved)) & mask) >= ((next - hole) & mask)) {
                index[hole] = index[next];
                hole = next;
            }
        }
        index[hole] = 0;
    }

    private int home(byte[] topic) {
        int hash = Arrays.hashCode(topic) * 0x9E37_79B9;
        return (hash >>> 16) & (index.length - 1);
    }

    private void grow() {
        int capacity = Math.min(maximum, Math.max(8, count * 2)) + 1;
        topics = Arrays.copyOf(topics, capacity);
        used = Arrays.copyOf(used, capacity);
        index = new char[Integer.highestOneBit(capacity) * 4];
        for (int alias = 1; alias < count; alias++) {
            byte[] topic = topics[alias];
            if (topic != null) {
                int slot = home(topic);
                while (index[slot] != 0) {
                    slot = (slot + 1) & (index.length - 1);
                }
                index[slot] = (char) alias;
            }
        }
    }
}

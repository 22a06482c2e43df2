package io.perdure.storage.ledger;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages that match a Topic Filter, in order of their keys. Goes from level to level by seeking: {@code
 * +/x} costs the number of first levels, not the number of retained messages.
 */
final class RetainedScan implements AutoCloseable {

    /** Where {@link #seekFrom} leads: this key matches. */
    private static final byte[] MATCH = {};

    private static final byte[] AFTER_DOLLAR = {'$' + 1};

    /** No UTF-8 reaches it. */
    private static final byte[] END = {(byte) 0xff};

    /** After so many rows it rests, so that a filter that matches little does not hold up the ledger. */
    private static final int MAX_ROWS = 8192;

    private final Engine.Rows rows;
    private final byte[][] filter;
    private final boolean multiLevel;
    private boolean onRow;
    private int rowsLeft = MAX_ROWS;
    private boolean tired;

    /**
     * @param topicFilter valid, not shared
     * @param after where to go on: the key that was last, or empty to begin
     */
    RetainedScan(Engine engine, String topicFilter, byte[] after) {
        byte[][] levels = Arrays.stream(topicFilter.split("/", -1))
                .map(l -> l.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        multiLevel = topicFilter.endsWith("#");
        filter = multiLevel ? Arrays.copyOf(levels, levels.length - 1) : levels;
        rows = engine.scan(Family.RETAINED.index(), new byte[0], END);
        onRow = rows.seek(after.length == 0 ? literalPrefix() : Arrays.copyOf(after, after.length + 1));
    }

    /** Goes to the next match; false at the end, or if it {@link #isTired}. */
    boolean next() {
        while (onRow) {
            byte[] to = seekFrom(rows.key());
            if (to == MATCH) {
                return true;
            }
            if (rowsLeft-- == 0) {
                tired = true;
                return false;
            }
            onRow = to != null && rows.seek(to);
        }
        return false;
    }

    /** Whether it has stopped before the end, at a row that does not match: another scan goes on after {@link #key}. */
    boolean isTired() {
        return tired;
    }

    /** Steps past a match. */
    void advance() {
        onRow = rows.next();
    }

    byte[] key() {
        return rows.key();
    }

    byte[] value() {
        return rows.value();
    }

    @Override
    public void close() {
        rows.close();
    }

    private byte[] literalPrefix() {
        ByteArrayOutputStream prefix = new ByteArrayOutputStream();
        for (byte[] level : filter) {
            if (isPlus(level)) {
                break;
            }
            prefix.writeBytes(level);
            prefix.write(0);
        }
        return prefix.toByteArray();
    }

    /** {@link #MATCH}, the least key past this one that may match, or null if there is none. */
    private byte @Nullable [] seekFrom(byte[] key) {
        boolean startsWild = filter.length == 0 || isPlus(filter[0]);
        if (startsWild && key[0] == '$') {
            return AFTER_DOLLAR; // [MQTT-4.7.2-1]
        }
        int at = 0;
        int lastPlus = -1;
        for (byte[] level : filter) {
            if (at == key.length) {
                return Arrays.copyOf(key, key.length + 1);
            }
            int end = endOfLevel(key, at);
            if (isPlus(level)) {
                lastPlus = end;
            } else {
                int order = Arrays.compareUnsigned(key, at, end, level, 0, level.length);
                if (order < 0) {
                    return join(key, at, level);
                }
                if (order > 0) {
                    return lastPlus < 0 ? null : pastChildren(key, lastPlus);
                }
            }
            at = end + 1;
        }
        return at == key.length || multiLevel ? MATCH : pastChildren(key, at - 1);
    }

    private static int endOfLevel(byte[] key, int from) {
        int i = from;
        while (key[i] != 0) {
            i++;
        }
        return i;
    }

    /** The least key past all whose first levels are {@code key[0, end)}. */
    private static byte[] pastChildren(byte[] key, int end) {
        byte[] to = Arrays.copyOf(key, end + 1);
        to[end] = 1;
        return to;
    }

    private static byte[] join(byte[] prefix, int length, byte[] level) {
        byte[] key = new byte[length + level.length + 1];
        System.arraycopy(prefix, 0, key, 0, length);
        System.arraycopy(level, 0, key, length, level.length);
        return key;
    }

    private static boolean isPlus(byte[] level) {
        return level.length == 1 && level[0] == '+';
    }
}

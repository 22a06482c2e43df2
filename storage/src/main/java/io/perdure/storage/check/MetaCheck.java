package io.perdure.storage.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CleanStopValue;
import io.perdure.storage.format.proto.FormatValue;
import io.perdure.storage.format.proto.LimitsValue;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The few rows that are about the whole store. For one thread. */
final class MetaCheck {

    private static final String FORMAT = "format";
    private static final String LIMITS = "limits";
    private static final String ALIVE = "alive";
    private static final String CLEAN = "clean";
    private static final int STORE_ID_BYTES = 16;

    private final Tally tally;
    private final Map<String, byte[]> rows = new LinkedHashMap<>();
    private final @Nullable FormatValue format;
    private final @Nullable LimitsValue limits;
    private final long lastAliveMs;

    MetaCheck(Engine engine, Tally tally) {
        this.tally = tally;
        try (RowCursor cursor = new RowCursor(engine, Family.META, hole -> tally.hole(Family.META, hole))) {
            while (cursor.next()) {
                tally.row(Family.META, cursor.key(), cursor.value());
                String problem = KeyRules.problem(Family.META, cursor.key());
                if (problem == null) {
                    rows.put(new String(cursor.key(), StandardCharsets.UTF_8), cursor.value());
                } else {
                    tally.found(new Finding.BadRow(Family.META, null, Texts.key(Family.META, cursor.key()), problem));
                }
            }
        }
        format = parse(FORMAT, FormatValue.parser());
        limits = parse(LIMITS, LimitsValue.parser());
        AliveValue alive = parse(ALIVE, AliveValue.parser());
        CleanStopValue clean = parse(CLEAN, CleanStopValue.parser());
        lastAliveMs = Math.max(alive == null ? 0 : alive.getWallMs(), clean == null ? 0 : clean.getWallMs());
    }

    /** Takes the row away: what is left is kept as it is. */
    private <T> @Nullable T parse(String name, Parser<T> parser) {
        byte[] value = rows.get(name);
        if (value == null) {
            return null;
        }
        try {
            return Values.parse(parser, value, Family.META);
        } catch (StoreException e) {
            rows.remove(name);
            tally.found(new Finding.BadMeta(name, String.valueOf(e.getMessage())));
            return null;
        }
    }

    /** The last time at which a broker is known to have had the store open. */
    long lastAliveMs() {
        return lastAliveMs;
    }

    /**
     * To be called when all else has been read.
     *
     * @param sessionId the greatest that is used
     * @param position the greatest that is used
     */
    void end(long sessionId, long position) {
        keepFormat();
        keepLimits(sessionId, position);
        rows.forEach(this::keep);
    }

    private void keepFormat() {
        if (format == null) {
            tally.found(new Finding.BadMeta(FORMAT, "it is not there"));
            keep(
                    FORMAT,
                    FormatValue.newBuilder()
                            .setVersion(Values.FORMAT_VERSION)
                            .setStoreId(ByteString.copyFrom(new byte[STORE_ID_BYTES]))
                            .setCreatedMs(lastAliveMs)
                            .build());
        }
    }

    private void keepLimits(long sessionId, long position) {
        long sessionLimit = limits == null ? 1 : limits.getSessionId();
        long positionLimit = limits == null ? 1 : limits.getPosition();
        if (sessionId < sessionLimit && position < positionLimit) {
            return;
        }
        tally.found(new Finding.BadMeta(
                LIMITS,
                "session ids below " + sessionLimit + " and positions below " + positionLimit
                        + " are said to be in use, but session id " + sessionId + " and position " + position
                        + " are"));
        rows.remove(LIMITS);
        keep(
                LIMITS,
                LimitsValue.newBuilder()
                        .setSessionId(Math.max(sessionLimit, sessionId + 1))
                        .setPosition(Math.max(positionLimit, position + 1))
                        .build());
    }

    private void keep(String name, MessageLite value) {
        keep(name, value.toByteArray());
    }

    private void keep(String name, byte[] value) {
        tally.keep(Family.META, name.getBytes(StandardCharsets.UTF_8), value);
    }
}

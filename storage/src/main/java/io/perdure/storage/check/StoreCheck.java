package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.MessageValue;
import io.perdure.storage.format.proto.RetainedValue;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads all of a store and checks every row and every reference. What can't be read is passed over and told of.
 *
 * <p>Families are read side by side in the order of their keys: memory holds a few bits for each session and each shared
 * body, the sessions of one slot, the cursor of one session and the names of Shared Subscriptions. For one thread, one run.
 */
public final class StoreCheck {

    /** Clocks of two runs of a broker may differ by so much. */
    private static final long CLOCK_SLACK_MS = 5000;

    private final Engine engine;
    private final Tally tally;
    private final boolean copies;
    private final MetaCheck meta;
    private final Bodies bodies;
    private final Deadlines deadlines;
    private long greatestPosition;

    private StoreCheck(Engine engine, long asOfMs, CheckSink sink, boolean copies) {
        this.engine = engine;
        this.copies = copies;
        tally = new Tally(sink);
        meta = new MetaCheck(engine, tally);
        bodies = new Bodies(engine, tally);
        deadlines = new Deadlines(engine, tally, Math.max(asOfMs, meta.lastAliveMs()) + CLOCK_SLACK_MS);
    }

    /**
     * Checks a store.
     *
     * @param asOfMs the wall clock, or that of when the store was opened
     * @param copies whether {@link CheckSink#keep} wants all rows; otherwise bodies may be left out
     * @throws java.util.concurrent.CancellationException if the sink did not want to go on
     */
    public static CheckResult run(Engine engine, long asOfMs, boolean copies, CheckSink sink) {
        return new StoreCheck(engine, asOfMs, sink, copies).run();
    }

    private CheckResult run() {
        deadlines.read();
        bodies.read();
        Set<String> sharedFilters;
        long greatestSessionId;
        try (SessionCheck sessions = new SessionCheck(engine, tally, bodies, deadlines)) {
            sessions.run();
            sharedFilters = sessions.sharedFilters();
            greatestSessionId = sessions.greatestSessionId();
            greatestPosition = Math.max(bodies.greatestId(), sessions.greatestPosition());
        }
        bodies.sort(copies);
        retained();
        groups(sharedFilters);
        deadlines.end();
        meta.end(greatestSessionId, greatestPosition);
        return tally.result();
    }

    private void retained() {
        try (RowCursor rows = new RowCursor(engine, Family.RETAINED, hole -> tally.hole(Family.RETAINED, hole))) {
            while (rows.next()) {
                tally.row(Family.RETAINED, rows.key(), rows.value());
                String problem = KeyRules.problem(Family.RETAINED, rows.key());
                if (problem == null) {
                    problem = retained(rows.key(), rows.value());
                }
                if (problem != null) {
                    tally.found(
                            new Finding.BadRow(Family.RETAINED, null, Texts.key(Family.RETAINED, rows.key()), problem));
                }
            }
        }
    }

    private @Nullable String retained(byte[] key, byte[] value) {
        RetainedValue v;
        try {
            v = Values.parse(RetainedValue.parser(), value, Family.RETAINED);
        } catch (StoreException e) {
            return e.getMessage();
        }
        MessageValue message = v.getMessage();
        if (!Arrays.equals(key, Keys.retained(message.getTopic().toByteArray()))) {
            return "it holds a message of another topic";
        }
        if (message.getPayload().isEmpty()) {
            return "its payload is empty";
        }
        greatestPosition = Math.max(greatestPosition, v.getPosition());
        tally.retained++;
        tally.keep(Family.RETAINED, key, value);
        if (message.getExpiresAtMs() != 0) {
            String where = Texts.key(Family.RETAINED, key);
            deadlines.expects(Family.RETAINED, Keys.EXPIRES_RETAINED, key, message.getExpiresAtMs(), null, where);
        }
        return null;
    }

    /** @param sharedFilters those that somebody has; what waits for others goes at the next start */
    private void groups(Set<String> sharedFilters) {
        try (RowCursor rows = new RowCursor(engine, Family.GROUP, hole -> tally.hole(Family.GROUP, hole))) {
            while (rows.next()) {
                byte[] key = rows.key();
                tally.row(Family.GROUP, key, rows.value());
                String problem = KeyRules.problem(Family.GROUP, key);
                if (problem == null) {
                    if (!sharedFilters.contains(Keys.groupFilter(key))) {
                        tally.garbage(Family.GROUP, key, rows.value());
                        continue;
                    }
                    problem = waiting(key, rows.value());
                }
                if (problem != null) {
                    tally.found(new Finding.BadRow(Family.GROUP, null, Texts.key(Family.GROUP, key), problem));
                }
            }
        }
    }

    private @Nullable String waiting(byte[] key, byte[] value) {
        EntryValue entry;
        try {
            entry = Values.parse(EntryValue.parser(), value, Family.GROUP);
        } catch (StoreException e) {
            return e.getMessage();
        }
        if (entry.getBodyId() != 0 || entry.getMessage().getTopic().isEmpty()) {
            return "it holds no message";
        }
        tally.waiting++;
        tally.keep(Family.GROUP, key, value);
        long deadlineMs = entry.getMessage().getExpiresAtMs();
        if (deadlineMs != 0) {
            deadlines.expects(Family.GROUP, Keys.EXPIRES_GROUP, key, deadlineMs, null, Texts.key(Family.GROUP, key));
        }
        return null;
    }
}

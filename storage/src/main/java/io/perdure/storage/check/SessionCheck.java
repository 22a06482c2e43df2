package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.InboundValue;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks sessions with all that belongs to them, in one pass over all families that hold it. Remembers the Shared
 * Subscriptions of all sessions, and of each session in turn its cursor and filters. For one thread.
 */
final class SessionCheck implements AutoCloseable {

    private static final int MAX_QOS = 2;

    private final Tally tally;
    private final SessionRows sessions;
    private final OwnedRows subscriptions;
    private final OwnedRows replays;
    private final OwnedRows inbound;
    private final OwnedRows cursors;
    private final QueueCheck queues;
    private final Set<String> sharedFilters = new HashSet<>();
    private long greatestPosition;

    SessionCheck(Engine engine, Tally tally, Bodies bodies, Deadlines deadlines) {
        this.tally = tally;
        sessions = new SessionRows(engine, tally);
        subscriptions = new OwnedRows(engine, Family.SUBSCRIPTION, tally);
        replays = new OwnedRows(engine, Family.REPLAY, tally);
        inbound = new OwnedRows(engine, Family.INBOUND, tally);
        cursors = new OwnedRows(engine, Family.CURSOR, tally);
        queues = new QueueCheck(new OwnedRows(engine, Family.QUEUE, tally), tally, bodies, deadlines);
    }

    /** Checks all of them. */
    void run() {
        for (SessionRow s = sessions.next(); s != null; s = sessions.next()) {
            tally.sessions++;
            check(s);
        }
        subscriptions.end();
        replays.end();
        inbound.end();
        cursors.end();
        queues.end();
    }

    private void check(SessionRow s) {
        Set<String> filters = subscriptions(s);
        replays(s, filters);
        inbound(s);
        CursorModel cursor = cursor(s);
        boolean shares = queues.check(s, cursor);
        for (CursorModel.Row row : cursor.sound()) {
            tally.keep(Family.CURSOR, row.key(), row.value());
        }
        byte[] value = s.value().toByteArray();
        if (shares && !s.value().getShared()) {
            tally.found(new Finding.BadSession(
                    s.clientId(), "it is not marked as a member of a Shared Subscription, but holds messages of one"));
            value = s.value().toBuilder().setShared(true).build().toByteArray();
        }
        tally.keep(Family.SESSION, s.key(), value);
    }

    private Set<String> subscriptions(SessionRow s) {
        Set<String> filters = new HashSet<>();
        for (byte[] prefix = s.prefix(); subscriptions.isAt(prefix); subscriptions.next()) {
            String filter = Keys.fullFilter(subscriptions.key());
            String problem;
            try {
                SubscriptionValue v =
                        Values.parse(SubscriptionValue.parser(), subscriptions.value(), Family.SUBSCRIPTION);
                problem = problem(filter, v);
            } catch (StoreException e) {
                problem = String.valueOf(e.getMessage());
            }
            if (problem == null) {
                tally.subscriptions++;
                filters.add(filter);
                if (filter.startsWith("$share/")) {
                    sharedFilters.add(filter);
                }
                tally.keep(Family.SUBSCRIPTION, subscriptions.key(), subscriptions.value());
            } else {
                bad(s, Family.SUBSCRIPTION, subscriptions.key(), problem);
            }
        }
        tellIfIncomplete(s, Family.SUBSCRIPTION, subscriptions);
        return filters;
    }

    private static @Nullable String problem(String fullFilter, SubscriptionValue v) {
        if (v.getMaximumQos() > MAX_QOS) {
            return "its QoS is " + v.getMaximumQos();
        }
        String share = v.getShareName();
        if (share.isEmpty()) {
            return null;
        }
        String head = "$share/" + share + "/";
        return fullFilter.startsWith(head) && fullFilter.length() > head.length()
                ? null
                : "its ShareName, " + share + ", is not that of the filter";
    }

    private void replays(SessionRow s, Set<String> filters) {
        for (byte[] prefix = s.prefix(); replays.isAt(prefix); replays.next()) {
            String problem = null;
            try {
                ReplayValue v = Values.parse(ReplayValue.parser(), replays.value(), Family.REPLAY);
                greatestPosition = Math.max(greatestPosition, v.getPosition() - 1);
                if (s.outlivedAllConnections() && !filters.contains(Keys.fullFilter(replays.key()))) {
                    problem = "the session has no such subscription";
                }
            } catch (StoreException e) {
                problem = String.valueOf(e.getMessage());
            }
            keepOrDrop(s, Family.REPLAY, replays, problem);
        }
        tellIfIncomplete(s, Family.REPLAY, replays);
    }

    private void inbound(SessionRow s) {
        for (byte[] prefix = s.prefix(); inbound.isAt(prefix); inbound.next()) {
            String problem = null;
            try {
                Values.parse(InboundValue.parser(), inbound.value(), Family.INBOUND);
            } catch (StoreException e) {
                problem = String.valueOf(e.getMessage());
            }
            keepOrDrop(s, Family.INBOUND, inbound, problem);
        }
        tellIfIncomplete(s, Family.INBOUND, inbound);
    }

    private CursorModel cursor(SessionRow s) {
        CursorModel cursor = new CursorModel(s);
        for (byte[] prefix = s.prefix(); cursors.isAt(prefix); cursors.next()) {
            String problem = cursor.add(cursors.key(), cursors.value());
            if (problem != null) {
                bad(s, Family.CURSOR, cursors.key(), problem);
            }
        }
        boolean incomplete = tellIfIncomplete(s, Family.CURSOR, cursors);
        String problem = cursor.problem();
        if (problem != null && !incomplete) {
            tally.found(new Finding.BadCursor(s.clientId(), problem));
        }
        return cursor;
    }

    private void keepOrDrop(SessionRow s, Family family, OwnedRows rows, @Nullable String problem) {
        if (problem == null) {
            tally.keep(family, rows.key(), rows.value());
        } else {
            bad(s, family, rows.key(), problem);
        }
    }

    private void bad(SessionRow s, Family family, byte[] key, String problem) {
        tally.found(new Finding.BadRow(family, s.clientId(), Texts.withinSession(family, key), problem));
    }

    private boolean tellIfIncomplete(SessionRow s, Family family, OwnedRows rows) {
        boolean incomplete = rows.isIncomplete(s.prefix());
        if (incomplete) {
            tally.found(new Finding.Incomplete(family, s.clientId()));
        }
        return incomplete;
    }

    long greatestSessionId() {
        return sessions.greatestId();
    }

    long greatestPosition() {
        return greatestPosition;
    }

    /** The Shared Subscriptions that somebody has, as full filters. */
    Set<String> sharedFilters() {
        return sharedFilters;
    }

    @Override
    public void close() {
        queues.close();
        cursors.close();
        inbound.close();
        replays.close();
        subscriptions.close();
        sessions.close();
    }
}

package io.perdure.storage.ledger;

import io.perdure.storage.Delivery;
import io.perdure.storage.Durability;
import io.perdure.storage.Entry;
import io.perdure.storage.Lane;
import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Submission;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.GroupNote;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The group that is being built: its rows, and the outcomes that wait for them. Owned by the ledger's thread; used again
 * for each group.
 *
 * <p>Nothing leaves before {@link #commit}: that is where an acknowledgement becomes a receipt.
 */
final class Group {

    /** A group is written when its rows reach this size, though there may be more to do. */
    private static final long FULL_BYTES = 8L << 20;

    private final Engine engine;
    private final Engine.Batch batch;
    private final Durability durability;
    private final Rows rows;
    private final Trimmer trimmer;
    private final SpaceGauge space;

    private final List<Submission> completed = new ArrayList<>();
    private final List<SessionState> receivers = new ArrayList<>();
    private final List<SessionState> cursors = new ArrayList<>();
    private final List<SessionState> unsyncedCursors = new ArrayList<>();
    private final List<SessionState> attachmentsChanged = new ArrayList<>();
    private final List<TakeOver> takeOvers = new ArrayList<>();
    private final IdentityHashMap<Lane, LaneBatch> lanes = new IdentityHashMap<>();
    private boolean mustSync;
    private long number = 1;
    private long durableNumber;

    private record TakeOver(SessionLink link, long generation) {}

    Group(Engine engine, Durability durability, Trimmer trimmer, SpaceGauge space) {
        this.engine = engine;
        this.trimmer = trimmer;
        this.space = space;
        this.durability = durability;
        this.batch = engine.newBatch();
        this.rows = new Rows(batch);
    }

    /** Where rows are added. */
    Rows rows() {
        return rows;
    }

    /** What is added to the group stands for something that is acknowledged: it has to be synced. */
    void mustSync() {
        mustSync = true;
    }

    /** {@link #mustSync} if the session is recorded; else nobody is told of its state after a crash. */
    void mustSyncFor(SessionState s) {
        mustSync |= s.recorded;
    }

    /** The submission is handed back after the commit. */
    void complete(Submission submission) {
        completed.add(submission);
    }

    /** The session has {@link SessionState#outgoing} entries; it may be told more than once. */
    void delivers(SessionState s) {
        receivers.add(s);
    }

    /** The cursor of the session has changed. */
    void cursorChanged(SessionState s) {
        if (!s.cursorDirty) {
            s.cursorDirty = true;
            cursors.add(s);
        }
    }

    /** The session was attached or detached: to be seen by others after the commit. */
    void attachmentChanged(SessionState s) {
        attachmentsChanged.add(s);
    }

    /** The link is asked to give up its session. */
    void takeOver(SessionLink link, long generation) {
        takeOvers.add(new TakeOver(link, generation));
    }

    boolean isEmpty() {
        return completed.isEmpty()
                && receivers.isEmpty()
                && cursors.isEmpty()
                && attachmentsChanged.isEmpty()
                && takeOvers.isEmpty()
                && batch.count() == 0;
    }

    /** Whether it should be written before more is added. */
    boolean isFull() {
        return batch.sizeBytes() >= FULL_BYTES;
    }

    /** The size of its rows so far. */
    long sizeBytes() {
        return batch.sizeBytes();
    }

    /** The number of the group that is being built. */
    long number() {
        return number;
    }

    /**
     * Writes the rows, syncs if they need it, then releases the outcomes.
     *
     * @throws io.perdure.storage.StoreException if it can't be written: nothing has left, and nothing may any more
     */
    void commit() {
        storeCursors();
        boolean sync = mustSync && durability == Durability.FSYNC;
        if (batch.count() > 0) {
            batch.note(new GroupNote(number, durableNumber).toBytes());
            engine.write(batch, sync);
            space.wrote(batch.sizeBytes());
            durableNumber = sync ? number : durableNumber;
        }
        number++;
        boolean durable = batch.count() > 0 && (sync || durability == Durability.OS);
        if (durable) {
            for (SessionState s : unsyncedCursors) {
                s.cursor.markSynced();
                s.cursorUnsynced = false;
            }
            unsyncedCursors.clear();
        }
        batch.clear();
        mustSync = false;
        release();
    }

    private void storeCursors() {
        for (SessionState s : cursors) {
            s.cursorDirty = false;
            if (s.ended) {
                continue;
            }
            trimmer.offer(s);
            if (s.recorded) {
                rows.cursor(s);
                if (!s.cursorUnsynced) {
                    s.cursorUnsynced = true;
                    unsyncedCursors.add(s);
                }
            } else {
                s.cursor.store(Cursor.Rows.NONE);
                s.cursor.markSynced();
            }
        }
        cursors.clear();
    }

    private void release() {
        for (SessionState s : attachmentsChanged) {
            s.publishLink();
        }
        attachmentsChanged.clear();
        for (TakeOver t : takeOvers) {
            lane(t.link()).takeOvers.add(t);
        }
        takeOvers.clear();
        for (Submission s : completed) {
            SessionRef session = s.session();
            if (session instanceof SessionState state) {
                s.complete(state.cursor.sentLimit(), state.cursor.syncedHead());
            }
            lane(s.link()).completed.add(s);
        }
        for (SessionState s : receivers) {
            SessionLink link = s.attached();
            List<Entry> entries = s.outgoing;
            if (link != null && entries != null) {
                lane(link).add(link, new Delivery(s, s.generation, s.outgoingFrom, s.tail, entries));
            }
            s.outgoing = null;
        }
        receivers.clear();
        lanes.forEach(Lane::execute);
        lanes.clear();
        completed.forEach(Submission::delivered);
        completed.clear();
    }

    private LaneBatch lane(SessionLink link) {
        return lanes.computeIfAbsent(link.lane(), l -> new LaneBatch());
    }

    /** All that one event loop gets from one group, as one task. */
    private static final class LaneBatch implements Runnable {
        private final List<TakeOver> takeOvers = new ArrayList<>(0);
        private final List<Submission> completed = new ArrayList<>();
        private final List<SessionLink> receivers = new ArrayList<>();
        private final List<Delivery> deliveries = new ArrayList<>();

        void add(SessionLink link, Delivery delivery) {
            receivers.add(link);
            deliveries.add(delivery);
        }

        @Override
        public void run() {
            Set<SessionLink> touched = new LinkedHashSet<>();
            for (Submission s : completed) {
                s.link().completed(s);
                touched.add(s.link());
            }
            for (int i = 0; i < receivers.size(); i++) {
                receivers.get(i).deliver(deliveries.get(i));
                touched.add(receivers.get(i));
            }
            for (TakeOver t : takeOvers) {
                t.link().takeOver(t.generation());
                touched.add(t.link());
            }
            touched.forEach(SessionLink::flush);
        }
    }

    void close() {
        batch.close();
    }
}

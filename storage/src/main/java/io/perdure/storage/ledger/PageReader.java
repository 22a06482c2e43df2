package io.perdure.storage.ledger;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.EntryCodec;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.MessageValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads stretches of queues for connections that lag behind; any thread. */
final class PageReader {

    private final Engine engine;

    PageReader(Engine engine) {
        this.engine = engine;
    }

    Page read(SessionState s, long generation, long from, long end, int maxWeightBytes) {
        List<Entry> entries = new ArrayList<>();
        long weight = 0;
        long reached = end;
        try (Engine.Rows rows = engine.scan(
                        Family.QUEUE.index(), Keys.queue(s.slot, s.id, from), Keys.queue(s.slot, s.id, end));
                Bodies bodies = new Bodies()) {
            while (rows.next()) {
                long sequence = Keys.sequence(rows.key());
                if (weight >= maxWeightBytes) {
                    reached = sequence;
                    break;
                }
                EntryValue v = Values.parse(EntryValue.parser(), rows.value(), Family.QUEUE);
                Message m = v.getBodyId() == 0 ? Values.message(v.getMessage()) : bodies.get(v.getBodyId());
                if (m != null) { // its body is gone only if it was finished meanwhile
                    entries.add(new Entry(
                            sequence, m, v.getQos(), v.getRetain(), EntryCodec.subscriptionIds(v), v.getBodyId()));
                    weight += m.weightBytes();
                }
            }
        }
        return new Page(generation, from, reached, entries);
    }

    /** Shared bodies, read in the order of their ids, which is that of the queue. */
    private final class Bodies implements AutoCloseable {
        /** Stepping over a few bodies is cheaper than seeking. */
        private static final int STEPS = 8;

        private Engine.@Nullable Rows rows;

        @Nullable
        Message get(long bodyId) {
            byte[] key = Keys.message(bodyId);
            if (rows == null) {
                rows = engine.scan(Family.MESSAGE.index(), key, Keys.message(Long.MAX_VALUE));
                if (!rows.next()) {
                    return null;
                }
            }
            for (int i = 0; Keys.bodyId(rows.key()) < bodyId; i++) {
                if (i == STEPS ? !rows.seek(key) : !rows.next()) {
                    close();
                    return null;
                }
            }
            return Keys.bodyId(rows.key()) == bodyId
                    ? Values.message(Values.parse(MessageValue.parser(), rows.value(), Family.MESSAGE))
                    : null;
        }

        @Override
        public void close() {
            if (rows != null) {
                rows.close();
                rows = null;
            }
        }
    }
}

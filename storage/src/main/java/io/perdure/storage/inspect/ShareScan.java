package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import org.jspecify.annotations.Nullable;

/** What waits in the queues of Shared Subscriptions, share by share, in order. */
final class ShareScan extends LookaheadScan<ShareEntryView> {

    private final Engine.Rows rows;
    private final Entries entries;

    ShareScan(Engine engine) {
        rows = engine.scan(Family.GROUP.index(), new byte[0], null);
        entries = new Entries(engine);
    }

    @Override
    @Nullable
    ShareEntryView advance() {
        if (!rows.next()) {
            return null;
        }
        byte[] key = rows.key();
        return new ShareEntryView(
                Keys.groupFilter(key), entries.entry(Keys.sequence(key), Entries.parse(rows.value(), Family.GROUP)));
    }

    @Override
    public void close() {
        rows.close();
    }
}

package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.RetainedValue;
import org.jspecify.annotations.Nullable;

/** The retained messages, level by level in order of the Topic Name's bytes. */
final class RetainedScan extends LookaheadScan<RetainedView> {

    private final Engine.Rows rows;

    RetainedScan(Engine engine) {
        rows = engine.scan(Family.RETAINED.index(), new byte[0], null);
    }

    @Override
    @Nullable
    RetainedView advance() {
        if (!rows.next()) {
            return null;
        }
        RetainedValue value = Values.parse(RetainedValue.parser(), rows.value(), Family.RETAINED);
        return new RetainedView(Values.message(value.getMessage()));
    }

    @Override
    public void close() {
        rows.close();
    }
}

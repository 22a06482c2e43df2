package io.perdure.storage.inspect;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.EntryCodec;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.MessageValue;
import java.util.LinkedHashMap;
import java.util.Map;

/** Entries with their messages. Keeps the shared bodies that were read last, of a few MB. For one thread. */
final class Entries {

    private static final long MAX_CACHE_BYTES = 4 << 20;

    private final Engine engine;
    private final LinkedHashMap<Long, Message> bodies = new LinkedHashMap<>(64, 0.75f, true);
    private long cachedBytes;

    Entries(Engine engine) {
        this.engine = engine;
    }

    static EntryValue parse(byte[] value, Family family) {
        return Values.parse(EntryValue.parser(), value, family);
    }

    Entry entry(long sequence, EntryValue value) {
        long bodyId = value.getBodyId();
        Message message = bodyId == 0 ? Values.message(value.getMessage()) : body(bodyId);
        return new Entry(
                sequence, message, value.getQos(), value.getRetain(), EntryCodec.subscriptionIds(value), bodyId);
    }

    private Message body(long bodyId) {
        Message known = bodies.get(bodyId);
        if (known != null) {
            return known;
        }
        byte[] row = engine.get(Family.MESSAGE.index(), Keys.message(bodyId));
        if (row == null) {
            throw Damage.of("message " + bodyId + " is queued, but not there");
        }
        Message message = Values.message(Values.parse(MessageValue.parser(), row, Family.MESSAGE));
        bodies.put(bodyId, message);
        cachedBytes += message.weightBytes();
        var eldest = bodies.entrySet().iterator();
        while (cachedBytes > MAX_CACHE_BYTES && eldest.hasNext()) {
            Map.Entry<Long, Message> out = eldest.next();
            cachedBytes -= out.getValue().weightBytes();
            eldest.remove();
        }
        return message;
    }
}

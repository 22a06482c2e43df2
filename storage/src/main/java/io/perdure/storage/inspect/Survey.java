package io.perdure.storage.inspect;

import io.perdure.storage.SetAside;
import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.SessionValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads all rows of a store and says which of them can still be served.
 *
 * <p>A session is one thing: what belongs to it is served whole or not at all, since a session that its client finds again
 * must have all that was acknowledged. So a row of it that is damaged, or that may have been among those that can't be read,
 * or a body that one of its messages needs, sets it aside. Other rows stand for themselves. Holds the keys of all
 * sessions in memory, no messages. For one thread.
 */
public final class Survey {

    private static final List<Family> OF_SESSIONS =
            List.of(Family.SUBSCRIPTION, Family.QUEUE, Family.CURSOR, Family.INBOUND, Family.REPLAY);

    /** A range of keys, without its ends. */
    private record Gap(byte[] after, byte @Nullable [] before) {

        boolean contains(byte[] key) {
            return Arrays.compareUnsigned(after, key) < 0
                    && (before == null || Arrays.compareUnsigned(key, before) < 0);
        }
    }

    /** A session, and why it is not served, if it isn't. */
    private static final class Owner {
        private final String clientId;
        private @Nullable String reason;
        private long rows;

        Owner(String clientId) {
            this.clientId = clientId;
        }
    }

    private final Engine engine;
    private final Engine unverified;
    private final NavigableMap<byte[], Owner> sessions = new TreeMap<>(Arrays::compareUnsigned);
    private final Map<Family, List<Gap>> gaps = new EnumMap<>(Family.class);
    private final List<SetAside> others = new ArrayList<>();
    private final Set<byte[]> ownerless = new TreeSet<>(Arrays::compareUnsigned);
    private long ownerlessRows;
    private boolean sessionsMissing;

    private Survey(Engine engine, Engine unverified) {
        this.engine = engine;
        this.unverified = unverified;
    }

    /**
     * Reads the whole store.
     *
     * @param unverified the same store, read without looking at checksums: what it shows is served to nobody, but says whose
     *     rows are damaged
     * @throws StoreException if nothing of it can be served, because the rows that say what it is are damaged
     */
    public static Survey of(Engine engine, Engine unverified) {
        Survey survey = new Survey(engine, unverified);
        survey.read(Family.META);
        survey.read(Family.SESSION);
        survey.read(Family.MESSAGE);
        for (Family family : OF_SESSIONS) {
            survey.read(family);
        }
        survey.read(Family.GROUP);
        survey.read(Family.RETAINED);
        survey.read(Family.EXPIRY);
        return survey;
    }

    /** What can't be served; empty if nothing is damaged. */
    public List<SetAside> setAside() {
        List<SetAside> all = new ArrayList<>();
        sessions.forEach((prefix, owner) -> {
            String reason = owner.reason;
            if (reason != null) {
                all.add(new SetAside(
                        "session", "session id " + Keys.sessionId(prefix), owner.clientId, owner.rows, reason));
            }
        });
        if (sessionsMissing && !ownerless.isEmpty()) {
            all.add(new SetAside(
                    "sessions",
                    "rows of " + ownerless.size() + " session ids",
                    null,
                    ownerlessRows,
                    "the rows that say whose they are can't be read"));
        }
        all.addAll(others);
        return all;
    }

    /**
     * Reads all rows that can be served once more.
     *
     * @param row gets key and value
     */
    public void served(Family family, BiConsumer<byte[], byte[]> row) {
        CarefulScan.run(engine, family.index(), new CarefulScan.Visitor() {
            @Override
            public void row(byte[] key, byte[] value) {
                if (isServed(family, key, value)) {
                    row.accept(key, value);
                }
            }

            @Override
            public void unreadable(byte[] after, byte @Nullable [] before, String reason) {
                // it is known
            }
        });
    }

    private boolean isServed(Family family, byte[] key, byte[] value) {
        if (RowCheck.problem(family, key, value) != null) {
            return false;
        }
        byte[] prefix = null;
        if (OF_SESSIONS.contains(family)) {
            prefix = prefix(key);
        } else if (family == Family.SESSION) {
            prefix = prefix(key, value);
        }
        if (prefix == null) {
            return true;
        }
        Owner owner = sessions.get(prefix);
        return owner != null && owner.reason == null;
    }

    private void read(Family family) {
        CarefulScan.run(engine, family.index(), new CarefulScan.Visitor() {
            @Override
            public void row(byte[] key, byte[] value) {
                String problem = RowCheck.problem(family, key, value);
                if (problem == null) {
                    good(family, key, value);
                } else {
                    damagedRow(family, key, problem);
                }
            }

            @Override
            public void unreadable(byte[] after, byte @Nullable [] before, String reason) {
                gaps.computeIfAbsent(family, f -> new ArrayList<>()).add(new Gap(after, before));
                damagedRange(family, after, before, reason);
            }
        });
    }

    private void good(Family family, byte[] key, byte[] value) {
        if (family == Family.SESSION) {
            sessions.put(prefix(key, value), new Owner(Keys.clientId(key)));
        } else if (OF_SESSIONS.contains(family)) {
            Owner owner = sessions.get(prefix(key));
            if (owner == null) {
                ownerless.add(prefix(key));
                ownerlessRows++;
                return;
            }
            owner.rows++;
            if (family == Family.QUEUE) {
                long body = Values.parse(EntryValue.parser(), value, family).getBodyId();
                if (body != 0 && isGone(Family.MESSAGE, Keys.message(body))) {
                    setAside(owner, "the body of a message can't be read");
                }
            }
        }
    }

    private boolean isGone(Family family, byte[] key) {
        return gaps.getOrDefault(family, List.of()).stream().anyMatch(gap -> gap.contains(key));
    }

    private void damagedRow(Family family, byte[] key, String problem) {
        String hex = "key " + HexFormat.of().formatHex(key);
        if (family == Family.META) {
            throw Damage.of("row " + new String(key, StandardCharsets.UTF_8) + " of family META: " + problem);
        }
        if (OF_SESSIONS.contains(family) && key.length >= Keys.SESSION_PREFIX) {
            Owner owner = sessions.get(prefix(key));
            if (owner != null) {
                setAside(owner, "a row of family " + family + ", " + hex + ": " + problem);
                return;
            }
        }
        if (family == Family.MESSAGE && key.length == Long.BYTES) {
            long body = Keys.bodyId(key);
            gaps.computeIfAbsent(family, f -> new ArrayList<>())
                    .add(new Gap(Keys.message(body - 1), Keys.message(body + 1)));
        }
        String client = family == Family.SESSION && key.length > 2 ? Keys.clientId(key) : null;
        sessionsMissing |= family == Family.SESSION;
        others.add(new SetAside(nameOf(family), hex, client, 1, problem));
    }

    private void damagedRange(Family family, byte[] after, byte @Nullable [] before, String reason) {
        if (family == Family.META) {
            throw Damage.of("family META, which says what the store is: " + reason);
        }
        if (OF_SESSIONS.contains(family)) {
            Collection<Owner> affected = ownersIn(family, after, before);
            affected.forEach(owner -> setAside(owner, "rows of family " + family + ": " + reason));
        }
        sessionsMissing |= family == Family.SESSION;
        others.add(new SetAside(
                nameOf(family),
                "keys after " + HexFormat.of().formatHex(after)
                        + (before == null ? "" : " and before " + HexFormat.of().formatHex(before)),
                null,
                -1,
                reason));
    }

    /** Whose rows are in a range that can't be read; all sessions that there may be rows of, if that can't be found out. */
    private Collection<Owner> ownersIn(Family family, byte[] after, byte @Nullable [] before) {
        byte[] from = after.length == 0 ? after : prefix(after);
        Collection<Owner> all = (before == null
                        ? sessions.tailMap(from, true)
                        : sessions.subMap(from, true, prefix(before), true))
                .values();
        Set<Owner> seen = new LinkedHashSet<>();
        byte[] last = after;
        try (Engine.Rows rows = unverified.scan(family.index(), after, before)) {
            while (rows.next()) {
                byte[] key = rows.key();
                Owner owner = key.length < Keys.SESSION_PREFIX ? null : sessions.get(prefix(key));
                if (owner == null || Arrays.compareUnsigned(last, key) > 0) {
                    return all;
                }
                if (!Arrays.equals(key, after)) {
                    seen.add(owner);
                }
                last = key;
            }
        } catch (StoreException e) {
            return all;
        }
        return seen;
    }

    private static void setAside(Owner owner, String reason) {
        if (owner.reason == null) {
            owner.reason = reason;
        }
    }

    private static String nameOf(Family family) {
        return switch (family) {
            case SESSION -> "session";
            case GROUP -> "message for a share group";
            case MESSAGE -> "message body";
            case RETAINED -> "retained message";
            case EXPIRY -> "reminder of an expiry";
            case META, SUBSCRIPTION, QUEUE, CURSOR, INBOUND, REPLAY -> "row of family " + family;
        };
    }

    private static byte[] prefix(byte[] key) {
        return Arrays.copyOf(key, Keys.SESSION_PREFIX);
    }

    private static byte[] prefix(byte[] sessionKey, byte[] value) {
        long id = Values.parse(SessionValue.parser(), value, Family.SESSION).getSessionId();
        return Keys.sessionPrefix((sessionKey[0] & 0xff) << 8 | (sessionKey[1] & 0xff), id);
    }
}

package io.perdure.storage.format;

import io.perdure.storage.engine.Engine;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The column families of a store; the ordinal is the index by which the engine knows one. */
public enum Family {
    META(Engine.Use.QUIET),
    SESSION(Engine.Use.QUIET),
    SUBSCRIPTION(Engine.Use.QUIET),
    QUEUE(Engine.Use.BUSY, Keys.SESSION_PREFIX),
    CURSOR(Engine.Use.QUIET),
    INBOUND(Engine.Use.QUIET),
    REPLAY(Engine.Use.QUIET),
    GROUP(Engine.Use.QUIET),
    MESSAGE(Engine.Use.BUSY),
    RETAINED(Engine.Use.QUIET),
    EXPIRY(Engine.Use.QUIET);

    private final Engine.Use use;
    private final int appendPrefixBytes;

    Family(Engine.Use use) {
        this(use, 0);
    }

    Family(Engine.Use use, int appendPrefixBytes) {
        this.use = use;
        this.appendPrefixBytes = appendPrefixBytes;
    }

    /** What the engine is opened with. */
    public static List<Engine.Family> all() {
        return Arrays.stream(values())
                .map(f -> new Engine.Family(f.name().toLowerCase(Locale.ROOT), f.use, f.appendPrefixBytes))
                .toList();
    }

    /** The index by which the engine knows it. */
    @SuppressWarnings("EnumOrdinal") // the index in all(), nothing that is stored
    public int index() {
        return ordinal();
    }
}

package io.perdure.storage.inspect;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CleanStopValue;
import io.perdure.storage.format.proto.FormatValue;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A store opened for reading only: of a stopped broker, or of a running one, which is not disturbed.
 *
 * <p>All views show one moment, that of opening. Sessions come in an order of their own (that of the keys in the store),
 * what belongs to one comes together. For one thread; close the scans before the reader.
 */
public final class StoreReader implements AutoCloseable {

    private final OpenStore store;
    private final Engine engine;
    private final StoreInfo info;

    private StoreReader(OpenStore store, StoreInfo info) {
        this.store = store;
        this.engine = store.engine();
        this.info = info;
    }

    /**
     * Opens a store: as it is if nobody has it open, otherwise as a follower of its log, with files of its own in the
     * directory for temporary files until it is closed.
     *
     * @throws StoreException if there is no store, if it is of a newer format, damaged, or does not open in time
     */
    public static StoreReader open(Path directory) {
        return StoreOpening.open(directory, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** Takes an open engine, which is closed with the reader, or if it does not hold a store that can be read. */
    static StoreReader of(Engine engine, Path directory, StoreInfo.Mode mode, long asOfMs, Runnable afterClose) {
        return of(new OpenStore(engine, directory, mode, asOfMs, afterClose));
    }

    /** Takes an open store, as above. */
    static StoreReader of(OpenStore store) {
        boolean done = false;
        try {
            StoreReader reader = new StoreReader(store, store.info());
            done = true;
            return reader;
        } finally {
            if (!done) {
                store.close();
            }
        }
    }

    static StoreInfo info(Engine engine, Path directory, StoreInfo.Mode mode, long asOfMs) {
        byte[] formatRow = meta(engine, "format");
        if (formatRow == null) {
            throw new StoreException("not a Perdure store: " + directory);
        }
        FormatValue format = Values.parse(FormatValue.parser(), formatRow, Family.META);
        if (format.getVersion() > Values.FORMAT_VERSION) {
            throw new StoreException("the store in " + directory + " has format " + format.getVersion()
                    + ", this version reads up to " + Values.FORMAT_VERSION + ": use a newer Perdure");
        }
        byte[] cleanRow = meta(engine, "clean");
        byte[] aliveRow = meta(engine, "alive");
        long cleanMs = cleanRow == null
                ? 0
                : Values.parse(CleanStopValue.parser(), cleanRow, Family.META).getWallMs();
        long aliveMs = aliveRow == null
                ? 0
                : Values.parse(AliveValue.parser(), aliveRow, Family.META).getWallMs();
        return new StoreInfo(
                directory,
                mode,
                asOfMs,
                HexFormat.of().formatHex(format.getStoreId().toByteArray()),
                format.getVersion(),
                format.getCreatedMs(),
                cleanRow != null,
                Math.max(cleanMs, aliveMs));
    }

    private static byte @Nullable [] meta(Engine engine, String name) {
        return engine.get(Family.META.index(), Keys.meta(name));
    }

    /** What is being read. */
    public StoreInfo info() {
        return info;
    }

    /**
     * Sessions.
     *
     * @param clientId only this one; null for all
     */
    public Scan<SessionView> sessions(@Nullable String clientId) {
        return new SessionScan(engine, info, clientId);
    }

    /** Subscriptions of one session, or of all. */
    public Scan<SubscriptionView> subscriptions(@Nullable String clientId) {
        return new SubscriptionScan(engine, clientId);
    }

    /**
     * The unfinished entries in the queue of one session, or of all; in order of sequence within each. Sessions that end
     * with their connection are left out: how far those are is not stored.
     */
    public Scan<QueueEntryView> queues(@Nullable String clientId) {
        return new QueueScan(engine, clientId, false);
    }

    /** Those of {@link #queues} that may have been sent, and of which an acknowledgement is awaited. */
    public Scan<QueueEntryView> inFlight(@Nullable String clientId) {
        return new QueueScan(engine, clientId, true);
    }

    /** What waits for a member of a Shared Subscription. */
    public Scan<ShareEntryView> shares() {
        return new ShareScan(engine);
    }

    /** QoS 2 Packet Identifiers received from one client, or from all, and not released. */
    public Scan<InboundView> inbound(@Nullable String clientId) {
        return new InboundScan(engine, clientId);
    }

    /** The retained messages, in order of their Topic Names, level by level. */
    public Scan<RetainedView> retained() {
        return new RetainedScan(engine);
    }

    /** Wills of one session, or of all. */
    public Scan<WillView> wills(@Nullable String clientId) {
        return new WillScan(engine, info, clientId);
    }

    @Override
    public void close() {
        store.close();
    }
}

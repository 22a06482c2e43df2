package io.perdure.storage.recovery;

import io.perdure.storage.Router;
import io.perdure.storage.Store;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.ledger.Ledger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a store for a broker. */
public final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /** Set by the test that proves that the crash tests can fail; keeps everything in memory. */
    private static final String LOSE_EVERYTHING = "perdure.test.lose-writes";

    /** One for each scan or flush that may run at a time, and one for pages of queues. */
    private static final int BACKGROUND_THREADS = 3;

    private Recovery() {}

    /**
     * Opens or creates a store, and recovers what it holds: when this returns, all restored sessions are routable. Start
     * listening then.
     *
     * @param router empty; filled with the subscriptions of the restored sessions
     * @throws StoreException if the directory is in use, not writable, damaged or of another format: it is unchanged
     */
    public static Store open(StoreOptions options, Router router) {
        Engine engine = openEngine(options);
        try {
            ExecutorService background =
                    Executors.newFixedThreadPool(BACKGROUND_THREADS, task -> new Thread(task, "perdure-background"));
            Ledger ledger = Ledger.open(engine, options, router, background);
            ledger.start();
            return ledger;
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    private static Engine openEngine(StoreOptions options) {
        if (Boolean.getBoolean(LOSE_EVERYTHING)) {
            LOG.error("{} is set: NOTHING IS STORED, all is lost when the process ends", LOSE_EVERYTHING);
            Engine engine = new MemoryEngine(Family.all());
            StoreFormat.checkOrCreate(engine, options);
            return engine;
        }
        StoreFormat.checkFile(options.directory());
        Engine engine = RocksEngine.open(options.directory(), Family.all());
        try {
            StoreFormat.checkOrCreate(engine, options);
            StoreFormat.writeFile(options.directory());
            return engine;
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }
}

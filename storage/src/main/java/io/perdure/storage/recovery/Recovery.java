package io.perdure.storage.recovery;

import io.perdure.storage.RecoveryReport;
import io.perdure.storage.Router;
import io.perdure.storage.Store;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.engine.StoreSize;
import io.perdure.storage.format.Family;
import io.perdure.storage.ledger.Ledger;
import io.perdure.storage.ledger.StartProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
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
        StartProgress progress = new StartProgress(options.clock());
        ProgressLog log = new ProgressLog(progress);
        try {
            Ledger ledger = open(options, router, progress);
            tell(options.directory(), ledger.report());
            ledger.start();
            return ledger;
        } finally {
            log.close();
        }
    }

    private static Ledger open(StoreOptions options, Router router, StartProgress progress) {
        progress.found(StoreSize.of(options.directory()));
        DamageResponse damage = new DamageResponse(options, progress);
        damage.before();
        try {
            return load(options, router, progress);
        } catch (StoreException e) {
            damage.found(e);
            return load(options, router, progress);
        }
    }

    private static Ledger load(StoreOptions options, Router router, StartProgress progress) {
        progress.phase("open");
        Engine engine = openEngine(options, progress);
        ExecutorService background =
                Executors.newFixedThreadPool(BACKGROUND_THREADS, task -> new Thread(task, "perdure-background"));
        StoreOptions marking = options.withOnFailure(failure -> {
            DamageMark.set(options.directory(), failure);
            options.onFailure().accept(failure);
        });
        try {
            return Ledger.open(engine, marking, router, background, progress);
        } catch (RuntimeException | Error e) {
            background.shutdown();
            engine.close();
            throw e;
        }
    }

    /** A report that can't be written, to a full disk for example, is no reason not to start. */
    private static void tell(Path directory, RecoveryReport report) {
        report.repaired().forEach(what -> LOG.warn("repaired: {}", what));
        report.setAside().forEach(what -> LOG.warn("set aside: {}", what));
        if (!report.created()) {
            LOG.info(
                    "recovered {} sessions, {} subscriptions from {} MB of tables and {} MB of log in {} ms ({})",
                    report.sessions(),
                    report.subscriptions(),
                    report.tableBytes() >> 20,
                    report.logBytes() >> 20,
                    report.durationMs(),
                    report.phases().stream()
                            .map(phase -> phase.name() + " " + phase.durationMs())
                            .collect(Collectors.joining(", ")));
        }
        try {
            ReportFile.write(directory, report);
        } catch (IOException e) {
            LOG.warn("the report of this start could not be written to {}: {}", directory, e.toString());
        }
    }

    private static Engine openEngine(StoreOptions options, StartProgress progress) {
        if (Boolean.getBoolean(LOSE_EVERYTHING)) {
            LOG.error("{} is set: NOTHING IS STORED, all is lost when the process ends", LOSE_EVERYTHING);
            Engine engine = new MemoryEngine(Family.all());
            StoreFormat.checkOrCreate(engine, options);
            return engine;
        }
        StoreFormat.checkFile(options.directory());
        LogCheck log = new LogCheck(options, progress);
        Engine engine = RocksEngine.open(options.directory(), Family.all(), log::run);
        try {
            StoreFormat.checkOrCreate(engine, options);
            log.finish(engine);
            StoreFormat.writeFile(options.directory());
            return engine;
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }
}

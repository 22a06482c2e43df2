package io.perdure.tools;

import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.StoreException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code perdure serve}: runs a broker until the process is told to end. */
@Command(
        name = "serve",
        description = "Start the broker. Ctrl-C or SIGTERM stops it cleanly.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped cleanly",
            "1:could not start or stop, for the reason on stderr",
            "2:the command line was not understood",
            "3:the store failed while running; start again when the disk is well"
        },
        footer = {
            "",
            "Every key of the configuration can also be given as an environment variable:",
            "  limits.receive-maximum is PERDURE_LIMITS_RECEIVE_MAXIMUM, and so on.",
            "",
            "Example:",
            "  perdure serve --data /var/lib/perdure --listen mqtt://0.0.0.0:1883 --listen mqtt://[::1]:1883"
        })
final class ServeCommand implements Callable<Integer> {

    private static final int STORE_FAILED = 3;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        BrokerConfig config = options.load().config();
        Stop stop = new Stop(out, err);
        Thread hook = new Thread(stop, "perdure-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        Broker broker;
        try {
            broker = Broker.start(config, failure -> endAfterStoreFailure(failure, err));
        } catch (RuntimeException e) {
            stop.notNeeded();
            throw e;
        }
        stop.of(broker);
        Banner.of(config, broker, ManagementFactory.getRuntimeMXBean().getUptime())
                .print(out);
        new CountDownLatch(1).await(); // the hook ends the process
        return 0;
    }

    /** A failed store can't be closed, only left: what was acknowledged is in its log. */
    private static void endAfterStoreFailure(Throwable failure, PrintWriter err) {
        err.println("perdure: the store failed, stopping: " + failure.getMessage());
        boolean damaged = failure instanceof StoreException e && e.kind() == StoreException.Kind.DAMAGED;
        err.println(
                damaged
                        ? "perdure: files of the store were changed; start with 'recovery: quarantine' to set aside what can't"
                                + " be read (docs/recovery.md)"
                        : "perdure: what was acknowledged is safe; see to the disk, then start again");
        Runtime.getRuntime().halt(STORE_FAILED);
    }

    /**
     * Runs as the shutdown hook, once, however many signals come. It halts, since the JVM's own exit code would be that of
     * the signal.
     */
    private static final class Stop implements Runnable {
        private final PrintWriter out;
        private final PrintWriter err;
        private @Nullable Broker broker;
        private boolean needed = true;

        Stop(PrintWriter out, PrintWriter err) {
            this.out = out;
            this.err = err;
        }

        /** The broker runs. */
        synchronized void of(Broker started) {
            broker = started;
        }

        /** The broker did not start: the process ends with the code that says so. */
        synchronized void notNeeded() {
            needed = false;
        }

        @Override
        public synchronized void run() {
            Broker running = broker;
            if (needed) {
                Runtime.getRuntime().halt(running == null ? stopWhileStarting() : stop(running));
            }
        }

        /** The store is left as after a crash, which is what a start is made for; waiting for it could take long. */
        private int stopWhileStarting() {
            out.println("Stopped while starting; the store is as it was.");
            out.flush();
            return 0;
        }

        private int stop(Broker running) {
            long startedNs = System.nanoTime();
            out.println("Stopping ...");
            int exitCode = 0;
            try {
                running.close();
                out.printf("Stopped cleanly in %d ms.%n", (System.nanoTime() - startedNs) / 1_000_000);
            } catch (RuntimeException e) {
                err.println("perdure: could not stop cleanly: " + e.getMessage());
                exitCode = 1;
            }
            out.flush();
            return exitCode;
        }
    }
}

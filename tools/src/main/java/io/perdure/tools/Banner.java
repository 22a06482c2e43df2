package io.perdure.tools;

import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import io.perdure.server.config.Listener;
import io.perdure.storage.Durability;
import io.perdure.storage.RecoveryReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a broker says once it listens.
 *
 * @param listeners with the ports that they got
 * @param store the directory, absolute
 * @param startMs since the JVM began
 */
record Banner(List<Listener> listeners, Path store, Durability durability, RecoveryReport report, long startMs) {

    static Banner of(BrokerConfig config, Broker broker, long startMs) {
        List<Listener> listeners = broker.addresses().stream()
                .map(address -> new Listener(address.getAddress().getHostAddress(), address.getPort()))
                .toList();
        Path store = config.dataDirectory().toAbsolutePath().normalize();
        return new Banner(listeners, store, config.durability(), broker.report(), startMs);
    }

    void print(PrintWriter out) {
        Versions versions = Versions.read();
        out.printf(
                "Perdure %s on Java %s (Netty %s, RocksDB %s)%n",
                versions.perdure(), Runtime.version().feature(), versions.netty(), versions.rocksdb());
        listeners.forEach(listener -> out.printf("  listening   %s%n", listener));
        out.printf("  store       %s%n", store);
        out.printf("  durability  %s%n", describe(durability));
        out.printf("  recovered   %s%n", describe(report));
        out.printf("Ready in %d ms. Ctrl-C stops.%n", startMs);
        out.flush();
    }

    private static String describe(Durability durability) {
        return switch (durability) {
            case FSYNC -> "fsync: what is acknowledged survives the loss of power";
            case OS -> "os: what is acknowledged survives the death of the process";
        };
    }

    private static String describe(RecoveryReport report) {
        if (report.created()) {
            return "nothing, the store is new";
        }
        return String.format(
                "%s, %s, %s in %d ms, after %s stop",
                count(report.sessions(), "session"),
                count(report.subscriptions(), "subscription"),
                count(report.retained(), "retained message"),
                report.durationMs(),
                report.cleanStop() ? "a clean" : "an unclean");
    }

    private static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
    }
}

package io.perdure.recovery.damage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.recovery.damage.Fleet.Outcome;
import io.perdure.recovery.damage.StoreFiles.Harm;
import io.perdure.server.Broker;
import io.perdure.server.BrokerException;
import io.perdure.storage.RecoveryReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage to each kind of file, with both policies: a store is recovered, or refused by a line that names what is wrong, or
 * served without what is set aside, which is named; and the rest is exact. Never is something lost in silence.
 *
 * <p>{@code -Ddamages=N} does more of the random ones, {@code -Dseed=S} repeats a run.
 */
class DamageTest {

    private static final List<String> KINDS =
            List.of(".sst", ".sst", ".log", "MANIFEST", "CURRENT", "OPTIONS", "IDENTITY", "FORMAT");

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private Path store = Path.of("");

    @BeforeAll
    static void makeStore() throws IOException {
        new Fleet(shared.resolve("original"), "strict").make();
    }

    /** What came of a damaged store. */
    private record Result(@Nullable String refusal, List<RecoveryReport> reports, Map<Integer, Outcome> outcomes) {

        String setAside() {
            List<String> all = new ArrayList<>();
            reports.forEach(report -> all.addAll(report.setAside()));
            return String.join("\n", all);
        }
    }

    @Test
    void findsEverythingInAStoreThatIsNotDamaged() throws IOException {
        copy("whole");
        Result result = run("quarantine");
        assertEquals("", result.setAside());
        assertExact(result, true);
    }

    @Test
    void startsWithoutTheFilesThatSayNothingOfTheData() throws IOException {
        for (String kind : List.of("OPTIONS", "IDENTITY", "FORMAT", "LOG")) {
            copy("without-" + kind);
            for (Path file : StoreFiles.list(store, kind)) {
                if (file.getFileName().toString().startsWith(kind)) {
                    Files.delete(file);
                }
            }
            Result result = run("strict");
            assertEquals(null, result.refusal(), kind);
            assertExact(result, true);
        }
    }

    @Test
    void refusesADamagedLogAndSetsItAside() throws IOException {
        copy("log");
        Path log = StoreFiles.largest(store, ".log");
        StoreFiles.flip(log, (int) Files.size(log) / 3, 1);
        Map<String, String> before = StoreFiles.contents(store);

        Result strict = run("strict");
        String refusal = Objects.requireNonNull(strict.refusal());
        assertTrue(refusal.contains(log.getFileName().toString()), refusal);
        assertTrue(refusal.contains("nothing was changed"), refusal);
        assertEquals(before, StoreFiles.contents(store));

        Result quarantine = run("quarantine");
        assertEquals(null, quarantine.refusal());
        assertTrue(quarantine.setAside().startsWith("log, " + log.getFileName()), quarantine.setAside());
        quarantine.outcomes().forEach((client, outcome) -> {
            assertTrue(outcome.present());
            assertTrue(Fleet.expected(client).headSet(last(outcome), true).equals(outcome.received()), "a gap");
        });
    }

    private static long last(Outcome outcome) {
        return outcome.received().isEmpty() ? -1 : outcome.received().last();
    }

    @Test
    void setsAsideTheSessionsOfABlockThatCannotBeRead() throws IOException {
        copy("block");
        Path table = StoreFiles.largest(store, ".sst");
        StoreFiles.flip(table, (int) Files.size(table) / 2, 1);

        Result result = run("quarantine");
        assertEquals(null, result.refusal());
        long gone =
                result.outcomes().values().stream().filter(o -> !o.present()).count();
        assertTrue(gone >= 1 && gone <= 3, gone + " sessions:\n" + result.setAside());
        assertTrue(result.setAside().contains("family QUEUE"), result.setAside());
        assertExact(result, false);
    }

    @Test
    void namesTheTableAndStopsWhenABlockCannotBeReadLater() throws IOException {
        copy("late");
        Path table = StoreFiles.largest(store, ".sst");
        StoreFiles.flip(table, (int) Files.size(table) / 2, 1);

        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Fleet fleet = new Fleet(store, "strict");
        Broker broker = fleet.start(failure);
        Throwable why = fleet.drain(broker, failure, new TreeMap<>());
        broker.close();
        assertNotNull(why);
        assertTrue(String.valueOf(why.getMessage()).contains(table.getFileName().toString()), why::getMessage);
    }

    @Test
    void servesTheRestWithoutATableThatIsGone() throws IOException {
        for (Path table : StoreFiles.list(shared.resolve("original"), ".sst")) {
            copy("gone-" + table.getFileName());
            Files.delete(store.resolve(table.getFileName()));
            Result strict = run("strict");
            String refusal = Objects.requireNonNull(strict.refusal());
            assertTrue(refusal.contains(table.getFileName().toString()), refusal);
            Result quarantine = run("quarantine");
            if (quarantine.refusal() == null) {
                assertExact(quarantine, false);
            } else {
                assertTrue(quarantine.refusal().contains("META"), quarantine.refusal());
            }
        }
    }

    @Test
    void losesNothingInSilenceWhateverIsDamaged() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("-Dseed=" + seed);
        Random random = new Random(seed);
        int refused = 0;
        int setAside = 0;
        int damages = Integer.getInteger("damages", 25);
        for (int i = 0; i < damages; i++) {
            copy("random-" + i);
            List<Path> files = StoreFiles.list(store, KINDS.get(random.nextInt(KINDS.size())));
            Path file = files.get(random.nextInt(files.size()));
            List<Harm> harms = List.of(Harm.values());
            Harm harm = harms.get(random.nextInt(harms.size()));
            String policy = random.nextBoolean() ? "strict" : "quarantine";
            String what = policy + ", " + StoreFiles.harm(file, harm, random);
            System.out.println(what);
            try {
                Result result = run(policy);
                refused += result.refusal() == null ? 0 : 1;
                setAside += result.setAside().isEmpty() ? 0 : 1;
                check(result, file, harm);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dseed=" + seed + ", " + i + ": " + what, e);
            }
        }
        System.out.println(damages + " damages: " + refused + " refused, " + setAside + " set aside");
    }

    private void check(Result result, Path file, Harm harm) {
        String refusal = result.refusal();
        if (refusal != null) {
            assertTrue(refusal.contains(store.toString()) || refusal.contains("damaged"), refusal);
            assertFalse(refusal.contains("\n"), refusal);
            return;
        }
        boolean log = file.toString().endsWith(".log");
        if (log && harm != Harm.DELETE && result.setAside().isEmpty()) {
            // a log that is cut off looks as after a power cut, and nothing vouches for its last group
            result.outcomes()
                    .forEach((client, outcome) -> assertEquals(
                            Fleet.expected(client).headSet(last(outcome), true), outcome.received(), "a gap"));
        } else if (!result.setAside().contains("log, ")) {
            assertExact(result, false);
        }
    }

    /** Sessions have all their messages, or are named as set aside and not present. */
    private static void assertExact(Result result, boolean all) {
        Map<String, String> named = new TreeMap<>();
        result.reports().forEach(report -> named.putAll(Fleet.setAside(report)));
        boolean unknown =
                result.setAside().contains("sessions, ") || result.setAside().contains("session, ");
        assertEquals(Fleet.SESSIONS, result.outcomes().size());
        result.outcomes().forEach((client, outcome) -> {
            if (outcome.present()) {
                NavigableSet<Long> missing = Fleet.expected(client);
                missing.removeAll(outcome.received());
                assertEquals(new TreeSet<Long>(), missing, Fleet.client(client) + "\n" + result.setAside());
            } else {
                assertFalse(all, Fleet.client(client));
                assertTrue(unknown || named.containsKey(Fleet.client(client)), Fleet.client(client) + " is not named");
            }
        });
    }

    private void copy(String name) throws IOException {
        store = temp.resolve(name);
        StoreFiles.copy(shared.resolve("original"), store);
    }

    /** Starts brokers on the store, another after each failure, until all clients have what there is for them. */
    private Result run(String policy) throws IOException {
        List<RecoveryReport> reports = new ArrayList<>();
        Map<Integer, Outcome> outcomes = new TreeMap<>();
        Fleet fleet = new Fleet(store, policy);
        for (int starts = 0; starts < 4; starts++) {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            Throwable why;
            try {
                Broker broker = fleet.start(failure);
                try {
                    reports.add(broker.report());
                    Map<String, String> named = Fleet.setAside(broker.report());
                    outcomes.keySet().removeIf(client -> named.containsKey(Fleet.client(client)));
                    why = fleet.drain(broker, failure, outcomes);
                } finally {
                    broker.close();
                }
            } catch (BrokerException e) {
                return new Result(String.valueOf(e.getMessage()), reports, outcomes);
            }
            if (why == null) {
                return new Result(null, reports, outcomes);
            }
            if (policy.equals("strict")) {
                return new Result(String.valueOf(why.getMessage()), reports, outcomes);
            }
        }
        return fail("the store fails again and again");
    }
}

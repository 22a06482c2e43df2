package io.perdure.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.storage.StoreException;
import io.perdure.storage.check.CheckResult;
import io.perdure.storage.check.CheckSink;
import io.perdure.storage.check.Finding;
import io.perdure.storage.check.SoundCopy;
import io.perdure.storage.check.StoreCheck;
import io.perdure.storage.format.Family;
import io.perdure.storage.inspect.OpenStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a sound store of a damaged one that is open for reading; for one thread. */
final class Repair {

    /** In the new store. */
    static final String REPORT = "repair-report.json";

    private static final int SCHEMA_VERSION = 1;

    private final OpenStore store;
    private final Console console;
    private final Interruption interruption;
    private final long[] kept = new long[Family.values().length];

    Repair(OpenStore store, Console console, Interruption interruption) {
        this.store = store;
        this.console = console;
        this.interruption = interruption;
    }

    /** How many rows of a family the new store has. */
    long kept(Family family) {
        return kept[family.index()];
    }

    /** Looks what there is to do. */
    CheckResult survey(Consumer<Finding> findings) {
        return run(store, "checked", 0, findings, (family, key, value) -> kept[family.index()]++);
    }

    /** Takes rows. */
    private interface Rows {
        void row(Family family, byte[] key, byte[] value);
    }

    private CheckResult run(OpenStore of, String what, long expected, Consumer<Finding> findings, Rows rows) {
        CheckProgress progress =
                new CheckProgress(console.err(), console.errIsTerminal(), what, expected, System.nanoTime());
        try {
            return StoreCheck.run(of.engine(), of.asOfMs(), true, new CheckSink() {
                @Override
                public void found(Finding finding) {
                    progress.clear();
                    findings.accept(finding);
                }

                @Override
                public void keep(Family family, byte[] key, byte[] value) {
                    rows.row(family, key, value);
                }

                @Override
                public boolean progress(long total) {
                    progress.update(total, System.nanoTime());
                    return !interruption.requested();
                }
            });
        } finally {
            progress.clear();
        }
    }

    /**
     * Writes the new store, checks it, and gives it its name. If this fails or is interrupted, nothing is left of it.
     *
     * @param report gets the report too; null for none
     */
    void copy(Path target, @Nullable Path report) throws IOException {
        Path partial = target.resolveSibling(
                target.getFileName() + ".incomplete-" + ProcessHandle.current().pid());
        try {
            write(partial);
            check(partial);
            if (report != null) {
                Files.copy(partial.resolve(REPORT), report, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            remove(partial);
        }
    }

    private void write(Path partial) throws IOException {
        Files.createDirectory(partial);
        try (Writer out = Files.newBufferedWriter(reportOf(partial));
                JsonGenerator json = new JsonFactory().createGenerator(out);
                SoundCopy copy = new SoundCopy(partial, !store.lostFiles().isEmpty())) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("version", SCHEMA_VERSION);
            json.writeStringField("at", Instant.ofEpochMilli(store.asOfMs()).toString());
            json.writeStringField("source", store.directory().toAbsolutePath().toString());
            json.writeArrayFieldStart("findings");
            for (String lost : store.lostFiles()) {
                JsonCheck.write(json, new Finding.BadFile(store.directory().toString(), lost));
            }
            CheckResult result = run(store, "copied", 0, finding -> write(json, finding), copy::add);
            json.writeEndArray();
            result(json, result);
            json.writeEndObject();
            copy.finish();
        }
        Files.move(reportOf(partial), partial.resolve(REPORT));
    }

    private static void write(JsonGenerator json, Finding finding) {
        try {
            JsonCheck.write(json, finding);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void result(JsonGenerator json, CheckResult result) throws IOException {
        json.writeNumberField("sessions", result.sessions());
        json.writeNumberField("subscriptions", result.subscriptions());
        json.writeNumberField("queued", result.queued());
        json.writeNumberField("waiting", result.waiting());
        json.writeNumberField("retained", result.retained());
        json.writeArrayFieldStart("families");
        for (CheckResult.OfFamily family : result.families()) {
            json.writeStartObject();
            json.writeStringField("family", family.family().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("read", family.rows());
            json.writeNumberField("garbage", family.garbageRows());
            json.writeNumberField("kept", kept(family.family()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void check(Path partial) {
        try (OpenStore copy = OpenStore.open(partial)) {
            CheckResult result = run(copy, "checked the new store:", 0, finding -> {}, (family, key, value) -> {});
            if (result.findings() > 0 || copy.damagedBlock().isPresent()) {
                throw new StoreException("the new store is not sound; the disk may be failing");
            }
        }
    }

    /** The new store refuses to be made among files of others. */
    private static Path reportOf(Path partial) {
        return partial.resolveSibling(partial.getFileName() + ".json");
    }

    private static void remove(Path partial) throws IOException {
        Files.deleteIfExists(reportOf(partial));
        if (!Files.exists(partial)) {
            return;
        }
        try (Stream<Path> files = Files.walk(partial)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        }
    }
}

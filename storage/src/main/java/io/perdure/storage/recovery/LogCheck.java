package io.perdure.storage.recovery;

import io.perdure.storage.RecoveryPolicy;
import io.perdure.storage.SetAside;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.LimitsValue;
import io.perdure.storage.inspect.LogScan;
import io.perdure.storage.inspect.LogState;
import io.perdure.storage.inspect.LogState.Tear;
import io.perdure.storage.inspect.Tables;
import io.perdure.storage.ledger.StartProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Looks at the live log before RocksDB replays it: refuses damage, or sets it aside, and lets a torn tail pass. For one
 * start.
 */
final class LogCheck {

    /** More session ids and positions than a log can hold rows. */
    private static final long MORE_THAN_LOST = 1L << 32;

    private final StoreOptions options;
    private final StartProgress progress;

    LogCheck(StoreOptions options, StartProgress progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Looks at the log of a store that nobody has open.
     *
     * @throws StoreException if it is damaged, and is not to be set aside: nothing was changed
     */
    void run() {
        progress.phase("log check");
        try {
            LogState state = LogScan.scan(options.directory());
            Tear tear = state == null ? null : state.tear();
            if (tear != null && tear.file().getFileName().toString().startsWith("MANIFEST")) {
                throw new StoreException(
                        StoreException.Kind.DAMAGED,
                        "the store in " + options.directory() + " is damaged: the file "
                                + tear.file().getFileName()
                                + " was cut off: " + tear.reason()
                                + ", so nothing says which tables belong to the store; nothing was changed;"
                                + " restore it from a copy, or salvage what is in the tables with perdure repair");
            } else if (tear != null && tear.damage()) {
                damaged(tear);
            } else if (tear != null) {
                torn(tear);
            }
        } catch (IOException e) {
            throw new StoreException(
                    "the log of the store in " + options.directory() + " can't be read (" + e.getMessage()
                            + "); see to the disk, or to the permissions of the files",
                    e);
        }
        progress.phase("open");
    }

    /** After the store is open: what follows from a log that was set aside, also by a start that was interrupted. */
    void finish(Engine engine) {
        try {
            for (Quarantine quarantine : Quarantine.unfinished(options.directory())) {
                raiseLimits(engine);
                quarantine.finish();
            }
        } catch (IOException e) {
            throw new StoreException(
                    "what is in " + options.directory().resolve(Quarantine.DIRECTORY) + " can't be finished ("
                            + e.getMessage() + "); see to the disk, or to the permissions",
                    e);
        }
    }

    /** The log that was lost may have given out identifiers: none of them is used again. */
    private static void raiseLimits(Engine engine) {
        byte[] key = Keys.meta("limits");
        byte[] row = engine.get(Family.META.index(), key);
        LimitsValue before =
                row == null ? LimitsValue.getDefaultInstance() : Values.parse(LimitsValue.parser(), row, Family.META);
        LimitsValue raised = LimitsValue.newBuilder()
                .setSessionId(before.getSessionId() + MORE_THAN_LOST)
                .setPosition(before.getPosition() + MORE_THAN_LOST)
                .build();
        try (Engine.Batch batch = engine.newBatch()) {
            batch.put(Family.META.index(), key, raised.toByteArray());
            engine.write(batch, true);
        }
    }

    private void damaged(Tear tear) throws IOException {
        String what = String.format(
                Locale.ROOT,
                "the log %s is damaged at byte %,d (%s), and %s; %,d bytes are affected",
                tear.file().getFileName(),
                tear.offset(),
                tear.reason(),
                evidence(tear),
                tear.droppedBytes());
        if (options.recovery() == RecoveryPolicy.STRICT) {
            throw new StoreException(
                    StoreException.Kind.DAMAGED,
                    "the store in " + options.directory() + " is damaged: " + what
                            + ", in which acknowledged changes would be lost; nothing was changed; restore it from a copy");
        }
        Quarantine quarantine =
                Quarantine.begin(options.directory(), options.clock().wallMs());
        SetAside lost = new SetAside(
                "log",
                String.format(
                        Locale.ROOT,
                        "%s from byte %d on and %d later files, all after group %d of its run",
                        tear.file().getFileName(),
                        tear.offset(),
                        tear.laterFiles().size(),
                        tear.lastGroup()),
                null,
                tear.droppedRows() > 0 ? tear.droppedRows() : -1,
                tear.reason());
        quarantine.list(List.of(lost));
        if (Files.exists(tear.file())) {
            quarantine.keep(tear.file());
        }
        for (Path file : tear.laterFiles()) {
            quarantine.keep(file);
        }
        for (Path table : Tables.unknown(options.directory())) {
            quarantine.keep(table); // RocksDB deletes it
        }
        cut(tear);
        progress.setAside(lost + "; kept in " + quarantine.directory());
    }

    private static String evidence(Tear tear) {
        if (tear.durableGroup() > tear.lastGroup()) {
            return String.format(
                    Locale.ROOT, "groups %,d to %,d were on the device", tear.lastGroup() + 1, tear.durableGroup());
        }
        return tear.laterGroups() > 0
                ? "what comes after it was written by a later start"
                : "each start leaves one, with what came after the tables";
    }

    private void torn(Tear tear) throws IOException {
        if (tear.isFollowed()) {
            // RocksDB may step over what is missing, and what follows is worth nothing without it
            cut(tear);
        }
        progress.repaired(String.format(
                Locale.ROOT,
                "the log ended in the middle of writing: %,d bytes from byte %,d of %s on were dropped (%s), none of them"
                        + " known to be on the device",
                tear.droppedBytes(),
                tear.offset(),
                tear.file().getFileName(),
                tear.reason()));
    }

    /** The last file first: a crash in between leaves a log that is shorter, and no other gap. */
    private static void cut(Tear tear) throws IOException {
        List<Path> later = tear.laterFiles();
        for (int i = later.size() - 1; i >= 0; i--) {
            DurableFiles.delete(later.get(i));
        }
        if (Files.exists(tear.file())) {
            DurableFiles.truncate(tear.file(), tear.offset());
        }
    }
}

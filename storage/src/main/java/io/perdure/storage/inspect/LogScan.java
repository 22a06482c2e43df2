package io.perdure.storage.inspect;

import io.perdure.storage.inspect.LogState.Tear;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells a torn tail of the log from damage, which RocksDB can't: it takes whatever it can't read for the end, and drops
 * acknowledged groups after it without a word.
 *
 * <p>Reads the logs that the store needs once, in order, in constant memory, and changes nothing. Each group notes the last
 * one that was known to be on the device when it was written. So if a group is missing or unreadable, and a whole one
 * after it says that it was on the device, then the device, or somebody, has changed it since: damage. If none says so, the
 * group was never acknowledged: a torn tail, as every crash may leave it. The last synced group is vouched for by
 * nothing until another follows it.
 */
public final class LogScan {

    private static final Pattern LOG = Pattern.compile("(\\d+)\\.log");

    private record LogFile(long number, Path path, long size) {}

    private final LogRecord record = new LogRecord();
    private final List<LogFile> files;
    private final Manifest manifest;
    private long bytes;
    private long groups;
    private long lastGroup;
    /** The sequence that the next record should have; -1 before the first. */
    private long nextSequence = -1;

    // of the first place that is wrong
    private int tearFile = -1;
    private long tearOffset;
    private String reason = "";

    // of what comes after it
    private boolean otherRun;
    private long durableGroup;
    private long laterGroups;
    private long laterEnd;

    private LogScan(Manifest manifest, List<LogFile> files) {
        this.manifest = manifest;
        this.files = files;
    }

    /**
     * Scans the live log of a store that nobody has open.
     *
     * @return null if there is none, or if the MANIFEST can't be read, which RocksDB refuses by itself
     */
    public static @Nullable LogState scan(Path directory) throws IOException {
        Manifest manifest = Manifest.read(directory);
        if (manifest == null) {
            return null;
        }
        List<LogFile> files = liveLogs(directory, manifest.firstLog());
        if (manifest.isCutOffInARecovery() && files.stream().noneMatch(f -> f.number() == manifest.firstLog())) {
            return missing(manifest.file(), "its last changes are missing");
        }
        return files.isEmpty() && manifest.hasFamilies()
                ? missing(
                        directory.resolve(String.format(Locale.ROOT, "%06d.log", manifest.firstLog())),
                        "there is no log file")
                : new LogScan(manifest, files).run();
    }

    /** Each opening begins a log file before anything else, and notes in the MANIFEST for all families where it begins. */
    private static LogState missing(Path file, String reason) {
        return new LogState(List.of(), 0, 0, new Tear(file, 0, reason, true, 0, 0, 0, 0, 0, List.of()));
    }

    private static List<LogFile> liveLogs(Path directory, long first) throws IOException {
        List<LogFile> logs = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path path : all.toList()) {
                Matcher name = LOG.matcher(path.getFileName().toString());
                if (name.matches() && Long.parseLong(name.group(1)) >= first) {
                    logs.add(new LogFile(Long.parseLong(name.group(1)), path, Files.size(path)));
                }
            }
        }
        logs.sort(Comparator.comparingLong(LogFile::number));
        return logs;
    }

    private LogState run() throws IOException {
        for (int i = 0; i < files.size(); i++) {
            LogFile file = files.get(i);
            try (RecordFile records = new RecordFile(file.path(), file.number())) {
                bytes += file.size();
                if (tearFile < 0 || isBegunAfterTear(records)) {
                    readGood(i, records);
                }
                if (tearFile >= 0) {
                    readRest(records);
                }
            }
        }
        return new LogState(files.stream().map(LogFile::path).toList(), bytes, groups, tear());
    }

    private void readGood(int index, RecordFile records) throws IOException {
        while (true) {
            long from = records.offset();
            if (!records.next(record)) {
                String fault = records.fault();
                if (fault != null) {
                    tearAt(index, records.recordOffset(), fault);
                }
                return;
            }
            if (!record.isBatch()) {
                tearAt(index, from, "a record is no batch of changes");
                return;
            }
            if (nextSequence < 0 ? !mayBeFirst() : record.sequence() != nextSequence) {
                tearAt(index, from, "what comes before it in the log is missing");
                later();
                return;
            }
            good();
        }
    }

    /**
     * Whether an earlier start has dropped what is torn, and went on right behind the last whole record: it leaves such a log
     * if there was no space to write its rows to tables. If it had seen more of the log, its first sequence would be higher.
     */
    private boolean isBegunAfterTear(RecordFile records) throws IOException {
        if (!records.next(record) || !record.isBatch()) {
            return false;
        }
        if (record.sequence() != nextSequence || durableGroup > lastGroup) {
            later();
            return false;
        }
        tearFile = -1;
        otherRun = false;
        durableGroup = 0;
        laterGroups = 0;
        laterEnd = 0;
        good();
        return true;
    }

    private void good() {
        nextSequence = record.sequence() + record.count();
        if (record.note() != null) {
            groups++;
            lastGroup = record.note().number();
        }
    }

    /** Whether the log may begin with this record; if not, its first file is missing. */
    private boolean mayBeFirst() {
        return files.get(0).number() == manifest.firstLog()
                || record.sequence() == manifest.sequenceBeforeLogs() + 1
                || record.count() == 0;
    }

    private void tearAt(int index, long offset, String why) {
        tearFile = index;
        tearOffset = offset;
        reason = why;
    }

    private void readRest(RecordFile records) throws IOException {
        while (records.resync(record)) {
            if (record.isBatch()) {
                later();
            }
        }
    }

    /** A whole record after the place that is wrong. */
    private void later() {
        if (record.sequence() + record.count() <= Math.max(laterEnd, nextSequence)) {
            return; // bytes that look like a record, or one that is there a second time
        }
        laterEnd = record.sequence() + record.count();
        if (record.note() != null) {
            laterGroups++;
            durableGroup = Math.max(durableGroup, record.note().durable());
            // a start counts from 1 again; what it found before was on the device
            otherRun |= record.note().number() <= lastGroup;
        }
    }

    private @Nullable Tear tear() {
        if (tearFile < 0) {
            return null;
        }
        boolean damage = durableGroup > lastGroup || otherRun;
        long dropped = files.get(tearFile).size() - tearOffset;
        List<Path> laterFiles = new ArrayList<>();
        for (LogFile later : files.subList(tearFile + 1, files.size())) {
            dropped += later.size();
            laterFiles.add(later.path());
        }
        return new Tear(
                files.get(tearFile).path(),
                tearOffset,
                reason,
                damage,
                lastGroup,
                durableGroup,
                dropped,
                laterEnd == 0 || nextSequence < 0 ? 0 : laterEnd - nextSequence,
                laterGroups,
                laterFiles);
    }
}

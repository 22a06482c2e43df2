package io.perdure.recovery.power;

import io.perdure.recovery.crash.Launch;
import io.perdure.recovery.crash.Preload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A disk for brokers, which fails on demand and notes what is done to its files. Works in the processes that are launched
 * with {@link #into}; a fault can be changed while they run.
 */
public final class DiskShim implements AutoCloseable {

    /** How many faults there can be at a time. */
    public static final int SLOTS = 16;

    /** The library's {@code struct rule}. */
    private static final int RULE_BYTES = 128;

    private static final int ARMED_AT = 0;
    private static final int SEEN_AT = 32;
    private static final int HITS_AT = 40;
    private static final int NAME_BYTES = 80;

    private final Path library;
    private final Path directory;
    private final FileChannel rules;

    private DiskShim(Path library, Path directory, FileChannel rules) {
        this.library = library;
        this.directory = directory;
        this.rules = rules;
    }

    /**
     * Makes a disk; skips the test where there is no gcc or no LD_PRELOAD.
     *
     * @param directory empty; gets the disk's directories
     * @param skipped what is not tested then
     */
    public static DiskShim build(Path directory, String skipped) throws IOException, InterruptedException {
        Path library = Preload.build(DiskShim.class, "diskshim.c", directory, skipped);
        Path real = directory.toRealPath();
        Files.createDirectory(real.resolve("disk"));
        Files.createDirectory(real.resolve("kept"));
        Path rules = Files.write(real.resolve("rules"), new byte[SLOTS * RULE_BYTES]);
        return new DiskShim(library, real, FileChannel.open(rules, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** All below it is on the disk. */
    public Path root() {
        return directory.resolve("disk");
    }

    /** The broker with this disk. */
    public Launch into(Launch launch) {
        return launch.withEnvironment("LD_PRELOAD", library.toString())
                .withEnvironment("DISKSHIM_ROOT", root().toString())
                .withEnvironment("DISKSHIM_NOTES", notes().toString())
                .withEnvironment("DISKSHIM_KEPT", kept().toString())
                .withEnvironment("DISKSHIM_RULES", directory.resolve("rules").toString());
    }

    /** From now on operations fail, in processes that run as well as in later ones. */
    public void arm(int slot, Fault fault) throws IOException {
        int operations = 0;
        for (Operation operation : fault.operations()) {
            operations |= operation.bit;
        }
        byte[] name = fault.name().getBytes(StandardCharsets.UTF_8);
        if (name.length >= NAME_BYTES) {
            throw new IllegalArgumentException(fault.name() + " is too long");
        }
        disarm(slot);
        ByteBuffer rule = ByteBuffer.allocate(RULE_BYTES).order(ByteOrder.nativeOrder());
        rule.putInt(0).putInt(operations).putInt(fault.error()).putInt(fault.partial() ? 1 : 0);
        rule.putLong(fault.skip()).putLong(fault.times()).putLong(0).putLong(0).put(name);
        put(slot, 0, rule.position(0).limit(RULE_BYTES));
        put(
                slot,
                ARMED_AT,
                ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(0, 1));
    }

    /** Nothing fails any more for this reason. */
    public void disarm(int slot) throws IOException {
        put(slot, ARMED_AT, ByteBuffer.allocate(4));
    }

    /** How many operations there were that a fault is about, since it was armed. */
    public long seen(int slot) throws IOException {
        return get(slot, SEEN_AT);
    }

    /** How many of them have failed. */
    public long hits(int slot) throws IOException {
        return get(slot, HITS_AT);
    }

    private void put(int slot, int at, ByteBuffer bytes) throws IOException {
        long position = (long) slot * RULE_BYTES + at;
        while (bytes.hasRemaining()) {
            position += rules.write(bytes, position);
        }
    }

    private long get(int slot, int at) throws IOException {
        ByteBuffer value = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        rules.read(value, (long) slot * RULE_BYTES + at);
        return value.getLong(0);
    }

    /** What was done to the disk's files. */
    Path notes() {
        return directory.resolve("notes");
    }

    /** Files that have lost a name, by inode. */
    Path kept() {
        return directory.resolve("kept");
    }

    @Override
    public void close() throws IOException {
        rules.close();
    }
}

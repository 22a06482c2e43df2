package io.perdure.recovery.diskfull;

import io.perdure.recovery.crash.Launch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.opentest4j.TestAbortedException;

/**
 * A small file system in memory that only the processes of a test see: it is mounted in namespaces of its own, which needs no
 * privileges where the system allows it, and goes with them.
 */
final class SmallDisk implements AutoCloseable {

    private static final String FILLER = "filler";

    private final Process keeper;
    private final Path mount;

    private SmallDisk(Process keeper, Path mount) {
        this.keeper = keeper;
        this.mount = mount;
    }

    /**
     * Mounts it.
     *
     * @param mount an empty directory
     * @throws TestAbortedException if this system does not allow it
     */
    static SmallDisk mount(Path mount, int mebibytes) throws IOException {
        String script = "mount -t tmpfs -o size=" + mebibytes + "m none '" + mount + "' && echo mounted && exec cat";
        ProcessBuilder builder = new ProcessBuilder("unshare", "-rm", "sh", "-c", script).redirectErrorStream(true);
        Process keeper;
        try {
            keeper = builder.start();
        } catch (IOException e) {
            throw new TestAbortedException("no small disk here: " + e.getMessage(), e);
        }
        BufferedReader output = keeper.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        if (!"mounted".equals(line)) {
            keeper.destroyForcibly();
            throw new TestAbortedException("no small disk here: " + line);
        }
        return new SmallDisk(keeper, mount);
    }

    /** The same on this disk. */
    Launch here(Launch launch) {
        List<String> command = new ArrayList<>(
                List.of("nsenter", "--preserve-credentials", "-U", "-m", "-t", Long.toString(keeper.pid()), "--"));
        command.addAll(launch.command());
        return new Launch(command, launch.directory(), launch.environment(), launch.port());
    }

    /** A file on it, as this process sees it. */
    Path outside(Path file) {
        return Path.of("/proc", Long.toString(keeper.pid()), "root")
                .resolve(file.toString().substring(1));
    }

    long freeBytes() {
        return outside(mount).toFile().getUsableSpace();
    }

    /** Takes all that is left, to the last byte. */
    void fill() throws IOException {
        fillTo(0);
    }

    /** Takes what is left but for so much; never fails for lack of space. */
    void fillTo(long leaveBytes) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(
                outside(mount.resolve(FILLER)), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (freeBytes() > leaveBytes) {
                out.write(block);
            }
        } catch (IOException e) {
            if (freeBytes() > leaveBytes) {
                throw e;
            }
        }
    }

    /** Gives back what {@link #fill} has taken. */
    void free() throws IOException {
        Files.deleteIfExists(outside(mount.resolve(FILLER)));
    }

    @Override
    public void close() {
        keeper.destroyForcibly();
        try {
            keeper.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

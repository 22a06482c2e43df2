package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine.Batch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A JVM that opens a store and comes to an end without closing it. The test ends it, by closing its input at the latest. */
final class EngineChild implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private EngineChild(Process process) {
        this.process = process;
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one with the {@code mode}s of {@link #main}. */
    static EngineChild start(Path temporary, String mode, Path store, int count) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                EngineChild.class.getName(),
                mode,
                store.toString(),
                Integer.toString(count));
        return new EngineChild(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line that it prints. */
    String line() throws IOException {
        return Objects.requireNonNull(output.readLine(), "the child ended without a word");
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }

    /** Modes: synced, unsynced (write {@code count} batches, say so, halt), hold (open, wait for the end of input). */
    public static void main(String[] args) throws IOException {
        Path store = Path.of(args[1]);
        int count = Integer.parseInt(args[2]);
        try {
            Engine engine = RocksEngine.open(store, EngineContract.FAMILIES);
            Batch batch = engine.newBatch();
            for (int i = 0; i < count; i++) {
                batch.clear();
                batch.put(EngineContract.BUSY, EngineContract.b("key" + i), EngineContract.b("value"));
                batch.put(EngineContract.QUIET, EngineContract.b("key" + i), EngineContract.b("value"));
                batch.note(EngineContract.b("note" + i));
                engine.write(batch, args[0].equals("synced"));
            }
            System.out.println("written");
        } catch (StoreException e) {
            System.out.println(e.getMessage());
        }
        if (args[0].equals("hold")) {
            new InputStreamReader(System.in, StandardCharsets.UTF_8).read();
        }
        Runtime.getRuntime().halt(0);
    }
}

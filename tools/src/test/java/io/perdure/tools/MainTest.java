package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsItsVersions() {
        assertEquals(0, run("version"));
        List<String> names = out.toString()
                .lines()
                .map(line -> line.substring(0, line.indexOf(" ")))
                .toList();
        assertEquals(List.of("Perdure", "Java", "Netty", "RocksDB"), names);
        assertTrue(out.toString().lines().noneMatch(line -> line.contains("$")), out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "serv",
                "serve --bogus",
                "serve extra",
                "serve --durability maybe",
                "serve --listen tcp://x:1",
                "config",
                "config check",
                "dump --bogus"
            })
    void answersWhatItDoesNotUnderstandWithUsage(String line) {
        assertEquals(2, run(line.isEmpty() ? new String[0] : line.split(" ", -1)));
        assertTrue(err.toString().contains("Usage: perdure"), err.toString());
        assertEquals("", out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "config check", "config show", "version"})
    void helpsWithAnExample(String command) {
        assertEquals(0, run((command + " --help").split(" ", -1)));
        assertTrue(out.toString().contains("Example:"), out.toString());
        assertTrue(out.toString().lines().allMatch(line -> line.length() <= 100), out.toString());
    }

    @Test
    void checksAConfigurationFile() throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), "durability: os\n");
        assertEquals(0, run("config", "check", "--config", file.toString()));
        assertTrue(out.toString().startsWith(file + ": ok, sets 1 of "), out.toString());
        Files.writeString(file, "durability: os\nlisen: x\n");
        assertEquals(1, run("config", "check", "--config", file.toString()));
        assertEquals(
                "perdure: " + file + ":2: unknown key 'lisen'; did you mean 'listen'?",
                err.toString().strip());
    }

    @Test
    void showsWhereValuesCameFrom() throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), "durability: os\nwill-grace: 1m\n");
        assertEquals(0, run("config", "show", "--config", file.toString(), "--durability", "fsync"));
        List<String> lines =
                out.toString().lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertTrue(lines.contains("durability: fsync # --durability"), out.toString());
        assertTrue(lines.contains("will-grace: 1m # " + file + ":2"), out.toString());
        assertTrue(lines.contains(" receive-maximum: 1024 # default"), out.toString());
    }

    private int run(String... arguments) {
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}

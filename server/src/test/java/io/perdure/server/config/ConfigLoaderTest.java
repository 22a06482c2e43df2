package io.perdure.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    private static final List<String> OTHER = List.of("PERDURE_NO_INSTALL");

    @TempDir
    Path directory;

    @Test
    void takesDefaultsWhereNothingIsGiven() throws ConfigException {
        LoadedConfig loaded = ConfigLoader.load(null, Map.of("PATH", "/bin"), OTHER, Map.of());
        assertEquals(BrokerConfig.defaults(), loaded.config());
        assertEquals(List.of(new Listener("127.0.0.1", 1883)), loaded.config().listeners());
        assertTrue(loaded.settings().stream().allMatch(s -> s.origin().equals("default")));
    }

    @Test
    void putsTheCommandLineBeforeTheEnvironmentBeforeTheFile() throws Exception {
        Path file = write("""
                data: /file
                durability: os
                limits:
                  receive-maximum: 7
                  send-buffer: 1MB
                """);
        LoadedConfig loaded = ConfigLoader.load(
                file,
                Map.of("PERDURE_DATA", "/env", "PERDURE_LIMITS_RECEIVE_MAXIMUM", "8", "PERDURE_NO_INSTALL", "1"),
                OTHER,
                Map.of("data", List.of("/line"), "listen", List.of("mqtt://[::1]:0", "mqtt://0.0.0.0:0")));
        BrokerConfig config = loaded.config();
        assertEquals(Path.of("/line"), config.dataDirectory());
        assertEquals(8, config.limits().receiveMaximum());
        assertEquals(1_000_000, config.limits().sendBufferBytes());
        assertEquals(Durability.OS, config.durability());
        assertEquals(List.of(new Listener("::1", 0), new Listener("0.0.0.0", 0)), config.listeners());
        Map<String, String> origins = loaded.settings().stream()
                .collect(Collectors.toMap(LoadedConfig.Effective::key, LoadedConfig.Effective::origin));
        assertEquals("--data", origins.get("data"));
        assertEquals("PERDURE_LIMITS_RECEIVE_MAXIMUM", origins.get("limits.receive-maximum"));
        assertEquals(file + ":5", origins.get("limits.send-buffer"));
        assertEquals("default", origins.get("will-grace"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    durabilty: os                        | :1: unknown key 'durabilty'; did you mean 'durability'?
                    receive-maximum: 5                   | :1: unknown key 'receive-maximum'; did you mean 'limits.receive-maximum'?
                    limits: {receive-maxmum: 5}          | :1: unknown key 'limits.receive-maxmum'; did you mean 'limits.receive-maximum'?
                    durability: [fsync]                  | :1: durability: a list is not allowed; give fsync or os
                    durability: Fsync                    | :1: durability: 'Fsync' is not allowed; give fsync or os
                    data:                                | :1: data: no value is given; give the path of a directory
                    limits: 5                            | :1: limits: give lines of the form 'key: value'
                    will-grace: 10                       | :1: will-grace: '10' is not allowed; give a duration from 0 to 1d with a unit (ms, s, m, h, d)
                    limits: {receive-maximum: 65536}     | :1: limits.receive-maximum: '65536' is not allowed; give a whole number from 1 to 65535
                    limits: {receive-maximum: 1e3}       | :1: limits.receive-maximum: '1e3' is not allowed; give a whole number from 1 to 65535
                    limits: {send-buffer: 1TB}           | :1: limits.send-buffer: '1TB' is not allowed; give a size from 4KiB to 64MiB with a unit (B, KB, KiB, MB, MiB, GB, GiB)
                    listen: http://x:1                   | :1: listen: 'http://x:1' is not allowed; give mqtt://HOST:PORT, for example mqtt://127.0.0.1:1883 or mqtt://[::1]:1883, each address once
                    [a, b]                               | :1: the file: give lines of the form 'key: value'
                    data: "x                             | :1: not valid YAML: found unexpected end of stream
                    """)
    void refusesWhatIsNotAllowedWithItsLine(String yaml, String expected) throws IOException {
        Path file = write(yaml);
        ConfigException e =
                assertThrows(ConfigException.class, () -> ConfigLoader.load(file, Map.of(), List.of(), Map.of()));
        assertEquals(List.of(file + expected), e.problems());
        assertFalse(e.onCommandLine());
    }

    @Test
    void reportsAllProblemsAtOnceWithTheLineOfEach() throws IOException {
        Path file = write("""
                # a comment
                data: /a
                listen:
                  - mqtt://127.0.0.1:1883
                  - mqtt://127.0.0.1:99999
                data: /b
                limits:
                  keep-alive-maximum: 2d
                """);
        ConfigException e = assertThrows(
                ConfigException.class,
                () -> ConfigLoader.load(
                        file, Map.of("PERDURE_DURABLITY", "os"), OTHER, Map.of("durability", List.of("none"))));
        List<String> starts = List.of(
                file + ":5: listen: 'mqtt://127.0.0.1:99999' is not allowed",
                file + ":6: data: given before, at " + file + ":2",
                file + ":8: limits.keep-alive-maximum: '2d' is not allowed; give a duration from 1s to 65535s",
                "environment: unknown variable PERDURE_DURABLITY; did you mean PERDURE_DURABILITY?",
                "--durability: durability: 'none' is not allowed");
        assertEquals(starts.size(), e.problems().size(), e.getMessage());
        for (int i = 0; i < starts.size(); i++) {
            assertTrue(
                    e.problems().get(i).startsWith(starts.get(i)), e.problems().get(i));
        }
        assertTrue(e.onCommandLine());
    }

    @Test
    void saysWhenTheFileIsNotThere() {
        Path file = directory.resolve("none.yaml");
        ConfigException e =
                assertThrows(ConfigException.class, () -> ConfigLoader.load(file, Map.of(), List.of(), Map.of()));
        assertEquals(file + ": there is no such file", e.getMessage());
    }

    @Test
    void acceptsAnEmptyFile() throws Exception {
        assertEquals(
                BrokerConfig.defaults(),
                ConfigLoader.load(write("# nothing\n"), Map.of(), List.of(), Map.of())
                        .config());
    }

    @Test
    void survivesARecursiveFile() throws IOException {
        Path file = write("limits: &a\n  limits: *a\n");
        assertThrows(ConfigException.class, () -> ConfigLoader.load(file, Map.of(), List.of(), Map.of()));
    }

    @Test
    void showsValuesAsAFileThatReadsTheSame() throws Exception {
        BrokerConfig config = ConfigLoader.load(
                        null,
                        Map.of(),
                        List.of(),
                        Map.of("listen", List.of("mqtt://[::1]:1", "mqtt://h:2"), "data", List.of("/a b/\"c\\")))
                .config();
        Path file = write(ConfigLoader.load(
                        null,
                        Map.of(),
                        List.of(),
                        Map.of("listen", List.of("mqtt://[::1]:1", "mqtt://h:2"), "data", List.of("/a b/\"c\\")))
                .toYaml());
        assertEquals(
                config, ConfigLoader.load(file, Map.of(), List.of(), Map.of()).config());
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("test.yaml"), yaml);
    }
}

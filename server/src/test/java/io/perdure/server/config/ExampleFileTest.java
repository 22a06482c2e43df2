package io.perdure.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example file of the distribution must say what the table of keys says. */
class ExampleFileTest {

    private static final Path EXAMPLE = Path.of("..", "perdure.yaml");

    @Test
    void givesEveryKeyWithItsDefault() throws Exception {
        LoadedConfig loaded = ConfigLoader.load(EXAMPLE, Map.of(), List.of(), Map.of());
        assertEquals(BrokerConfig.defaults(), loaded.config());
        for (LoadedConfig.Effective setting : loaded.settings()) {
            assertTrue(setting.origin().startsWith(EXAMPLE.toString()), setting.key() + " is not in the example");
        }
    }

    @Test
    void explainsEveryKeyInTheWordsOfTheTable() throws Exception {
        List<String> lines = Files.readAllLines(EXAMPLE);
        for (Setting<?> setting : Settings.ALL) {
            String key = setting.key();
            String last = key.substring(key.lastIndexOf('.') + 1) + ":";
            int line = 0;
            while (!lines.get(line).strip().startsWith(last)) {
                line++;
            }
            List<String> comment = new ArrayList<>();
            for (int i = line - 1; lines.get(i).strip().startsWith("#"); i--) {
                comment.add(0, lines.get(i).strip().substring(1).strip());
            }
            String expected = setting.help() + " Give " + setting.type().allowed() + ". " + setting.variable();
            assertEquals(expected, String.join(" ", comment), key);
        }
    }
}

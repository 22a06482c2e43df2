package io.perdure.storage.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Durability;
import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.Store;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Subscription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {

    @TempDir
    private Path directory;

    @Test
    void opensWhatItMadeAndKnowsThatItWasStoppedCleanly() {
        try (Store store = open()) {
            assertTrue(store.report().created());
        }
        try (Store store = open()) {
            assertFalse(store.report().created());
            assertTrue(store.report().cleanStop());
        }
    }

    @Test
    void refusesAStoreOfANewerFormatAndChangesNothing() throws IOException {
        open().close();
        Files.writeString(directory.resolve("FORMAT"), "99\n");
        Map<String, String> before = contents();
        StoreException refused = assertThrows(StoreException.class, this::open);
        assertTrue(String.valueOf(refused.getMessage()).contains("has format 99"), refused::getMessage);
        assertTrue(String.valueOf(refused.getMessage()).contains(directory.toString()), refused::getMessage);
        assertEquals(before, contents());
    }

    @Test
    void opensAStoreWithoutTheFormatFile() throws IOException {
        open().close();
        Files.delete(directory.resolve("FORMAT"));
        open().close();
        assertEquals("1", Files.readString(directory.resolve("FORMAT")).strip());
    }

    private Store open() {
        StoreOptions options = StoreOptions.in(directory, e -> {
                    throw new AssertionError(e);
                })
                .withDurability(Durability.OS);
        return Recovery.open(options, new NoRouter());
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                contents.put(
                        file.getFileName() + " of " + Files.getLastModifiedTime(file),
                        HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    /** There are no subscriptions. */
    private static final class NoRouter implements Router {
        @Override
        public void add(Subscription subscription) {}

        @Override
        public void remove(Subscription subscription) {}

        @Override
        public long version() {
            return 0;
        }

        @Override
        public Route route(byte[] topic) {
            return new Route(0, List.of(), List.of());
        }
    }
}

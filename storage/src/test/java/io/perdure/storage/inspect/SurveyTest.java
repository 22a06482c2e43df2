package io.perdure.storage.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.perdure.storage.SetAside;
import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.MessageValue;
import io.perdure.storage.format.proto.RetainedValue;
import io.perdure.storage.format.proto.SessionValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be served of a store that is damaged, and what can't. */
class SurveyTest {

    private static final int SESSIONS = 10;
    private static final int ENTRIES = 40;

    @TempDir
    private Path store;

    /** Sessions with ids from 1 on; those with even ids have messages. */
    private void make() {
        try (Engine engine = RocksEngine.open(store, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            Random random = new Random(1);
            for (long id = 1; id <= SESSIONS; id++) {
                String client = "c" + id;
                SessionValue session =
                        SessionValue.newBuilder().setSessionId(id).build();
                batch.put(Family.SESSION.index(), Keys.session(Keys.slot(client), client), session.toByteArray());
                for (int n = 1; id % 2 == 0 && n <= ENTRIES; n++) {
                    byte[] noise = new byte[1000];
                    random.nextBytes(noise);
                    EntryValue entry = EntryValue.newBuilder()
                            .setQos(1)
                            .setMessage(MessageValue.newBuilder().setPayload(ByteString.copyFrom(noise)))
                            .build();
                    batch.put(Family.QUEUE.index(), Keys.queue(Keys.slot(client), id, n), entry.toByteArray());
                }
            }
            batch.put(
                    Family.RETAINED.index(),
                    Keys.retained("a/b".getBytes(StandardCharsets.UTF_8)),
                    RetainedValue.getDefaultInstance().toByteArray());
            engine.write(batch, true);
            for (Family family : Family.values()) {
                engine.flush(family.index());
            }
        }
    }

    @Test
    void findsNothingInAWholeStore() {
        make();
        assertEquals(List.of(), survey());
        assertEquals(SESSIONS, served(Family.SESSION));
        assertEquals(SESSIONS / 2 * ENTRIES, served(Family.QUEUE));
    }

    @Test
    void setsAsideTheSessionsThatHaveRowsInADamagedBlock() throws IOException {
        make();
        flipInLargestTable();
        List<SetAside> found = survey();
        TreeSet<String> clients = new TreeSet<>();
        found.stream().filter(s -> s.clientId() != null).forEach(s -> clients.add(s.clientId()));
        System.out.println(found);
        assertTrue(!clients.isEmpty() && clients.size() <= 2, clients::toString);
        assertTrue(clients.stream().allMatch(c -> Integer.parseInt(c.substring(1)) % 2 == 0), clients::toString);
        assertEquals(SESSIONS - clients.size(), served(Family.SESSION));
        assertEquals((SESSIONS / 2 - clients.size()) * ENTRIES, served(Family.QUEUE));
    }

    @Test
    void setsAsideASessionWithARowThatMakesNoSense() {
        make();
        byte[] nonsense = {-1, -1, -1};
        int slot = Keys.slot("c3");
        put(Family.SUBSCRIPTION, Keys.subscription(slot, 3, "a"), nonsense);
        put(Family.RETAINED, Keys.retained("x".getBytes(StandardCharsets.UTF_8)), nonsense);
        put(Family.EXPIRY, new byte[] {1}, nonsense);
        List<SetAside> found = survey();
        assertEquals(3, found.size(), found::toString);
        assertEquals("c3", found.get(0).clientId());
        assertEquals(SESSIONS - 1, served(Family.SESSION));
        assertEquals(1, served(Family.RETAINED));
    }

    @Test
    void setsAsideTheSessionsThatNeedADamagedBody() {
        make();
        byte[] nonsense = {-1, -1, -1};
        put(Family.MESSAGE, Keys.message(77), nonsense);
        put(Family.MESSAGE, Keys.message(78), MessageValue.getDefaultInstance().toByteArray());
        put(
                Family.QUEUE,
                Keys.queue(Keys.slot("c5"), 5, 1),
                EntryValue.newBuilder().setBodyId(77).build().toByteArray());
        put(
                Family.QUEUE,
                Keys.queue(Keys.slot("c6"), 6, 99),
                EntryValue.newBuilder().setBodyId(78).build().toByteArray());
        List<SetAside> found = survey();
        assertEquals("c5", found.get(0).clientId());
        assertEquals(2, found.size(), found::toString);
    }

    @Test
    void servesNothingOfAStoreThatDoesNotSayWhatItIs() {
        make();
        put(Family.META, Keys.meta("limits"), new byte[] {-1, -1, -1});
        assertThrows(StoreException.class, this::survey);
    }

    private void put(Family family, byte[] key, byte[] value) {
        try (Engine engine = RocksEngine.open(store, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            batch.put(family.index(), key, value);
            engine.write(batch, true);
        }
    }

    private void flipInLargestTable() throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(store)) {
            tables = new ArrayList<>(
                    files.filter(f -> f.toString().endsWith(".sst")).toList());
        }
        Path largest = tables.get(0);
        for (Path table : tables) {
            largest = Files.size(table) > Files.size(largest) ? table : largest;
        }
        byte[] content = Files.readAllBytes(largest);
        content[content.length / 2] ^= 16;
        Files.write(largest, content);
    }

    private List<SetAside> survey() {
        try (Engine engine = RocksEngine.openDamaged(store, Family.all(), true);
                Engine unverified = RocksEngine.openDamaged(store, Family.all(), false)) {
            return Survey.of(engine, unverified).setAside();
        }
    }

    private int served(Family family) {
        int[] rows = {0};
        try (Engine engine = RocksEngine.openDamaged(store, Family.all(), true);
                Engine unverified = RocksEngine.openDamaged(store, Family.all(), false)) {
            Survey.of(engine, unverified).served(family, (key, value) -> rows[0]++);
        }
        return rows[0];
    }
}

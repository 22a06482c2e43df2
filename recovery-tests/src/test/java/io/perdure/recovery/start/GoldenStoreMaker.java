package io.perdure.recovery.start;

import com.google.protobuf.ByteString;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Command;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Publish;
import io.perdure.storage.Message;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.Will;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.recovery.Recovery;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes a golden store to the file named by {@code -Dgolden=}; not run by itself. To be used once for each format version, by the
 * release that brings it: what is checked in stays as it is.
 */
class GoldenStoreMaker {

    /** All that happens in it happens now. */
    static final long TIME_MS = 1_795_000_000_000L;

    private static final long DAY_S = 86_400;
    private static final int BODY_BYTES = 3_000;

    @TempDir
    Path directory;

    private final SubscriptionIndex index = new SubscriptionIndex();
    private @Nullable Store open;

    @Test
    void writesAStore() throws Exception {
        Path filled = directory.resolve("filled");
        Path golden = directory.resolve("golden");
        open = Recovery.open(options(filled), index);
        fill();
        store().close();
        // from here on in the log, and not stopped in order
        open = Recovery.open(options(filled), new SubscriptionIndex());
        Will will = new Will(bytes("w/willing"), bytes("the will"), new byte[0], 1, false, 30, -1);
        var unused = client("willing").attach(DAY_S, will);
        copy(filled, golden);
        store().close();
        addReplay(golden);
        pack(golden, Path.of(System.getProperty("golden")));
    }

    private Store store() {
        if (open == null) {
            throw new IllegalStateException("no store is open");
        }
        return open;
    }

    private StoreOptions options(Path data) {
        return StoreOptions.in(data, e -> {
                    throw new AssertionError(e);
                })
                .withClock(new FixedClock(TIME_MS, 0));
    }

    private StoreClient client(String clientId) {
        return new StoreClient(store(), clientId);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Message message(String topic, String payload, int qos, long expiryS) {
        long expiresAtMs = expiryS < 0 ? Message.NEVER : TIME_MS + expiryS * 1000;
        return new Message(bytes(topic), bytes(payload), new byte[0], qos, TIME_MS, expiresAtMs);
    }

    private void publish(StoreClient publisher, int packetId, boolean retain, Message message)
            throws InterruptedException {
        publisher.submit(new Publish(packetId, retain, message, index.route(message.topic())));
    }

    private void fill() throws InterruptedException {
        StoreClient publisher = client("publisher").attach(DAY_S, null);
        for (int i = 1; i <= 5; i++) {
            publish(publisher, i, true, message("r/" + i, "retained " + i, 1, i == 5 ? DAY_S : -1));
        }
        StoreClient away = client("away").attach(DAY_S, null);
        away.subscribe("a/+", null, 2);
        client("later").attach(DAY_S, null).subscribe("big", null, 1).detach(DetachReason.CLIENT_LEFT, 1);
        client("never")
                .attach(Command.NO_EXPIRY, null)
                .subscribe("big", null, 1)
                .detach(DetachReason.CLIENT_LEFT, 1);
        client("member").attach(DAY_S, null).subscribe("s/#", "crew", 1).detach(DetachReason.CLIENT_LEFT, 1);
        client("watcher").attach(DAY_S, null).subscribe("w/#", null, 1).detach(DetachReason.CLIENT_LEFT, 1);
        client("new").attach(DAY_S, null).subscribeWithoutRetained("r/#", 1).detach(DetachReason.CLIENT_LEFT, 1);
        for (int i = 1; i <= 7; i++) {
            publish(publisher, 10 + i, false, message("a/x", "a " + i, i % 2 == 0 ? 1 : 2, i == 7 ? DAY_S : -1));
        }
        Submission progress = away.submission();
        progress.finished(1);
        progress.finished(4);
        progress.received(3);
        away.submit(progress);
        away.detach(DetachReason.CONNECTION_LOST, 6);
        publish(publisher, 30, false, message("big", "x".repeat(BODY_BYTES), 1, -1));
        for (int i = 1; i <= 3; i++) {
            publish(publisher, 40 + i, false, message("s/x", "shared " + i, 1, -1));
        }
        Will delayed = new Will(bytes("w/delayed"), bytes("the delayed will"), new byte[0], 1, false, 3_600, -1);
        client("delayed").attach(DAY_S, delayed).detach(DetachReason.CONNECTION_LOST, 1);
        publisher.detach(DetachReason.CLIENT_LEFT, 1);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /** A replay under way, which would be over before it could be caught: r/1 and r/2 have been looked at. */
    private void addReplay(Path golden) {
        ReplayValue value = ReplayValue.newBuilder()
                .setPosition(1_000_000)
                .setMaximumQos(1)
                .setLastKey(ByteString.copyFrom(Keys.retained(bytes("r/2"))))
                .build();
        try (Engine engine = RocksEngine.open(golden, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            long sessionId = sessionId(engine, "new");
            byte[] key = Keys.subscription(Keys.slot("new"), sessionId, "r/#");
            batch.put(Family.REPLAY.index(), key, value.toByteArray());
            engine.write(batch, true);
        }
    }

    private static long sessionId(Engine engine, String clientId) {
        byte[] row = engine.get(Family.SESSION.index(), Keys.session(Keys.slot(clientId), clientId));
        if (row == null) {
            throw new IllegalStateException("no session of " + clientId);
        }
        return Values.parse(SessionValue.parser(), row, Family.SESSION).getSessionId();
    }

    private static void pack(Path from, Path to) throws IOException {
        try (OutputStream out = Files.newOutputStream(to);
                ZipOutputStream zip = new ZipOutputStream(out);
                Stream<Path> files = Files.list(from)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (!name.startsWith("LOG") && !name.equals("LOCK")) {
                    zip.putNextEntry(new ZipEntry(name));
                    Files.copy(file, zip);
                    zip.closeEntry();
                }
            }
        }
    }
}

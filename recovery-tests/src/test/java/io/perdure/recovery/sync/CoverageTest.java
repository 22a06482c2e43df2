package io.perdure.recovery.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Properties;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.sync.Note.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoverageTest {

    private static final long KEY = Payload.key(1, 1);
    private static final int PORT = 40_000;
    private static final byte[] PUBACK = {0x40, 2, 0, 1};

    private final List<Note> notes = new ArrayList<>();
    private long offset;

    private void note(Kind kind, long number, byte... data) {
        boolean file = kind != Kind.SOCKET_BEGINS && kind != Kind.SOCKET_ENDS;
        notes.add(new Note(notes.size() + 1, kind, file ? 5 : 9, number, file ? "/d/000004.log" : "", data));
    }

    private void written(byte... data) {
        note(Kind.FILE_WRITTEN, offset, data);
        offset += data.length;
    }

    private void synced() {
        note(Kind.SYNC_BEGINS, 0);
        note(Kind.SYNC_ENDS, 1);
    }

    private void acknowledged() {
        note(Kind.SOCKET_BEGINS, PORT, PUBACK);
        note(Kind.SOCKET_ENDS, PUBACK.length);
    }

    /** A piece of a log record: checksum, length, type, payload. */
    private static byte[] piece(int type, byte[] payload) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[4]);
        bytes.write(payload.length);
        bytes.write(payload.length >>> 8);
        bytes.write(type);
        bytes.writeBytes(payload);
        return bytes.toByteArray();
    }

    private List<String> uncovered() throws IOException {
        Trace trace = new Trace("pub", Version.V3_1_1, 0);
        Packet.Publish publish = new Packet.Publish(false, 1, false, "t", 1, Properties.NONE, Payload.of(KEY, 20));
        trace.add(TraceEvent.message(0, 1, TraceEvent.Kind.PUBLISH_OUT, publish, KEY, false));
        trace.add(TraceEvent.ack(0, 1, TraceEvent.Kind.PUBACK_IN, 1, 0));
        Coverage coverage = new Coverage(notes);
        coverage.check(trace, PORT);
        assertEquals(1, coverage.mapped());
        return coverage.uncovered();
    }

    @Test
    void acceptsAWriteASyncAndAnAcknowledgement() throws IOException {
        written(piece(1, Payload.of(KEY, 20)));
        synced();
        acknowledged();
        assertEquals(List.of(), uncovered());
    }

    @Test
    void findsAnAcknowledgementBeforeTheEndOfTheSync() throws IOException {
        written(piece(1, Payload.of(KEY, 20)));
        note(Kind.SYNC_BEGINS, 0);
        acknowledged();
        note(Kind.SYNC_ENDS, 1);
        assertTrue(uncovered().get(0).contains("left at 3, its record was synced at 5"));
    }

    @Test
    void aSyncThatBeganBeforeTheWriteOrFailedCoversNothing() throws IOException {
        note(Kind.SYNC_BEGINS, 0);
        written(piece(1, Payload.of(KEY, 20)));
        note(Kind.SYNC_ENDS, 1);
        note(Kind.SYNC_BEGINS, 0);
        note(Kind.SYNC_ENDS, 0);
        acknowledged();
        assertTrue(uncovered().get(0).contains("its record was never synced"));
    }

    @Test
    void aRecordIsCoveredWhenItsLastPieceIs() throws IOException {
        byte[] payload = Payload.of(KEY, 40_000);
        byte[] first = new byte[32_768 - 7];
        byte[] last = new byte[payload.length - first.length];
        System.arraycopy(payload, 0, first, 0, first.length);
        System.arraycopy(payload, first.length, last, 0, last.length);
        written(piece(2, first));
        synced();
        written(piece(4, last));
        acknowledged();
        synced();
        assertTrue(uncovered().get(0).contains("its record was synced at"));
    }

    @Test
    void findsAMessageThatIsInNoLog() throws IOException {
        written(piece(1, Payload.of(Payload.key(1, 2), 20)));
        synced();
        acknowledged();
        assertTrue(uncovered().get(0).contains("its message is in no log"));
    }
}

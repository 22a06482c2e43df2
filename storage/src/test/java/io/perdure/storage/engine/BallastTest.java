package io.perdure.storage.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BallastTest {

    private static final int SIZE_BYTES = (2 << 20) + 1000;

    @TempDir
    private Path directory;

    private final Deque<Runnable> background = new ArrayDeque<>();

    private Path file() {
        return directory.resolve("BALLAST");
    }

    @Test
    void isWrittenInTheBackgroundOnceAndGivenUp() throws IOException {
        Ballast ballast = new Ballast(directory, SIZE_BYTES);
        assertFalse(ballast.isThere());
        assertEquals(SIZE_BYTES, ballast.missingBytes());
        ballast.buildOn(background::add);
        ballast.buildOn(background::add);
        assertEquals(1, background.size());
        Objects.requireNonNull(background.poll()).run();
        assertTrue(ballast.isThere());
        assertEquals(SIZE_BYTES, Files.size(file()));
        assertEquals(0, ballast.missingBytes());
        ballast.buildOn(background::add);
        assertEquals(0, background.size());

        assertTrue(new Ballast(directory, SIZE_BYTES).isThere());
        ballast.release();
        assertFalse(Files.exists(file()));
        assertEquals(SIZE_BYTES, ballast.missingBytes());
        ballast.buildOn(Runnable::run);
        assertTrue(ballast.isThere());
        assertTrue(Ballast.remove(directory));
        assertFalse(Ballast.remove(directory));
    }

    @Test
    void oneOfAnotherSizeIsRemoved() throws IOException {
        Files.write(file(), new byte[100]);
        assertFalse(new Ballast(directory, SIZE_BYTES).isThere());
        assertFalse(Files.exists(file()));
    }

    @Test
    void isNotTriedAgainWhereItCannotBeWritten() {
        Ballast ballast = new Ballast(directory.resolve("missing"), SIZE_BYTES);
        ballast.buildOn(Runnable::run);
        assertFalse(ballast.isThere());
        ballast.buildOn(background::add);
        assertEquals(0, background.size());
    }

    @Test
    void theLogTakesAShareOfASmallDisk() {
        assertEquals(256L << 20, Room.PLENTY.maxLogBytes());
        assertEquals(256L << 20, new Room(1L << 40, 0).maxLogBytes());
        assertEquals(128L << 20, new Room(8L << 30, 0).maxLogBytes());
        assertEquals(4L << 20, new Room(100L << 20, 0).maxLogBytes());
    }

    @Test
    void keepsTheBallastWhereThereIsRoom() throws IOException {
        Files.write(file(), new byte[100]);
        assertFalse(Room.in(directory).isTight());
        assertTrue(Files.exists(file()));
    }
}

package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Message;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayerTest {

    private static final long NOW_MS = 1_000_000;

    /** Answers as it is told. */
    private static class FakeTarget implements ReplayTarget {
        final List<String> topics = new ArrayList<>();
        final Deque<Answer> open = new ArrayDeque<>();
        int mostOpen;
        int lostAfter = Integer.MAX_VALUE;

        @Override
        public void publish(Outgoing outgoing, long nowMs, Answer answer) {
            topics.add(outgoing.topic());
            open.add(answer);
            mostOpen = Math.max(mostOpen, open.size());
            answerSome(answer);
        }

        void answerSome(Answer latest) {
            open.remove(latest);
            latest.done(null);
        }

        @Override
        public boolean lost() {
            return topics.size() >= lostAfter;
        }

        @Override
        public void close() {}
    }

    private static ReplaySummary run(ReplayTarget target, Iterator<Outgoing> messages, BooleanSupplier stop) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        ReplayProgress progress = new ReplayProgress(nowhere, true, System.nanoTime());
        return new Replayer(target, new Pacer(0), progress, () -> NOW_MS, stop, 200).run(messages);
    }

    private static Iterator<Outgoing> messages(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> outgoing("t/" + i, Message.NEVER))
                .iterator();
    }

    private static Outgoing outgoing(String topic, long expiresAtMs) {
        return new Outgoing(
                new Message(topic.getBytes(StandardCharsets.UTF_8), new byte[0], new byte[0], 1, 0, expiresAtMs),
                1,
                false);
    }

    @Test
    void publishesAllInOrder() {
        FakeTarget target = new FakeTarget();
        ReplaySummary summary = run(target, messages(1000), () -> false);
        assertTrue(summary.successful());
        assertEquals(1000, summary.acknowledged());
        assertEquals(IntStream.range(0, 1000).mapToObj(i -> "t/" + i).toList(), target.topics);
    }

    @Test
    void neverHasMoreUnacknowledgedThanItsWindow() {
        FakeTarget target = new FakeTarget() {
            @Override
            void answerSome(Answer latest) {
                // as late as can be
                if (open.size() == Replayer.WINDOW) {
                    open.remove().done(null);
                }
            }
        };
        ReplaySummary summary = run(target, messages(2000), () -> false);
        assertEquals(Replayer.WINDOW, target.mostOpen);
        assertEquals(2000, summary.published());
        assertEquals(Replayer.WINDOW - 1, summary.unacknowledged());
        assertFalse(summary.successful());
    }

    @Test
    void skipsWhatHasExpired() {
        FakeTarget target = new FakeTarget();
        ReplaySummary summary = run(
                target,
                List.of(outgoing("old", NOW_MS), outgoing("new", NOW_MS + 1)).iterator(),
                () -> false);
        assertEquals(List.of("new"), target.topics);
        assertEquals(1, summary.expired());
        assertTrue(summary.successful());
    }

    @Test
    void countsRefusalsAndGoesOn() {
        FakeTarget target = new FakeTarget() {
            @Override
            void answerSome(Answer latest) {
                open.remove(latest);
                latest.done(topics.size() % 2 == 0 ? "refused" : null);
            }
        };
        ReplaySummary summary = run(target, messages(100), () -> false);
        assertEquals(50, summary.failed());
        assertEquals(50, summary.acknowledged());
        assertEquals(10, summary.reasons().size());
        assertEquals("t/1: refused", summary.reasons().get(0));
        assertFalse(summary.successful());
    }

    @Test
    void stopsWhenItIsTold() {
        FakeTarget target = new FakeTarget();
        ReplaySummary summary = run(target, messages(100), () -> target.topics.size() == 7);
        assertEquals(7, summary.published());
        assertFalse(summary.complete());
        assertFalse(summary.successful());
        assertTrue(summary.line().endsWith("stopped before the end"), summary::line);
    }

    @Test
    void stopsWhenTheConnectionIsLost() {
        FakeTarget target = new FakeTarget();
        target.lostAfter = 3;
        ReplaySummary summary = run(target, messages(100), () -> false);
        assertEquals(3, summary.published());
        assertFalse(summary.successful());
        assertEquals(List.of("the connection was lost before the end"), summary.reasons());
    }

    @Test
    void roundsTheTimeThatIsLeftUp() {
        assertEquals(-1, outgoing("t", Message.NEVER).expiryLeftS(NOW_MS));
        assertEquals(1, outgoing("t", NOW_MS + 1).expiryLeftS(NOW_MS));
        assertEquals(2, outgoing("t", NOW_MS + 1001).expiryLeftS(NOW_MS));
    }
}

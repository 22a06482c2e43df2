package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PacerTest {

    private static final long SECOND_NS = 1_000_000_000;

    @Test
    void spreadsMessagesEvenly() {
        Pacer pacer = new Pacer(10);
        assertEquals(0, pacer.take(0));
        assertEquals(SECOND_NS / 10, pacer.take(0));
        assertEquals(SECOND_NS * 2 / 10, pacer.take(0));
        assertEquals(SECOND_NS / 10, pacer.take(SECOND_NS * 2 / 10));
    }

    @Test
    void doesNotCatchUpAfterAPause() {
        Pacer pacer = new Pacer(10);
        pacer.take(0);
        assertEquals(0, pacer.take(60 * SECOND_NS));
        assertEquals(SECOND_NS / 10, pacer.take(60 * SECOND_NS));
    }

    @Test
    void catchesUpWhenItIsBehindByAMoment() {
        Pacer pacer = new Pacer(1000);
        pacer.take(0);
        // due at 1 ms, late by 4 ms: the next four leave at once
        for (int i = 0; i < 5; i++) {
            assertEquals(0, pacer.take(5_000_000));
        }
        assertEquals(1_000_000, pacer.take(5_000_000));
    }

    @Test
    void waitsNeverWithoutALimit() {
        Pacer pacer = new Pacer(0);
        assertEquals(0, pacer.take(5));
        assertEquals(0, pacer.take(5));
    }
}

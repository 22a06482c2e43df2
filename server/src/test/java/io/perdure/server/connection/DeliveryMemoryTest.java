package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DeliveryMemoryTest {

    private final DeliveryMemory memory = new DeliveryMemory(8_000_000, 500_000);

    @Test
    void grantsEachConnectionItsMaximumWhileThereIsEnough() {
        assertEquals(500_000, memory.limitBytes(0));
        assertEquals(500_000, memory.limitBytes(400_000));
    }

    @Test
    void sharesWhatIsLeft() {
        memory.take(7_200_000);
        assertEquals(100_000, memory.limitBytes(0));
        assertEquals(150_000, memory.limitBytes(50_000));
    }

    @Test
    void grantsTheMinimumWhenNothingIsLeft() {
        memory.take(9_000_000);
        assertEquals(DeliveryMemory.MINIMUM_BYTES, memory.limitBytes(0));
        memory.giveBack(9_000_000);
        assertEquals(500_000, memory.limitBytes(0));
    }
}

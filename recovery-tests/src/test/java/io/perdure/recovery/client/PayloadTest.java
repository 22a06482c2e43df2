package io.perdure.recovery.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PayloadTest {

    @Test
    void namesItsMessage() {
        long key = Payload.key(12_345, 987_654_321);
        assertEquals(key, Payload.keyOf(Payload.of(key, 0)));
        assertEquals(key, Payload.keyOf(Payload.of(key, 300)));
        assertEquals("p12345#987654321;", Payload.name(key));
    }

    @Test
    void noticesOneWrongByte() {
        byte[] payload = Payload.of(Payload.key(1, 2), 100);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= 1;
            assertEquals(Payload.FOREIGN, Payload.keyOf(payload), "byte " + i);
            payload[i] ^= 1;
        }
        assertEquals(Payload.EMPTY, Payload.keyOf(new byte[0]), "what clears a retained message");
    }
}

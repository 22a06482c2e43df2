package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.protocol.topic.InvalidTopicNameException;
import io.perdure.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TopicNamesTest {

    private final TopicNames names = new TopicNames(64);

    @Test
    void givesTheSameObjectForTheSameBytes() {
        for (String name : new String[] {"a", "ab/cdef", "abc/defg", "sensors/1234567/temperature"}) {
            TopicName first = get(name);
            assertEquals(name, first.toString());
            assertSame(first, get(name));
        }
    }

    @Test
    void neverConfusesNamesThatShareASlot() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            String name = "t/" + random.nextInt(1000);
            assertEquals(name, get(name).toString());
        }
    }

    @Test
    void doesNotKeepLongNames() {
        String name = "x".repeat(TopicNames.MAXIMUM_KEPT_BYTES + 1);
        assertNotSame(get(name), get(name));
        assertEquals(get(name), get(name));
    }

    @Test
    void doesNotKeepInvalidNames() {
        assertThrows(InvalidTopicNameException.class, () -> get("a/+"));
        assertThrows(InvalidTopicNameException.class, () -> get("a/+"));
    }

    private TopicName get(String name) {
        byte[] bytes = ("??" + name + "?").getBytes(StandardCharsets.UTF_8);
        return names.get(bytes, 2, bytes.length - 3);
    }
}

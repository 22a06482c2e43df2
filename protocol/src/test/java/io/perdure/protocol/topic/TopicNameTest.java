package io.perdure.protocol.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.perdure.protocol.topic.InvalidTopicNameException.Fault;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TopicNameTest {

    @Test
    void isEqualByItsBytes() {
        TopicName a = TopicName.of("a/ä");
        TopicName b = TopicName.ofUtf8("a/ä".getBytes(StandardCharsets.UTF_8));
        assertEquals(a, b);
        assertEquals(a.hashCode(), b.hashCode());
        assertEquals("a/ä", b.toString());
        assertNotEquals(a, TopicName.of("a/a"));
        // not normalized [MQTT-4.7.3-4]
        assertNotEquals(TopicName.of("\u00E4"), TopicName.of("a\u0308"));
    }

    @Test
    void refusesWhatMqttForbids() {
        assertEquals(Fault.EMPTY, faultOf(""));
        assertEquals(Fault.WILDCARD, faultOf("a/+/b"));
        assertEquals(Fault.WILDCARD, faultOf("#"));
        assertEquals(Fault.MALFORMED, faultOf("a\0"));
        assertEquals(Fault.MALFORMED, faultOf("\uD800"));
        assertEquals(Fault.TOO_LONG, faultOf("x".repeat(65_536)));
        assertEquals(
                Fault.MALFORMED,
                assertThrows(
                                InvalidTopicNameException.class,
                                () -> TopicName.ofUtf8(new byte[] {(byte) 0xC0, (byte) 0x80}))
                        .fault());
    }

    @Test
    void takesTheLongestName() {
        String name = "x".repeat(65_535);
        assertEquals(name, TopicName.of(name).toString());
    }

    private static Fault faultOf(String name) {
        return assertThrows(InvalidTopicNameException.class, () -> TopicName.of(name))
                .fault();
    }
}

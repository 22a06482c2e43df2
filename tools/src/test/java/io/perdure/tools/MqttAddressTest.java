package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttAddressTest {

    @Test
    void readsHostPortAndUser() {
        assertEquals(new MqttAddress("h", 1884, null, null), MqttAddress.parse("mqtt://h:1884"));
        assertEquals(new MqttAddress("::1", 1883, null, null), MqttAddress.parse("mqtt://[::1]/"));
        assertEquals(new MqttAddress("h", 1883, "u", "p:w@"), MqttAddress.parse("mqtt://u:p:w%40@h"));
    }

    @Test
    void doesNotShowThePassword() {
        assertEquals("mqtt://h:1883", MqttAddress.parse("mqtt://u:secret@h").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h:1883",
                "mqtts://h",
                "mqtt://",
                "mqtt://h:0",
                "mqtt://h:70000",
                "mqtt://h/x",
                "mqtt://h?q",
                "m q"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThrows(IllegalArgumentException.class, () -> MqttAddress.parse(text));
    }
}

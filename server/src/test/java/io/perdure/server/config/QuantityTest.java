package io.perdure.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1, 1, 1",
        "1KB, 1000, 1000",
        "1 kib, 1024, 1KiB",
        "1536KiB, 1572864, 1536KiB",
        "1MiB, 1048576, 1MiB"
    })
    void readsAndWritesSizes(String text, long bytes, String shortest) {
        Quantity size = Quantity.size(0, 4 << 20);
        assertEquals(bytes, size.parse(text));
        assertEquals(shortest, size.format(bytes));
        assertEquals(bytes, size.parse(shortest));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1500ms, 1500, 1500ms", "120s, 120000, 2m", "2h, 7200000, 2h", "7d, 604800000, 7d"})
    void readsAndWritesDurations(String text, long ms, String shortest) {
        Quantity duration = Quantity.durationMs(0, 7L * 86_400_000);
        assertEquals(ms, duration.parse(text));
        assertEquals(shortest, duration.format(ms));
        assertEquals(ms, duration.parse(shortest));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "1.5s", "8d", "604800001ms", "10", "9999999999999999999s", "999999999999999d", "1w"})
    void refusesWhatIsNoDurationOrOutOfRange(String text) {
        Quantity duration = Quantity.durationMs(0, 7L * 86_400_000);
        assertThrows(IllegalArgumentException.class, () -> duration.parse(text));
    }

    @Test
    void countsSecondsAndKnowsAWord() {
        Quantity duration = Quantity.durationS(1, 65_535, "unlimited", 0);
        assertEquals(3600, duration.parse("1h"));
        assertEquals(0, duration.parse("unlimited"));
        assertEquals("unlimited", duration.format(0L));
        assertThrows(IllegalArgumentException.class, () -> duration.parse("1500ms"));
        assertThrows(IllegalArgumentException.class, () -> duration.parse("0"));
    }
}

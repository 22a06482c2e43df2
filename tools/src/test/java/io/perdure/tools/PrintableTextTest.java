package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTextTest {

    @Test
    void leavesOrdinaryTextAsItIs() {
        assertEquals("plant/küche/温度 😀", PrintableText.of("plant/küche/温度 😀"));
    }

    @Test
    void escapesWhatATerminalMightObey() {
        assertEquals("a\\x1b[31mred\\n\\t\\r", PrintableText.of("a\u001b[31mred\n\t\r"));
        assertEquals("\\u009b31m", PrintableText.of("\u009b31m"));
        assertEquals("\\u202eevil\\u2028", PrintableText.of("\u202eevil\u2028"));
        assertEquals("\\x7f\\x00", PrintableText.of("\u007f\u0000"));
    }

    @Test
    void doublesBackslashesSoThatEscapesCanBeTold() {
        assertEquals("C:\\\\new", PrintableText.of("C:\\new"));
    }

    @Test
    void escapesBytesThatAreNotUtf8() {
        assertEquals("a\\xff\\xc3\\n", PrintableText.of(new byte[] {'a', (byte) 0xff, (byte) 0xc3, '\n'}));
        assertNull(PrintableText.strictUtf8(new byte[] {(byte) 0xc3}));
        assertEquals("ü", PrintableText.of("ü".getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({"abcdef,6,abcdef", "abcdef,5,abcd…", "温度計,6,温度計", "温度計,5,温度…", "温度計,4,温…", "a,1,a", "ab,1,…"})
    void cutsToColumnsWithAnEllipsis(String text, int columns, String expected) {
        assertEquals(expected, PrintableText.fit(text, columns));
    }
}

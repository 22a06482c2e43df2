package io.perdure.protocol.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonCodeTest {

    /** The tables of the specification, section by section. */
    @ParameterizedTest
    @CsvSource({
        "CONNACK, 0 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f",
        "PUBACK, 0 10 80 83 87 90 91 97 99",
        "PUBREC, 0 10 80 83 87 90 91 97 99",
        "PUBREL, 0 92",
        "PUBCOMP, 0 92",
        "SUBACK, 0 1 2 80 83 87 8f 91 97 9e a1 a2",
        "UNSUBACK, 0 11 80 83 87 8f 91",
        "AUTH, 0 18 19",
    })
    void isValidWhereTheSpecificationListsIt(PacketType type, String codes) {
        assertEquals(codes, codes(type));
    }

    @Test
    void ofDisconnectDependsOnTheSender() {
        String client = "0 4 80 81 82 83 90 93 94 95 96 97 98 99";
        assertEquals(
                client,
                Arrays.stream(ReasonCode.values())
                        .filter(r -> r.validFromClient(PacketType.DISCONNECT))
                        .map(r -> Integer.toHexString(r.code()))
                        .collect(Collectors.joining(" ")));
        assertTrue(ReasonCode.SESSION_TAKEN_OVER.validFromServer(PacketType.DISCONNECT));
        assertFalse(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE.validFromServer(PacketType.DISCONNECT));
    }

    @Test
    void isFoundByItsByte() {
        for (ReasonCode reasonCode : ReasonCode.values()) {
            assertEquals(reasonCode, ReasonCode.of(reasonCode.code()));
        }
        assertNull(ReasonCode.of(0x03));
        assertNull(ReasonCode.of(0xFF));
    }

    private static String codes(PacketType type) {
        return Arrays.stream(ReasonCode.values())
                .filter(r -> r.validIn(type))
                .map(r -> Integer.toHexString(r.code()))
                .collect(Collectors.joining(" "));
    }
}

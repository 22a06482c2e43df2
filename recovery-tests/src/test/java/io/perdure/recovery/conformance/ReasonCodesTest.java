package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reason Codes in the packets of a client: those that the packet may have, and all others [5.0: 2.4]. */
@Timeout(120)
class ReasonCodesTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    private static Set<Integer> codes(String hex) {
        Set<Integer> codes = new TreeSet<>();
        for (byte code : hex(hex)) {
            codes.add(code & 0xFF);
        }
        return codes;
    }

    private static IntStream allBut(Set<Integer> codes) {
        return IntStream.range(0, 256).filter(code -> !codes.contains(code));
    }

    /** The Packet Identifier is unknown: that alone is no error. */
    @ParameterizedTest
    @CsvSource({
        "PUBACK, 00 10 80 83 87 90 91 97 99",
        "PUBREC, 00 10 80 83 87 90 91 97 99",
        "PUBREL, 00 92",
        "PUBCOMP, 00 92"
    })
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    void takesTheReasonCodesOfAnAcknowledgementOnly(PacketKind kind, String allowed) {
        Set<Integer> codes = codes(allowed);
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("codes"))) {
            for (int code : codes) {
                peer.send(packet(kind.firstByte(), u16(7), u8(code)));
                boolean answered = kind == PacketKind.PUBREL || (kind == PacketKind.PUBREC && code < 0x80);
                if (answered) {
                    Frame.Ack answer = peer.next(kind == PacketKind.PUBREL ? PacketKind.PUBCOMP : PacketKind.PUBREL)
                            .ack();
                    assertEquals(0x92, answer.reasonCode());
                }
                peer.expectQuiet();
            }
        }
        allBut(codes).forEach(code -> expectMalformed(packet(kind.firstByte(), u16(7), u8(code))));
    }

    @ParameterizedTest
    @CsvSource("00 04 80 81 82 83 90 93 94 95 96 97 98 99")
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-3.14.2-1", "MQTT-4.13.2-1"})
    void takesTheReasonCodesOfADisconnectOnly(String allowed) {
        Set<Integer> codes = codes(allowed);
        for (int code : codes) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("codes"))) {
                peer.send(packet(0xE0, u8(code)));
                // no DISCONNECT is answered by another
                peer.expectClosed();
            }
        }
        allBut(codes).forEach(code -> expectMalformed(packet(0xE0, u8(code))));
    }

    private static void expectMalformed(byte[] packet) {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("codes"))) {
            peer.send(packet);
            peer.expectDisconnect(0x81);
        }
    }
}

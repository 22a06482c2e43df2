package io.perdure.server;

import static io.perdure.server.Clients.five;
import static io.perdure.server.Clients.receive;
import static io.perdure.server.Clients.three;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3SubAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRecReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.suback.Mqtt5SubAckReasonCode;
import io.perdure.server.Health.Status;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.SpaceSource;
import io.perdure.storage.StoreOptions.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told as the disk fills, by a disk that the test fills. */
@Timeout(60)
class DiskSpaceTest {

    private static final long MIB = 1L << 20;
    private static final String CONNECT_5 = "100e 0004 4d515454 05 02 003c 00 0001 72"; // client r
    private static final String CONNECT_3 = "100d 0004 4d515454 04 02 003c 0001 72";

    @TempDir
    private Path directory;

    private Broker broker;
    private volatile long freeMib = 10_000;

    @BeforeEach
    void start() {
        BrokerConfig config = Clients.config(directory)
                .with("disk.warn-below", "4000MiB")
                .with("disk.refuse-new-below", "3000MiB")
                .with("disk.refuse-publish-below", "2000MiB")
                .with("disk.drain-only-below", "1000MiB")
                .with("disk.ballast", "0");
        broker = Broker.start(config, failure -> fail(failure), Clock.SYSTEM, new SpaceSource() {
            @Override
            public long totalBytes() {
                return 10_000 * MIB;
            }

            @Override
            public long freeBytes() {
                return freeMib * MIB;
            }
        });
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void fill(long mib, Status expected, String reason) {
        freeMib = mib;
        while (broker.health().status() != expected || !broker.health().reason().startsWith(reason)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void refusesNewSessionsThatStay() {
        Mqtt5BlockingClient old = five(broker, "old");
        old.connectWith().cleanStart(true).sessionExpiryInterval(1000).send();
        old.disconnectWith().sessionExpiryInterval(1000).send();
        fill(3500, Status.YELLOW, "3,500 MiB of 10,000 MiB disk space are free");
        fill(2500, Status.RED, "new sessions and retained messages are refused: 2,500 MiB");

        Mqtt5ConnAckException five = assertThrows(Mqtt5ConnAckException.class, () -> five(broker, "new")
                .connectWith()
                .sessionExpiryInterval(1000)
                .send());
        assertEquals(
                Mqtt5ConnAckReasonCode.QUOTA_EXCEEDED, five.getMqttMessage().getReasonCode());
        Mqtt3ConnAckException three = assertThrows(
                Mqtt3ConnAckException.class,
                () -> three(broker, "new3").connectWith().cleanSession(false).send());
        assertEquals(
                Mqtt3ConnAckReturnCode.SERVER_UNAVAILABLE,
                three.getMqttMessage().getReturnCode());
        assertEquals(2, broker.counters().refusedSessions());
        assertTrue(old.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(1000)
                .send()
                .isSessionPresent());
        Mqtt3BlockingClient shortLived = three(broker, "short");
        shortLived.connect();
        fill(10_000, Status.GREEN, "");
        three(broker, "new3").connectWith().cleanSession(false).send();
    }

    @Test
    void tellsAClientOfMqtt5WhatIsRefusedAndGoesOnWithIt() throws InterruptedException {
        Mqtt5BlockingClient client = five(broker, "c");
        client.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes all = client.publishes(MqttGlobalPublishFilter.ALL)) {
            client.subscribeWith().topicFilter("t").qos(MqttQos.EXACTLY_ONCE).send();
            fill(1500, Status.RED, "QoS 1 and 2 messages are refused: 1,500 MiB");
            Mqtt5PubAckException one = assertThrows(
                    Mqtt5PubAckException.class, () -> Clients.publish(client, "t", MqttQos.AT_LEAST_ONCE, "one"));
            assertEquals(
                    Mqtt5PubAckReasonCode.QUOTA_EXCEEDED, one.getMqttMessage().getReasonCode());
            assertEquals(
                    "the broker's disk is nearly full",
                    one.getMqttMessage().getReasonString().orElseThrow().toString());
            Mqtt5PubRecException two = assertThrows(
                    Mqtt5PubRecException.class, () -> Clients.publish(client, "t", MqttQos.EXACTLY_ONCE, "two"));
            assertEquals(
                    Mqtt5PubRecReasonCode.QUOTA_EXCEEDED, two.getMqttMessage().getReasonCode());
            Clients.publish(client, "t", MqttQos.AT_MOST_ONCE, "zero");
            assertEquals("zero", Clients.payload(receive(all)));
            assertEquals(2, broker.counters().refusedPublishes());

            client.subscribeWith().topicFilter("u").send();
            fill(500, Status.RED, "only what is stored is delivered: 500 MiB");
            Mqtt5SubAckException sub = assertThrows(
                    Mqtt5SubAckException.class,
                    () -> client.subscribeWith().topicFilter("v").send());
            assertEquals(
                    List.of(Mqtt5SubAckReasonCode.QUOTA_EXCEEDED),
                    sub.getMqttMessage().getReasonCodes());
            client.subscribeWith().topicFilter("u").send();

            fill(10_000, Status.GREEN, "");
            Clients.publish(client, "t", MqttQos.EXACTLY_ONCE, "again");
            assertEquals("again", Clients.payload(receive(all)));
        }
    }

    @Test
    void closesTheConnectionOfAnOlderClientWithoutAnAcknowledgement() throws IOException {
        fill(1500, Status.RED, "QoS 1 and 2");
        assertArrayEquals(bytes("2002 0000"), answers(CONNECT_3, "3206 0001 74 0001 78"));
        assertArrayEquals(bytes("2002 0000"), answers(CONNECT_3, "3406 0001 74 0001 78"));
        assertArrayEquals(bytes("2002 0000 d000"), answers(CONNECT_3, "3005 0001 74 7878 c000 e000"));
        fill(500, Status.RED, "only what");
        assertArrayEquals(bytes("2002 0003"), answers(CONNECT_3));
    }

    /** [MQTT-4.6.0-2]. Retained ones are refused, the others are stored. */
    @Test
    void answersInOrderWhatItRefusesAndWhatItTakes() throws IOException {
        fill(2500, Status.RED, "new sessions");
        String reason = "1f 0020" + HexFormat.of().formatHex(Clients.bytes("the broker's disk is nearly full"));
        String expected = hex(
                "4003 0001 10",
                "4027 0002 97 23" + reason,
                "4003 0003 10",
                "5027 0004 97 23" + reason,
                "5003 0005 10",
                "7002 0005");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(bytes(
                            CONNECT_5,
                            "3207 0001 74 0001 00 78",
                            "3307 0001 74 0002 00 78",
                            "3207 0001 74 0003 00 78",
                            "3507 0001 74 0004 00 78",
                            "3407 0001 74 0005 00 78",
                            "6202 0005"));
            byte[] connAck = socket.getInputStream().readNBytes(2);
            socket.getInputStream().readNBytes(connAck[1]);
            byte[] answers = socket.getInputStream().readNBytes(expected.length() / 2);
            assertEquals(expected, HexFormat.of().formatHex(answers));
        }
    }

    /** 3.1 has no return code for it, 3.1.1 has. */
    @Test
    void refusesSubscriptionsOfOlderClients() throws IOException {
        Mqtt3BlockingClient three = three(broker, "three");
        three.connect();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(bytes("100f 0006 4d5149736470 03 02 003c 0001 72"));
            assertArrayEquals(bytes("2002 0000"), socket.getInputStream().readNBytes(4));
            fill(500, Status.RED, "only what");
            socket.getOutputStream().write(bytes("8206 0001 0001 74 01"));
            assertEquals(-1, socket.getInputStream().read());
        }
        assertThrows(
                Mqtt3SubAckException.class,
                () -> three.subscribeWith().topicFilter("v").send());
        assertEquals(2, broker.counters().refusedSubscriptions());
    }

    @Test
    void countsWhatItDoesNotRetain() {
        fill(2500, Status.RED, "new sessions");
        Mqtt5BlockingClient client = five(broker, "c");
        client.connect();
        client.publishWith().topic("t").retain(true).payload(Clients.bytes("x")).send();
        while (broker.counters().notRetained() == 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        assertEquals(1, broker.counters().notRetained());
    }

    /** What comes until the connection is closed. */
    private byte[] answers(String... packets) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker))) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes(packets));
            return socket.getInputStream().readAllBytes();
        }
    }

    private static byte[] bytes(String... packets) {
        return HexFormat.of().parseHex(hex(packets));
    }

    private static String hex(String... packets) {
        return String.join("", packets).replace(" ", "");
    }
}

package io.perdure.server;

import static io.perdure.server.Clients.five;
import static io.perdure.server.Clients.receive;
import static io.perdure.server.Clients.three;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.perdure.server.config.BrokerConfig;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker with its store and sockets, against the HiveMQ client. */
@Timeout(60)
class BrokerTest {

    @TempDir
    private Path directory;

    private Broker broker;

    @BeforeEach
    void start() {
        broker = Broker.start(Clients.config(directory), failure -> fail(failure));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void deliversBetweenClientsOfAllVersions(MqttQos qos) throws InterruptedException {
        Mqtt5BlockingClient five = five(broker, "five");
        Mqtt3BlockingClient three = three(broker, "three");
        five.connect();
        three.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes toFive = five.publishes(MqttGlobalPublishFilter.ALL);
                Mqtt3BlockingClient.Mqtt3Publishes toThree = three.publishes(MqttGlobalPublishFilter.ALL)) {
            five.subscribeWith().topicFilter("a/+").qos(qos).send();
            three.subscribeWith().topicFilter("b/#").qos(qos).send();
            for (int i = 0; i < 100; i++) {
                three.publishWith()
                        .topic("a/x")
                        .qos(qos)
                        .payload(new byte[] {(byte) i})
                        .send();
                five.publishWith()
                        .topic("b/y/z")
                        .qos(qos)
                        .payload(new byte[] {(byte) i})
                        .send();
            }
            for (int i = 0; i < 100; i++) {
                Mqtt5Publish publish = receive(toFive);
                assertEquals(i, publish.getPayloadAsBytes()[0]);
                assertEquals(qos, publish.getQos());
                var other = toThree.receive(10, TimeUnit.SECONDS).orElseThrow();
                assertEquals(i, other.getPayloadAsBytes()[0]);
                assertEquals(qos, other.getQos());
            }
        }
        five.disconnect();
        three.disconnect();
    }

    @Test
    void stopsWithinTwoSecondsWhileClientsAreConnected() {
        five(broker, "a").connect();
        three(broker, "b").connect();
        long beganNs = System.nanoTime();
        broker.close();
        assertTrue(System.nanoTime() - beganNs < 2_000_000_000L);
    }

    @Test
    void namesTheAddressThatIsInUseAndLeavesTheStoreClosed() throws Exception {
        BrokerConfig other;
        try (ServerSocket taken = new ServerSocket(0)) {
            String address = "mqtt://127.0.0.1:" + taken.getLocalPort();
            other = Clients.config(directory)
                    .with("data", directory.resolve("other").toString());
            BrokerConfig clash = other.with("listen", address);
            BrokerException e = assertThrows(BrokerException.class, () -> Broker.start(clash, failure -> {}));
            assertTrue(e.getMessage().startsWith(address + ": the port is in use"), e.getMessage());
        }
        Broker.start(other, failure -> {}).close();
        assertTrue(Files.isDirectory(directory.resolve("other")));
    }

    @Test
    void refusesAStoreThatIsInUse() {
        BrokerException e =
                assertThrows(BrokerException.class, () -> Broker.start(Clients.config(directory), failure -> {}));
        assertFalse(e.getMessage().contains("\n"));
        assertTrue(e.getMessage().contains(directory.resolve("store").toString()), e.getMessage());
    }

    @Test
    void answersAMalformedPacketAndClosesThatConnectionOnly() throws Exception {
        Mqtt5BlockingClient other = five(broker, "other");
        other.connect();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker))) {
            OutputStream out = socket.getOutputStream();
            out.write(new byte[] {0x10, 14, 0, 4, 'M', 'Q', 'T', 'T', 5, 2, 0, 0, 0, 0, 1, 'a'});
            InputStream in = socket.getInputStream();
            byte[] connAck = in.readNBytes(2);
            assertEquals(0x20, connAck[0]);
            in.readNBytes(connAck[1]);
            out.write(new byte[] {0x36, 3, 0, 1, 'a'});
            byte[] disconnect = in.readAllBytes();
            assertEquals((byte) 0xE0, disconnect[0]);
            assertEquals((byte) 0x81, disconnect[2]);
        }
        assertTrue(other.getState().isConnected());
        other.disconnect();
    }

    @Test
    void takesPacketsInPieces() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker))) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            for (byte b : new byte[] {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 1, 'a'}) {
                out.write(b);
                out.flush();
            }
            assertEquals(0x20, in.readNBytes(4)[0]);
            byte[] publish = new byte[300_000];
            publish[0] = 0x32;
            int remaining = publish.length - 4;
            publish[1] = (byte) (remaining % 128 | 0x80);
            publish[2] = (byte) (remaining / 128 % 128 | 0x80);
            publish[3] = (byte) (remaining / 16_384);
            publish[5] = 1;
            publish[6] = 't';
            publish[8] = 9;
            for (int i = 0; i < publish.length; i += 30_000) {
                out.write(publish, i, 30_000);
                out.flush();
            }
            byte[] pubAck = in.readNBytes(4);
            assertEquals(0x40, pubAck[0]);
            assertEquals(9, pubAck[3]);
        }
    }

    @Test
    void refusesAConnectionThatIsOneTooMany() throws Exception {
        broker.close();
        broker = Broker.start(
                Clients.config(directory).with("limits.maximum-connections", "1"), failure -> fail(failure));
        Mqtt5BlockingClient first = five(broker, "first");
        first.connect();
        Mqtt5ConnAckException refusal = assertThrows(
                Mqtt5ConnAckException.class, () -> five(broker, "second").connect());
        assertEquals(
                Mqtt5ConnAckReasonCode.QUOTA_EXCEEDED, refusal.getMqttMessage().getReasonCode());
        first.disconnect();
    }

    @Test
    void closesAConnectionAtOnceIfManyAreOneTooMany() throws Exception {
        broker.close();
        broker = Broker.start(
                Clients.config(directory)
                        .with("limits.maximum-connections", "1")
                        .with("limits.connect-timeout", "10m"),
                failure -> fail(failure));
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker)));
            }
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker))) {
                assertEquals(-1, socket.getInputStream().read());
            } catch (SocketException e) {
                // a reset will do, too
                assertTrue(String.valueOf(e.getMessage()).contains("reset"), e.getMessage());
            }
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }
}

package io.perdure.recovery.diskfull;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker on a file system of {@value #DISK_MIB} MiB, with the limits that it chooses by itself: nothing that it has
 * acknowledged is lost however full the disk gets, and it goes on by itself when there is space again.
 */
@Timeout(240)
class DiskFullTest {

    private static final int DISK_MIB = 160;
    private static final int PAYLOAD_BYTES = 8000;
    private static final long TIMEOUT_MS = 60_000;
    private static final int MANY = 100_000;
    private static final int LARGE_BYTES = 60_000;
    private static final String[] NO_STAGES = {
        "PERDURE_DISK_WARN_BELOW",
        "PERDURE_DISK_REFUSE_NEW_BELOW",
        "PERDURE_DISK_REFUSE_PUBLISH_BELOW",
        "PERDURE_DISK_DRAIN_ONLY_BELOW",
        "PERDURE_DISK_BALLAST"
    };

    @TempDir
    private Path directory;

    private final Traffic traffic = new Traffic(PAYLOAD_BYTES);
    private SmallDisk disk;
    private Path ballast;
    private Launch launch;

    @BeforeEach
    void mount() throws IOException {
        Path mount = Files.createDirectory(directory.resolve("disk"));
        disk = SmallDisk.mount(mount, DISK_MIB);
        launch = disk.here(Launch.perdure(mount.resolve("data")).withEnvironment("PERDURE_JAVA_OPTS", "-Xmx256m"));
        ballast = disk.outside(mount.resolve("data").resolve("BALLAST"));
    }

    @AfterEach
    void unmount() {
        disk.close();
    }

    @Test
    void refusesInTimeDrainsWhileItIsFullAndGoesOnByItself() throws Exception {
        try (BrokerProcess broker = start()) {
            traffic.subscribe(launch.address());
            Mqtt3BlockingClient kept = old("kept");
            kept.connectWith().cleanSession(false).send();
            Mqtt3BlockingClient old = old("old");
            old.connect();
            assertTrue(traffic.publish(launch.address(), "publisher", MANY), "nothing was refused");
            System.out.println(traffic.acknowledged() + " messages were taken, " + (disk.freeBytes() >> 20) + " MiB of "
                    + DISK_MIB + " are free");
            assertLogged(broker, "(REFUSE_PUBLISH, was ");

            assertThrows(RuntimeException.class, () -> old.publishWith()
                    .topic("disk/full")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload(new byte[PAYLOAD_BYTES])
                    .send());
            assertFalse(old.getState().isConnected(), "not closed");
            kept.disconnect();
            assertTrue(kept.connectWith().cleanSession(false).send().isSessionPresent());
            assertNewSessionsAreRefused();

            traffic.drain(launch.address());
            await(broker, "disk space is OK again");
            assertFalse(traffic.publish(launch.address(), "publisher", 1000), "refused with space");
            traffic.drain(launch.address());
            System.out.println(broker.output());
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
    }

    @Test
    void aKilledBrokerStartsOnAFullDiskAndDrains() throws Exception {
        try (BrokerProcess broker = start()) {
            traffic.subscribe(launch.address());
            await(() -> Files.exists(ballast), broker, "no ballast");
            assertTrue(traffic.publish(launch.address(), "publisher", MANY), "nothing was refused");
            broker.kill();
        }
        disk.fill();
        try (BrokerProcess broker = start()) {
            assertLogged(broker, "the ballast file in ");
            assertLogged(broker, "only what is stored is delivered");
            System.out.println(disk.freeBytes() + " bytes are free");
            traffic.drain(launch.address());
            disk.free();
            await(broker, "disk space is OK again");
            assertFalse(traffic.publish(launch.address(), "publisher", 1000), "refused with space");
            traffic.drain(launch.address());
            await(() -> Files.exists(ballast), broker, "no ballast again");
            System.out.println(broker.output());
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
    }

    @Test
    void stopsWhenAnotherProcessTakesTheLastByteAndLosesNothing() throws Exception {
        for (String name : NO_STAGES) {
            launch = launch.withEnvironment(name, "0");
        }
        try (BrokerProcess broker = start()) {
            traffic.subscribe(launch.address());
            assertFalse(traffic.publish(launch.address(), "publisher", 2000), "refused with space");
            Traffic.connectAndLeave(launch.address(), new byte[0]);
            disk.fill();
            while (broker.runsFor(1) && Traffic.connectAndLeave(launch.address(), new byte[LARGE_BYTES])) {
                disk.fill();
            }
            assertFalse(broker.runsFor(TIMEOUT_MS), "it goes on");
            assertEquals(3, broker.exitCode(), broker::output);
            assertLogged(broker, "no space is left on the device");
            System.out.println(broker.output());
        }
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            assertFalse(broker.runsFor(TIMEOUT_MS), "it runs without a byte");
            assertEquals(1, broker.exitCode(), broker::output);
            assertLogged(broker, "no space is left on the device; free some");
            System.out.println(broker.output());
        }
        disk.free();
        try (BrokerProcess broker = start()) {
            traffic.drain(launch.address());
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
    }

    private BrokerProcess start() {
        BrokerProcess broker = BrokerProcess.start(launch);
        broker.awaitListening(TIMEOUT_MS);
        return broker;
    }

    private Mqtt3BlockingClient old(String clientId) {
        return Mqtt3Client.builder()
                .identifier(clientId)
                .serverHost(launch.address().getHostString())
                .serverPort(launch.address().getPort())
                .buildBlocking();
    }

    private void assertNewSessionsAreRefused() {
        Mqtt5ConnAckException five = assertThrows(
                Mqtt5ConnAckException.class,
                () -> Traffic.client(launch.address(), "new").toBlocking().connect(Traffic.connect(false)));
        assertEquals(
                Mqtt5ConnAckReasonCode.QUOTA_EXCEEDED, five.getMqttMessage().getReasonCode());
        Mqtt3ConnAckException three = assertThrows(
                Mqtt3ConnAckException.class,
                () -> old("new3").connectWith().cleanSession(false).send());
        assertEquals(
                Mqtt3ConnAckReturnCode.SERVER_UNAVAILABLE,
                three.getMqttMessage().getReturnCode());
    }

    private static void assertLogged(BrokerProcess broker, String text) {
        assertTrue(broker.output().contains(text), broker::output);
    }

    private static void await(BrokerProcess broker, String text) {
        await(() -> broker.output().contains(text), broker, "no line with '" + text + "'");
    }

    private static void await(BooleanSupplier condition, BrokerProcess broker, String otherwise) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError(otherwise + ":\n" + broker.output());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}

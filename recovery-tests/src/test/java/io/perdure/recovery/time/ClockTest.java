package io.perdure.recovery.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.TraceEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each rule of docs/time.md, with a broker in this JVM. */
@Timeout(120)
class ClockTest {

    private static final long HOUR_S = 3_600;
    private static final Duration FIVE_HOURS = Duration.ofHours(5);
    private static final Duration FIFTY_YEARS = Duration.ofDays(50 * 365);
    /** How much longer than the clock was put forward a test may take. */
    private static final int SLACK_S = 100;

    @TempDir
    Path directory;

    /** A session that ends in an hour, messages and a Will that are due then, all for {@code reader}. */
    private static void fill(TimedBroker broker) throws Exception {
        broker.leaveSession("reader", ClientOptions.NO_EXPIRY);
        broker.leaveSession("idle", HOUR_S);
        broker.publish(1, HOUR_S);
        broker.publish(2, -1);
        broker.loseClient("lost", HOUR_S);
    }

    private static void assertNothingHappened(TimedBroker broker) throws Exception {
        List<TraceEvent> events = broker.drain("reader");
        assertEquals(List.of(1L, 2L), TimedBroker.numbers(events), "an early Will, or an expired message");
        long leftS = events.get(0).seconds();
        assertTrue(leftS <= HOUR_S && leftS > HOUR_S - SLACK_S, () -> leftS + " s left");
        assertTrue(broker.isThere("idle", HOUR_S));
    }

    private static void assertTheHourIsOver(TimedBroker broker) throws Exception {
        assertFalse(broker.isThere("idle", HOUR_S));
        assertEquals(List.of(2L, 99L), TimedBroker.numbers(broker.drain("reader")));
    }

    @Test
    void aStepForwardDuringARunExpiresNothing() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            fill(broker);
            broker.clock.set(FIVE_HOURS);
            assertNothingHappened(broker);
        }
    }

    @Test
    void aStepBackDuringARunDelaysNothing() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            fill(broker);
            broker.clock.set(FIVE_HOURS.negated());
            broker.clock.pass(Duration.ofSeconds(HOUR_S + 1));
            assertTheHourIsOver(broker);
        }
    }

    @Test
    void keepAliveKnowsNothingOfTheSystemsClock() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            MqttClient client = broker.client("client", 0);
            client.connect(true, TimedBroker.TIMEOUT_MS);
            broker.clock.set(FIVE_HOURS);
            client.ping(TimedBroker.TIMEOUT_MS);
            broker.clock.set(FIVE_HOURS.multipliedBy(-2));
            client.ping(TimedBroker.TIMEOUT_MS);
            assertTrue(client.connected());
            client.disconnect(TimedBroker.TIMEOUT_MS);
        }
    }

    @Test
    void aStepDuringARunDoesNotCountAtTheNextStart() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            fill(broker);
            broker.clock.set(FIVE_HOURS);
            broker.restart(() -> {});
            assertNothingHappened(broker);
        }
    }

    @Test
    void aClockThatBeganIn1970AndWasSetMeanwhileEndsNoSession() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            broker.restart(() -> broker.clock.set(FIFTY_YEARS.negated()));
            fill(broker);
            broker.clock.set(FIFTY_YEARS);
            broker.restart(() -> broker.clock.pass(Duration.ofSeconds(10)));
            assertNothingHappened(broker);
        }
    }

    @Test
    void theTimeBetweenTwoRunsCounts() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            fill(broker);
            broker.restart(() -> broker.clock.pass(Duration.ofSeconds(HOUR_S + 1)));
            assertTheHourIsOver(broker);
        }
    }

    @Test
    void aStepBackBetweenTwoRunsCountsAsNoTime() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            fill(broker);
            broker.restart(() -> broker.clock.set(FIVE_HOURS.negated()));
            assertTrue(broker.broker().report().clockBehindMs() > FIVE_HOURS.toMillis() - SLACK_S * 1_000);
            assertNothingHappened(broker);
            broker.publish(3, HOUR_S);
            broker.clock.pass(Duration.ofSeconds(HOUR_S + 1));
            assertFalse(broker.isThere("idle", HOUR_S));
            assertEquals(List.of(99L), TimedBroker.numbers(broker.drain("reader")));
        }
    }

    @Test
    void aWrongClockThatIsPutRightWhileTheBrokerIsDownCountsOnlyWhatWentBy() throws Exception {
        try (TimedBroker broker = new TimedBroker(directory)) {
            fill(broker);
            broker.restart(() -> broker.clock.set(FIVE_HOURS.negated()));
            broker.restart(() -> {
                broker.clock.set(FIVE_HOURS);
                broker.clock.pass(Duration.ofSeconds(10));
            });
            assertNothingHappened(broker);
        }
    }
}

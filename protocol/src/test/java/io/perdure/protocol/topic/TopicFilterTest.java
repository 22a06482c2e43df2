package io.perdure.protocol.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.topic.InvalidTopicFilterException.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicFilterTest {

    @ParameterizedTest
    @CsvSource({
        "sport/tennis/player1/#, sport/tennis/player1",
        "sport/tennis/player1/#, sport/tennis/player1/ranking",
        "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon",
        "sport/#, sport",
        "#, sport/tennis",
        "#, /",
        "+, finance",
        "+/+, /finance",
        "/+, /finance",
        "+/#, a",
        "+/+/#, /",
        "sport/+, sport/",
        "sport/+/player1, sport/tennis/player1",
        "sport/+/player1, sport//player1",
        "+/tennis/#, sport/tennis/a/b",
        "a//b, a//b",
        "a/, a/",
        "/, /",
        "/#, /",
        "/#, /a",
        "$SYS/#, $SYS/broker/uptime",
        "$SYS/monitor/+, $SYS/monitor/Clients",
        "a/$b/+, a/$b/c",
        "+/$b, a/$b",
        "$share/group/sport/+, sport/tennis",
        "$share/group//finance, /finance",
        "$share/group/$SYS/#, $SYS/x",
        "ä/+/ö, ä/😀/ö",
        "Accounts payable, Accounts payable",
    })
    void matches(String filter, String topic) {
        assertTrue(TopicFilter.of(filter).matches(TopicName.of(topic)));
    }

    @ParameterizedTest
    @CsvSource({
        "sport/tennis/+, sport/tennis/player1/ranking",
        "sport/+, sport",
        "+, /finance",
        "+/+, a",
        "+/+, a/b/c",
        "sport/tennis, sport",
        "sport, sport/tennis",
        "sport, sport/",
        "sport/, sport",
        "sport, Sport",
        "a/b/#, a/c",
        "ab/#, a",
        "a/#, ab",
        "/a, a",
        "#, $SYS/broker",
        "+/broker, $SYS/broker",
        "+, $SYS",
        "/#, a",
        "$share/group/#, $SYS/x",
        "$share/group/+/x, $SYS/x",
        "a/+/c, a/b/cc",
        "a/b, a/bb",
        "a/bb, a/b",
    })
    void doesNotMatch(String filter, String topic) {
        assertFalse(TopicFilter.of(filter).matches(TopicName.of(topic)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sport+",
                "sport/ten+",
                "+a",
                "a/+b/c",
                "sport/tennis#",
                "sport/#/ranking",
                "#/",
                "##",
                "++",
                "a#"
            })
    void refusesAWildcardThatIsNotALevelOfItsOwn(String filter) {
        assertEquals(Fault.WILDCARD, fault(filter));
        assertEquals(Fault.WILDCARD, fault("$share/name/" + filter));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$share/", "$share/name", "$share/name/", "$share//a", "$share/a+/b", "$share/#/b", "$share/+/b"
            })
    void refusesASharedSubscriptionWithoutAProperShareNameAndFilter(String filter) {
        assertEquals(Fault.SHARE, fault(filter));
    }

    @Test
    void refusesAnEmptyFilter() {
        assertEquals(Fault.EMPTY, fault(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\uD83D", "a\uDE00b", "\uD83D\uD83D\uDE00", "$share/\0/a"})
    void refusesWhatMqttStringsMayNotHold(String filter) {
        assertEquals(Fault.MALFORMED, fault(filter));
    }

    @Test
    void countsBytesForTheLengthLimit() {
        assertEquals(65_535, TopicFilter.of("a".repeat(65_535)).fullFilter().length());
        assertEquals(Fault.TOO_LONG, fault("a".repeat(65_536)));
        assertEquals(Fault.TOO_LONG, fault("ä".repeat(32_768)));
    }

    @Test
    void takesASharedSubscriptionApart() {
        TopicFilter filter = TopicFilter.of("$share/consumers/a/+/#");
        assertTrue(filter.isShared());
        assertEquals("consumers", filter.shareName());
        assertEquals("a/+/#", filter.topicFilter());
        assertEquals("$share/consumers/a/+/#", filter.fullFilter());
        assertEquals(3, filter.levels());
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share", "$shared/name/a", "$SHARE/name/a", "x/$share/name/a"})
    void takesWhatOnlyLooksSharedAsItIs(String filter) {
        assertFalse(TopicFilter.of(filter).isShared());
        assertNull(TopicFilter.of(filter).shareName());
        assertEquals(filter, TopicFilter.of(filter).topicFilter());
    }

    @Test
    void knowsItsLevelsAndWildcards() {
        assertEquals(1, TopicFilter.of("a").levels());
        assertEquals(3, TopicFilter.of("//").levels());
        assertFalse(TopicFilter.of("a/b").hasWildcard());
        assertTrue(TopicFilter.of("a/+").hasWildcard());
        assertTrue(TopicFilter.of("#").hasWildcard());
    }

    private static Fault fault(String filter) {
        return assertThrows(InvalidTopicFilterException.class, () -> TopicFilter.of(filter))
                .fault();
    }
}

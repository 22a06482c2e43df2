package io.perdure.protocol.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.topic.TopicName;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AliasesTest {

    private static final TopicName A = TopicName.of("a");
    private static final TopicName B = TopicName.of("b");

    @Test
    void resolvesAnAliasToTheNameThatItWasLastSentWith() {
        InboundAliases aliases = new InboundAliases(10);
        assertEquals(A, aliases.resolve(A, 0));
        assertEquals(A, aliases.resolve(A, 10));
        assertEquals(A, aliases.resolve(null, 10));
        assertEquals(B, aliases.resolve(B, 10));
        assertEquals(B, aliases.resolve(null, 10));
        assertEquals(A, aliases.resolve(A, 1));
        assertEquals(B, aliases.resolve(null, 10));
    }

    @Test
    void refusesAnAliasBeyondTheMaximum() {
        InboundAliases aliases = new InboundAliases(10);
        assertNull(aliases.resolve(A, 11));
        assertEquals(ReasonCode.TOPIC_ALIAS_INVALID, aliases.fault());
        assertNull(new InboundAliases(0).resolve(A, 1));
        assertEquals(A, new InboundAliases(65_535).resolve(A, 65_535));
    }

    @Test
    void refusesAPublishWithNeitherNameNorKnownAlias() {
        InboundAliases aliases = new InboundAliases(10);
        assertNull(aliases.resolve(null, 0));
        assertEquals(ReasonCode.PROTOCOL_ERROR, aliases.fault());
        assertNull(aliases.resolve(null, 3));
        assertEquals(ReasonCode.PROTOCOL_ERROR, aliases.fault());
        aliases.resolve(A, 3);
        assertNull(aliases.resolve(null, 4));
    }

    @Test
    void sendsTheNameWithANewAliasAndTheAliasAloneAfterwards() {
        OutboundAliases aliases = new OutboundAliases(2);
        assertEquals(-1, aliases.aliasFor(topic(1)));
        assertEquals(1, aliases.aliasFor(topic(1)));
        assertEquals(-2, aliases.aliasFor(topic(2)));
        assertEquals(2, aliases.aliasFor(topic(2)));
        assertEquals(1, aliases.aliasFor(topic(1)));
    }

    @Test
    void givesNoAliasIfTheClientWantsNone() {
        assertEquals(0, new OutboundAliases(0).aliasFor(topic(1)));
    }

    @Test
    void forgetsAnAliasThatTheClientWasNotToldOf() {
        OutboundAliases aliases = new OutboundAliases(1);
        assertEquals(-1, aliases.aliasFor(topic(1)));
        aliases.revoke(1);
        assertEquals(-1, aliases.aliasFor(topic(2)));
        assertEquals(1, aliases.aliasFor(topic(2)));
    }

    @Test
    void keepsTheAliasesOfTopicsThatAreSentOftenAmongManyThatAreNot() {
        OutboundAliases aliases = new OutboundAliases(10);
        int alone = 0;
        for (int i = 0; i < 10_000; i++) {
            for (int often = 0; often < 5; often++) {
                alone += aliases.aliasFor(topic(often)) > 0 ? 1 : 0;
            }
            aliases.aliasFor(topic(100 + i));
        }
        assertTrue(alone > 45_000, alone + " times the alias alone");
    }

    @Test
    void neverLeavesTheClientWithAnotherNameThanItsOwn() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("AliasesTest seed " + seed);
        Random random = new Random(seed);
        for (int maximum : new int[] {1, 2, 7, 8, 9, 64, 300}) {
            OutboundAliases aliases = new OutboundAliases(maximum);
            Map<Integer, byte[]> client = new HashMap<>();
            for (int i = 0; i < 20_000; i++) {
                byte[] topic = topic(random.nextInt(maximum * 3));
                int alias = aliases.aliasFor(topic);
                if (alias < 0 && random.nextInt(10) == 0) {
                    aliases.revoke(-alias);
                } else if (alias < 0) {
                    client.put(-alias, topic);
                } else if (alias > 0) {
                    assertTrue(Arrays.equals(topic, client.get(alias)), "seed " + seed);
                }
                assertTrue(Math.abs(alias) <= maximum);
            }
            assertNotEquals(0, client.size());
        }
    }

    private static byte[] topic(int number) {
        return ("topic/" + number).getBytes(UTF_8);
    }
}

package io.perdure.recovery.crash;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Packet;
import java.util.List;

/**
 * What a participant does.
 *
 * @param filters its subscriptions; may be empty
 * @param topics what it publishes to; may be empty
 * @param maximumQos of what it publishes: 1, 2, or 3 for a mixture of all
 * @param retain whether what it publishes is retained
 * @param away how likely it leaves for a while, at each step
 * @param slow how likely it stops reading for a while, at each step
 * @param optionalFilter what it subscribes to and unsubscribes from again and again; empty: nothing
 * @param returnDelayMs how long it stays away after it has lost its connection
 * @param ends how likely it ends its session and begins another, at each step
 */
record Role(
        ClientOptions options,
        List<Packet.Filter> filters,
        List<String> topics,
        int maximumQos,
        boolean retain,
        double away,
        double slow,
        String optionalFilter,
        long returnDelayMs,
        double ends) {

    static Role subscriber(ClientOptions options, Packet.Filter... filters) {
        return new Role(options, List.of(filters), List.of(), 0, false, 0, 0, "", 0, 0);
    }

    static Role publisher(ClientOptions options, int maximumQos, String... topics) {
        return new Role(options, List.of(), List.of(topics), maximumQos, false, 0, 0, "", 0, 0);
    }

    Role retaining() {
        return new Role(options, filters, topics, maximumQos, true, away, slow, optionalFilter, returnDelayMs, ends);
    }

    Role subscribing(Packet.Filter... also) {
        return new Role(
                options, List.of(also), topics, maximumQos, retain, away, slow, optionalFilter, returnDelayMs, ends);
    }

    Role oftenAway(double probability) {
        return new Role(
                options, filters, topics, maximumQos, retain, probability, slow, optionalFilter, returnDelayMs, ends);
    }

    Role oftenSlow(double probability) {
        return new Role(
                options, filters, topics, maximumQos, retain, away, probability, optionalFilter, returnDelayMs, ends);
    }

    Role returningAfterMs(long delayMs) {
        return new Role(options, filters, topics, maximumQos, retain, away, slow, optionalFilter, delayMs, ends);
    }

    Role changing(String filter) {
        return new Role(options, filters, topics, maximumQos, retain, away, slow, filter, returnDelayMs, ends);
    }

    Role oftenEnding(double probability) {
        return new Role(
                options, filters, topics, maximumQos, retain, away, slow, optionalFilter, returnDelayMs, probability);
    }
}

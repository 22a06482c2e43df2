package io.perdure.recovery.sim;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Packet.Filter;
import java.util.List;

/**
 * What a client does in a run.
 *
 * @param index names what it publishes
 * @param filters its subscriptions, each with its own SUBSCRIBE; may be empty
 * @param optionalFilter what it subscribes to and unsubscribes from; empty: nothing
 * @param topics what it publishes to; may be empty
 * @param retain whether that is retained
 * @param willTopic empty: it has no Will
 * @param ends whether it ends its session now and then, or asks for a clean one
 */
record Part(
        ClientOptions options,
        int index,
        List<Filter> filters,
        String optionalFilter,
        List<String> topics,
        boolean retain,
        String willTopic,
        boolean ends) {

    Part(ClientOptions options, int index) {
        this(options, index, List.of(), "", List.of(), false, "", false);
    }

    Part subscribing(Filter... value) {
        return new Part(options, index, List.of(value), optionalFilter, topics, retain, willTopic, ends);
    }

    Part changing(String value) {
        return new Part(options, index, filters, value, topics, retain, willTopic, ends);
    }

    Part publishing(String... value) {
        return new Part(options, index, filters, optionalFilter, List.of(value), retain, willTopic, ends);
    }

    Part retaining(String... value) {
        return new Part(options, index, filters, optionalFilter, List.of(value), true, willTopic, ends);
    }

    Part withWill(String value) {
        return new Part(options, index, filters, optionalFilter, topics, retain, value, ends);
    }

    Part ending() {
        return new Part(options, index, filters, optionalFilter, topics, retain, willTopic, true);
    }

    /** Whether its sessions end with their connections. */
    boolean alwaysClean() {
        return options.sessionExpiryS() == 0;
    }
}

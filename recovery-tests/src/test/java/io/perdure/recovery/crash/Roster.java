package io.perdure.recovery.crash;

import static io.perdure.recovery.client.ClientOptions.durable;
import static io.perdure.recovery.client.Version.V3_1;
import static io.perdure.recovery.client.Version.V3_1_1;
import static io.perdure.recovery.client.Version.V5;

import io.perdure.recovery.client.Packet.Filter;
import io.perdure.recovery.client.Version;
import java.util.ArrayList;
import java.util.List;

/** Who takes part in a run: enough kinds of clients to cover what the specification allows. */
final class Roster {

    private Roster() {}

    /** @param name begins all Client Identifiers, Topic Names and Topic Filters, and makes those of a run its own */
    static List<Role> roles(String name) {
        List<Role> roles = new ArrayList<>(publishers(name));
        roles.addAll(subscribers(name));
        roles.addAll(members(name));
        return roles;
    }

    private static List<Role> publishers(String name) {
        return List.of(
                Role.publisher(durable(name + "pub-v3-q1", V3_1_1).withWindow(50), 1, topics(name, 0)),
                Role.publisher(durable(name + "pub-v5-q1", V5).withWindow(1_000), 1, topics(name, 1))
                        .oftenAway(0.02),
                Role.publisher(
                        durable(name + "pub-v3-q2", V3_1_1).withWindow(20).withPacketIds(50), 2, topics(name, 2)),
                Role.publisher(durable(name + "pub-v5-q2", V5).withWindow(200), 2, topics(name, 3)),
                Role.publisher(
                                durable(name + "both-v5", V5)
                                        .withReceiveMaximum(20)
                                        .withPacketIds(250),
                                3,
                                topics(name, 4))
                        .subscribing(new Filter(name + "load/0/+", 2), new Filter(name + "load/4/0", 2))
                        .oftenAway(0.02),
                Role.publisher(durable(name + "both-v3", V3_1_1), 3, topics(name, 5))
                        .subscribing(new Filter(name + "load/3/#", 2), new Filter(name + "load/5/1", 1)),
                Role.publisher(durable(name + "both-v31", V3_1).withPacketIds(150), 3, topics(name, 6))
                        .subscribing(new Filter(name + "load/2/+", 2), new Filter(name + "load/6/0", 1))
                        .oftenAway(0.02),
                Role.publisher(durable(name + "pub-retained", V5), 1, retainedTopics(name, 12))
                        .retaining());
    }

    private static List<Role> subscribers(String name) {
        Filter wills = new Filter(name + "will/#", 2);
        return List.of(
                Role.subscriber(
                        durable(name + "sub-v3-q1", V3_1_1),
                        new Filter(name + "load/#", 1),
                        new Filter(retained(name), 1)),
                Role.subscriber(
                        durable(name + "sub-v5-q2", V5).withReceiveMaximum(10).withTopicAliasMaximum(5),
                        new Filter(name + "load/+/0", 2),
                        wills),
                Role.subscriber(durable(name + "sub-v5-held", V5).withHeldAcks(20), new Filter(name + "load/#", 2)),
                Role.subscriber(
                                durable(name + "sub-v3-exact", V3_1_1).withHeldAcks(5),
                                new Filter(name + "load/0/0", 2),
                                new Filter(name + "load/2/1", 2),
                                new Filter(name + "load/3/2", 2),
                                wills)
                        .oftenAway(0.1),
                Role.subscriber(
                                durable(name + "sub-v31", V3_1).withHeldAcks(10),
                                new Filter(name + "load/6/#", 2),
                                new Filter(name + "load/4/+", 1),
                                new Filter(retained(name), 1))
                        .oftenAway(0.1),
                Role.subscriber(
                        durable(name + "sub-v5-one", V5).withReceiveMaximum(1), new Filter(name + "load/+/1", 1)),
                Role.subscriber(
                                durable(name + "sub-v5-slow", V5)
                                        .withReceiveMaximum(100)
                                        .withHeldAcks(50),
                                new Filter(name + "load/2/#", 2),
                                new Filter(name + "load/3/+", 1))
                        .oftenSlow(0.5),
                Role.subscriber(durable(name + "sub-v3-away", V3_1_1), new Filter(name + "load/+/2", 2))
                        .oftenAway(0.5),
                Role.subscriber(
                                durable(name + "sub-v5-expiring", V5).withSessionExpiryS(1),
                                new Filter(name + "load/1/+", 1))
                        .returningAfterMs(15_000),
                Role.subscriber(
                                durable(name + "sub-v5-lasting", V5).withSessionExpiryS(600),
                                new Filter(name + "load/1/+", 2))
                        .oftenAway(0.2),
                Role.subscriber(durable(name + "sub-v5-changing", V5), new Filter(name + "load/0/1", 1))
                        .changing(name + "load/3/0")
                        .oftenAway(0.05),
                Role.subscriber(durable(name + "sub-v3-changing", V3_1_1), new Filter(name + "load/0/1", 1))
                        .changing(name + "load/+/2"));
    }

    /** Of share groups: one whose members all stay, one at QoS 1 and one at QoS 2 of which only the first does, one of one. */
    private static List<Role> members(String name) {
        Filter crew = new Filter("$share/crew/" + name + "load/#", 2);
        Filter shift = new Filter("$share/shift/" + name + "load/#", 1);
        Filter relay = new Filter("$share/relay/" + name + "load/+/0", 2);
        Filter solo = new Filter("$share/solo/" + name + "load/+/1", 2);
        return List.of(
                Role.subscriber(durable(name + "crew-1", V5).withReceiveMaximum(30), crew)
                        .oftenAway(0.05),
                Role.subscriber(durable(name + "crew-2", V5).withReceiveMaximum(60), crew)
                        .oftenSlow(0.2),
                Role.subscriber(durable(name + "crew-3", V5).withReceiveMaximum(90), crew)
                        .oftenAway(0.2),
                Role.subscriber(durable(name + "shift-1", V3_1_1).withHeldAcks(5), shift)
                        .oftenAway(0.3),
                Role.subscriber(
                                durable(name + "shift-2", V5)
                                        .withReceiveMaximum(20)
                                        .withHeldAcks(10),
                                shift)
                        .oftenEnding(0.2),
                Role.subscriber(
                                durable(name + "shift-3", V3_1_1)
                                        .withSessionExpiryS(0)
                                        .withHeldAcks(20),
                                shift)
                        .oftenAway(0.1),
                Role.subscriber(
                                durable(name + "shift-4", V5)
                                        .withSessionExpiryS(0)
                                        .withReceiveMaximum(10)
                                        .withHeldAcks(3),
                                shift)
                        .oftenAway(0.2)
                        .oftenSlow(0.1),
                Role.subscriber(durable(name + "relay-1", V5).withReceiveMaximum(50), relay)
                        .oftenAway(0.3),
                Role.subscriber(
                                durable(name + "relay-2", V5)
                                        .withReceiveMaximum(5)
                                        .withHeldAcks(3),
                                relay)
                        .oftenEnding(0.1)
                        .oftenAway(0.1),
                Role.subscriber(
                                durable(name + "relay-3", V5)
                                        .withSessionExpiryS(0)
                                        .withReceiveMaximum(4)
                                        .withHeldAcks(2),
                                relay)
                        .oftenAway(0.1),
                Role.subscriber(durable(name + "solo", V5).withReceiveMaximum(15), solo)
                        .oftenAway(0.1)
                        .oftenSlow(0.1));
    }

    /** One who comes while the run is under way, for the retained messages. */
    static Role latecomer(String name, int number) {
        Version version =
                switch (number % 3) {
                    case 0 -> V5;
                    case 1 -> V3_1_1;
                    default -> V3_1;
                };
        return Role.subscriber(durable(name + "late-" + number, version), new Filter(retained(name), 1 + number % 2));
    }

    /** Matches all retained messages of a run. */
    static String retained(String name) {
        return name + "ret/#";
    }

    private static String[] topics(String name, int publisher) {
        String parent = name + "load/" + publisher;
        return new String[] {parent + "/0", parent + "/1", parent + "/2"};
    }

    private static String[] retainedTopics(String name, int count) {
        String[] topics = new String[count];
        for (int i = 0; i < count; i++) {
            topics[i] = name + "ret/" + i % 3 + "/" + i;
        }
        return topics;
    }
}

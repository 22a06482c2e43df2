package io.perdure.tools.torture;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Who takes part: publishers and subscribers of both versions and QoS, one share group, one that retains. */
final class Roster {

    private static final double RETAINED_PER_SECOND = 40;
    private static final int SLOW = 8;
    private static final int MEMBERS = 2;
    private static final int WILL_WATCHERS = 2;

    private final Surroundings around;
    private final Names names;
    private final SplittableRandom random;
    private final boolean leavesNothing;
    private final List<Participant> publishers = new ArrayList<>();
    private final List<Participant> subscribers = new ArrayList<>();

    /** @param leavesNothing whether all end their sessions at the end */
    Roster(Surroundings around, Names names, SplittableRandom random, boolean leavesNothing) {
        this.around = around;
        this.names = names;
        this.random = random;
        this.leavesNothing = leavesNothing;
    }

    List<Participant> publishers() {
        return publishers;
    }

    List<Participant> subscribers() {
        return subscribers;
    }

    /** One of four kinds: of each version and QoS. */
    void addPublisher(int index, double perSecond) {
        MqttVersion version = index % 2 == 0 ? MqttVersion.V5 : MqttVersion.V3_1_1;
        int qos = index % 4 == 0 || index % 4 == 3 ? 1 : 2;
        int number = around.judge().addPublisher("publisher-" + index, qos, true);
        add(
                publishers,
                "publisher-" + index,
                version,
                0,
                publisher(number, List.of(names.stream(number)), qos, false, perSecond));
    }

    /** Publishes retained messages; returns its number. */
    int addRetainer() {
        int number = around.judge().addPublisher("retainer", 1, false);
        add(
                publishers,
                "retainer",
                MqttVersion.V5,
                0,
                publisher(number, names.retainedTopics(), 1, true, RETAINED_PER_SECOND));
        return number;
    }

    private Publisher publisher(int number, List<TopicName> topics, int qos, boolean retain, double perSecond) {
        return new Publisher(number, around, topics, qos, retain, perSecond, random.split());
    }

    /** One of six kinds: of each version and QoS, some slow to acknowledge, some away now and then. */
    void addSubscriber(int index) {
        int kind = index % 6;
        MqttVersion version = kind == 0 || kind == 2 || kind == 5 ? MqttVersion.V5 : MqttVersion.V3_1_1;
        int qos = kind == 0 || kind == 3 || kind == 4 ? 2 : 1;
        boolean slow = kind == 1 || kind == 3 || kind == 5;
        boolean comesAndGoes = kind == 2 || kind == 4 || kind == 5;
        boolean wills = index < WILL_WATCHERS;
        Receipts receipts = around.judge().addReceiver("subscriber-" + index, true, wills);
        List<String> filters =
                wills ? List.of(names.allStreams(), names.will().toString()) : List.of(names.allStreams());
        add(
                subscribers,
                "subscriber-" + index,
                version,
                slow ? SLOW : 0,
                new Subscriber(around, receipts, filters, qos, comesAndGoes, random.split()));
    }

    /** A share group at QoS 2; its members stay. */
    void addGroup() {
        Receipts receipts = around.judge().addReceiver("the share group", false, false);
        for (int member = 0; member < MEMBERS; member++) {
            add(
                    subscribers,
                    "member-" + member,
                    member % 2 == 0 ? MqttVersion.V5 : MqttVersion.V3_1_1,
                    0,
                    new Subscriber(around, receipts, List.of(names.sharedStreams()), 2, false, random.split()));
        }
    }

    private void add(List<Participant> to, String name, MqttVersion version, int heldAcks, Role role) {
        Client.Settings settings = new Client.Settings(names.client(name), version, true, heldAcks);
        to.add(new Participant(settings, role, around, leavesNothing));
    }
}

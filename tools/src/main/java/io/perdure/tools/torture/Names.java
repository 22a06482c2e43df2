package io.perdure.tools.torture;

import io.perdure.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.List;

/**
 * The Client Identifiers and topics of a run.
 *
 * @param run tells this run from others on the same broker; short, letters and digits
 */
record Names(String run) {

    /** How many topics have a retained message. */
    static final int RETAINED = 32;

    private String root() {
        return "perdure-torture/" + run + "/";
    }

    String client(String role) {
        return "torture-" + run + "-" + role;
    }

    TopicName stream(int publisher) {
        return TopicName.of(root() + "stream/" + publisher);
    }

    String allStreams() {
        return root() + "stream/+";
    }

    String sharedStreams() {
        return "$share/torture-" + run + "/" + allStreams();
    }

    TopicName will() {
        return TopicName.of(root() + "will");
    }

    TopicName retained(int topic) {
        return TopicName.of(root() + "retained/" + topic);
    }

    List<TopicName> retainedTopics() {
        List<TopicName> topics = new ArrayList<>();
        for (int topic = 0; topic < RETAINED; topic++) {
            topics.add(retained(topic));
        }
        return topics;
    }

    String allRetained() {
        return root() + "retained/+";
    }

    String marker(int life) {
        return root() + "marker/" + life;
    }
}

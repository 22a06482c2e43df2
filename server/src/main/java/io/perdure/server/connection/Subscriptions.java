package io.perdure.server.connection;

import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.session.Terms;
import io.perdure.protocol.topic.InvalidTopicFilterException;
import io.perdure.protocol.topic.InvalidTopicFilterException.Fault;
import io.perdure.protocol.topic.TopicFilter;
import io.perdure.storage.Command;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Subscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SUBSCRIBE and UNSUBSCRIBE of one client: into the ledger, and their answers when they are durable.
 *
 * <p>Owner: the connection's event loop; lives from CONNACK to the end of the connection. Bound: what is unanswered is part
 * of what {@link LedgerClient} counts.
 */
final class Subscriptions {

    private final Wire wire;
    private final LedgerClient ledger;
    private final SessionRef session;
    private final Terms terms;
    private final Counters counters;
    // one for each command in the ledger, in order
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();

    Subscriptions(Wire wire, LedgerClient ledger, SessionRef session, Terms terms, Counters counters) {
        this.wire = wire;
        this.ledger = ledger;
        this.session = session;
        this.terms = terms;
        this.counters = counters;
    }

    void subscribe(Subscribe subscribe) {
        List<SubscriptionRequest> requests = subscribe.requests();
        checkThatAnswerFits(requests.size());
        Answer answer = new Answer(requests.size());
        List<Subscription> granted = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            SubscriptionRequest request = requests.get(i);
            TopicFilter filter = parse(request.topicFilter(), answer, i);
            if (filter == null) {
                continue;
            }
            if (filter.isShared() && request.noLocal()) {
                throw new ProtocolViolation(
                        ReasonCode.PROTOCOL_ERROR, "No Local on a Shared Subscription"); // [MQTT-3.8.3-4]
            }
            int qos = Math.min(request.qos(), terms.limits().maximumQos());
            answer.codes[i] = ReasonCode.granted(qos);
            granted.add(new Subscription(
                    session,
                    filter.topicFilter(),
                    filter.shareName(),
                    qos,
                    request.noLocal() || (terms.bridge() && !filter.isShared()),
                    request.retainAsPublished() || terms.bridge(),
                    request.retainHandling(),
                    subscribe.subscriptionId()));
        }
        if (granted.isEmpty()) {
            answer(new SubAck(subscribe.packetId(), answer.complete(), reasonString(answer), List.of()));
        } else {
            answers.add(answer);
            ledger.open().add(new Command.Subscribe(subscribe.packetId(), granted));
        }
    }

    void unsubscribe(Unsubscribe unsubscribe) {
        List<String> filters = unsubscribe.topicFilters();
        checkThatAnswerFits(filters.size());
        Answer answer = new Answer(filters.size());
        List<String> valid = new ArrayList<>(filters.size());
        for (int i = 0; i < filters.size(); i++) {
            if (parse(filters.get(i), answer, i) != null) {
                valid.add(filters.get(i));
            }
        }
        if (valid.isEmpty()) {
            answer(new UnsubAck(unsubscribe.packetId(), answer.complete(), reasonString(answer), List.of()));
        } else {
            answers.add(answer);
            ledger.open().add(new Command.Unsubscribe(unsubscribe.packetId(), valid));
        }
    }

    /** Before anything is changed: an answer that the client does not take can't be sent [MQTT-3.1.2-24]. */
    private void checkThatAnswerFits(int filters) {
        int body = 3 + filters; // Packet Identifier, no properties, and a Reason Code for each
        if (Encoder.sizeBytes(body) > terms.sendMaximumPacketSizeBytes()) {
            throw new ProtocolViolation(
                    ReasonCode.PACKET_TOO_LARGE,
                    "more filters than fit into an answer of the client's Maximum Packet Size");
        }
    }

    /**
     * Null if the filter is not valid; then the answer has the Reason Code. Before 5.0 there is none, and the client goes;
     * but a ShareName means nothing there, so a wrong one only makes the subscription fail.
     */
    private @Nullable TopicFilter parse(String filter, Answer answer, int index) {
        try {
            return TopicFilter.of(filter);
        } catch (InvalidTopicFilterException e) {
            String reason = String.valueOf(e.getMessage());
            if (!terms.version().hasProperties() && e.fault() != Fault.SHARE) {
                throw new ProtocolViolation(ReasonCode.TOPIC_FILTER_INVALID, reason);
            }
            answer.codes[index] = ReasonCode.TOPIC_FILTER_INVALID;
            answer.reason = reason;
            return null;
        }
    }

    /** Subscriptions are durable and all loops route by them. */
    void completed(Command.Subscribe subscribe) {
        Answer answer = answers.removeFirst();
        int next = 0;
        for (int i = 0; i < answer.codes.length; i++) {
            if (!isError(answer.codes[i]) && subscribe.refused(next++)) {
                refused(answer, i);
            }
        }
        answer(new SubAck(subscribe.packetId(), answer.complete(), reasonString(answer), List.of()));
    }

    /** Subscriptions are gone durably. */
    void completed(Command.Unsubscribe unsubscribe) {
        Answer answer = answers.removeFirst();
        int next = 0;
        for (int i = 0; i < answer.codes.length; i++) {
            if (answer.codes[i] == null) {
                answer.codes[i] =
                        unsubscribe.existed()[next++] ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED;
            }
        }
        answer(new UnsubAck(unsubscribe.packetId(), answer.complete(), reasonString(answer), List.of()));
    }

    private static boolean isError(@Nullable ReasonCode code) {
        return code != null && code.isError();
    }

    /** For lack of space. 3.1 has no code for it. */
    private void refused(Answer answer, int index) {
        counters.addRefusedSubscription();
        if (terms.version() == MqttVersion.V3_1) {
            throw new ProtocolViolation(ReasonCode.QUOTA_EXCEEDED, "SUBSCRIBE refused, " + LastWords.NO_SPACE);
        }
        answer.codes[index] = ReasonCode.QUOTA_EXCEEDED;
        answer.reason = LastWords.NO_SPACE;
    }

    private @Nullable String reasonString(Answer answer) {
        return terms.problemInformation() ? answer.reason : null;
    }

    private void answer(Packet packet) {
        Encoder.encode(packet, terms.version(), wire.out(), terms.sendMaximumPacketSizeBytes());
    }

    /** The Reason Codes of an answer, as far as they are known. */
    private static final class Answer {
        private final @Nullable ReasonCode[] codes;
        private @Nullable String reason;

        Answer(int size) {
            codes = new @Nullable ReasonCode[size];
        }

        List<ReasonCode> complete() {
            return Arrays.stream(codes)
                    .map(code -> code == null ? ReasonCode.UNSPECIFIED_ERROR : code)
                    .toList();
        }
    }
}

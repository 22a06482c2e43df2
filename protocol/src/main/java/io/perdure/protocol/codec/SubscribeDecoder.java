package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.packet.UserProperty;
import java.util.ArrayList;
import java.util.List;

/** Decodes SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK [3.8] to [3.11]. */
final class SubscribeDecoder {

    private SubscribeDecoder() {}

    static Subscribe subscribe(WireReader in, MqttVersion version) {
        int packetId = in.readPacketId();
        int subscriptionId = 0;
        List<UserProperty> userProperties = List.of();
        if (version.hasProperties()) {
            in.beginProperties();
            while (in.hasProperty()) {
                if (in.readPropertyId(Properties.IN_SUBSCRIBE) == Properties.USER_PROPERTY) {
                    userProperties = in.readUserProperty(userProperties);
                } else if (subscriptionId == 0) {
                    subscriptionId = in.readSubscriptionId();
                } else {
                    throw in.protocolError("Subscription Identifier more than once");
                }
            }
        }
        if (in.remaining() == 0) {
            throw in.protocolError("SUBSCRIBE without a Topic Filter"); // [MQTT-3.8.3-2]
        }
        List<SubscriptionRequest> requests = new ArrayList<>();
        do {
            requests.add(request(in, version));
        } while (in.remaining() > 0);
        return new Subscribe(packetId, requests, subscriptionId, userProperties);
    }

    private static SubscriptionRequest request(WireReader in, MqttVersion version) {
        in.countElement();
        String topicFilter = in.readString();
        int options = in.readByte();
        int reserved = 0xC0;
        if (version == MqttVersion.V3_1) {
            options &= 3; // the others are not used
        } else if (version == MqttVersion.V3_1_1) {
            reserved = 0xFC;
        }
        int qos = options & 3;
        int retainHandling = options >> 4 & 3;
        if ((options & reserved) != 0 || (qos == 3 && !version.hasProperties())) {
            throw in.malformed("reserved bits of the Subscription Options are set"); // [MQTT-3.8.3-5]
        }
        if (qos == 3) {
            throw in.protocolError("Maximum QoS 3");
        }
        if (retainHandling == 3) {
            throw in.protocolError("Retain Handling 3");
        }
        return new SubscriptionRequest(topicFilter, qos, (options & 4) != 0, (options & 8) != 0, retainHandling);
    }

    static Unsubscribe unsubscribe(WireReader in, MqttVersion version) {
        int packetId = in.readPacketId();
        List<UserProperty> userProperties = List.of();
        if (version.hasProperties()) {
            in.beginProperties();
            while (in.hasProperty()) {
                in.readPropertyId(Properties.IN_UNSUBSCRIBE);
                userProperties = in.readUserProperty(userProperties);
            }
        }
        if (in.remaining() == 0) {
            throw in.protocolError("UNSUBSCRIBE without a Topic Filter"); // [MQTT-3.10.3-2]
        }
        List<String> topicFilters = new ArrayList<>();
        do {
            in.countElement();
            topicFilters.add(in.readString());
        } while (in.remaining() > 0);
        return new Unsubscribe(packetId, topicFilters, userProperties);
    }

    static SubAck subAck(WireReader in, MqttVersion version, Sender sender) {
        int packetId = in.readPacketId();
        AckProperties properties = AckProperties.read(in, version);
        List<ReasonCode> reasonCodes = ReasonCodes.readRest(in, PacketType.SUBACK, sender);
        if (!reasonCodes.stream().allMatch(r -> isReturnCode(r, version))) {
            throw in.malformed("return code that the version does not have in a SUBACK"); // [MQTT-3.9.3-2]
        }
        return new SubAck(packetId, reasonCodes, properties.reasonString(), properties.userProperties());
    }

    private static boolean isReturnCode(ReasonCode reasonCode, MqttVersion version) {
        return switch (version) {
            case V3_1 -> !reasonCode.isError();
            case V3_1_1 -> !reasonCode.isError() || reasonCode == ReasonCode.UNSPECIFIED_ERROR;
            case V5 -> true;
        };
    }

    static UnsubAck unsubAck(WireReader in, MqttVersion version, Sender sender) {
        int packetId = in.readPacketId();
        if (!version.hasProperties()) {
            in.expectEnd();
            return UnsubAck.of(packetId, List.of());
        }
        AckProperties properties = AckProperties.read(in, version);
        List<ReasonCode> reasonCodes = ReasonCodes.readRest(in, PacketType.UNSUBACK, sender);
        return new UnsubAck(packetId, reasonCodes, properties.reasonString(), properties.userProperties());
    }
}

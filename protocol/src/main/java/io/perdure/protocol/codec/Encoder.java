package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.packet.Acknowledgement;
import io.perdure.protocol.packet.Auth;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.packet.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts packets into a buffer. Stateless; any thread. */
public final class Encoder {

    /** How much of what is there for diagnostics goes into a packet, most first. */
    private enum Detail {
        ALL,
        REASON_STRING,
        NONE
    }

    private static final Detail[] DETAILS = Detail.values();

    private Encoder() {}

    /**
     * Appends a packet. Properties are left out in versions that have none, and where they say what their absence says.
     * If a packet is too large for the peer, its User Properties and then its Reason String are left out too, where the
     * specification wants that [MQTT-3.2.2-19], [MQTT-3.2.2-20], [MQTT-3.4.2-2], [MQTT-3.4.2-3], [MQTT-3.14.2-3],
     * [MQTT-3.14.2-4] and so on.
     *
     * @param maximumPacketSizeBytes what the peer takes; {@link Packet#LARGEST_BYTES} if it set no limit
     * @return false if the packet is larger even so, or can't be said in the version: an error in a CONNACK that 3.1.1
     *     lacks, an error in a PUBACK or PUBREC before 5.0 or in a SUBACK of 3.1, AUTH before 5.0. Nothing is written then
     * @throws IllegalArgumentException if a string or binary field has more than 65,535 bytes
     */
    public static boolean encode(Packet packet, MqttVersion version, ByteBuf out, long maximumPacketSizeBytes) {
        if (packet instanceof Publish publish) {
            return encodePublish(publish, version, out, maximumPacketSizeBytes);
        }
        if (!version.hasProperties() && !hasForm(packet, version)) {
            return false;
        }
        long limitBytes = Math.min(maximumPacketSizeBytes, Packet.LARGEST_BYTES);
        for (Detail detail : DETAILS) {
            WireWriter body = body(packet, version, detail);
            int sizeBytes = sizeBytes(body.size());
            if (sizeBytes <= limitBytes) {
                out.ensureWritable(sizeBytes);
                out.writeByte(FixedHeader.firstByte(packet.type()));
                PublishEncoder.writeVariableByteInteger(out, body.size());
                out.writeBytes(body.bytes(), 0, body.size());
                return true;
            }
        }
        return false;
    }

    /** The size of a whole packet of which that much follows the fixed header, 0 to 268,435,455 bytes. */
    public static int sizeBytes(int bodyBytes) {
        return 1 + VariableByteInteger.sizeBytes(bodyBytes) + bodyBytes;
    }

    /** Whether {@link #encode} would write the packet. */
    public static boolean fits(Packet packet, MqttVersion version, long maximumPacketSizeBytes) {
        ByteBuf out = Unpooled.buffer();
        return encode(packet, version, out, maximumPacketSizeBytes);
    }

    private static boolean encodePublish(
            Publish publish, MqttVersion version, ByteBuf out, long maximumPacketSizeBytes) {
        byte[] topic =
                publish.topic() == null ? Publish.NO_BYTES : publish.topic().utf8();
        long sizeBytes = PublishEncoder.sizeBytes(
                version,
                publish.qos(),
                topic,
                publish.topicAlias(),
                publish.messageExpiryS(),
                publish.subscriptionIds(),
                publish.properties(),
                publish.payload());
        if (sizeBytes > Math.min(maximumPacketSizeBytes, Packet.LARGEST_BYTES)) {
            return false;
        }
        PublishEncoder.encode(
                out,
                version,
                publish.dup(),
                publish.qos(),
                publish.retain(),
                topic,
                publish.topicAlias(),
                publish.packetId(),
                publish.messageExpiryS(),
                publish.subscriptionIds(),
                publish.properties(),
                publish.payload());
        return true;
    }

    /** Whether a version before 5.0 can say it. */
    private static boolean hasForm(Packet packet, MqttVersion version) {
        if (packet instanceof ConnAck connAck) {
            return connAck.reasonCode().connectReturnCode() >= 0;
        }
        if (packet instanceof PubAck pubAck) {
            return !pubAck.reasonCode().isError();
        }
        if (packet instanceof PubRec pubRec) {
            return !pubRec.reasonCode().isError();
        }
        if (packet instanceof SubAck subAck && version == MqttVersion.V3_1) {
            return subAck.reasonCodes().stream().noneMatch(ReasonCode::isError);
        }
        return !(packet instanceof Auth);
    }

    /** What follows the fixed header. */
    private static WireWriter body(Packet packet, MqttVersion version, Detail detail) {
        WireWriter out = new WireWriter();
        if (packet instanceof Acknowledgement ack) {
            acknowledgement(out, ack, version, detail);
        } else if (packet instanceof Connect connect) {
            ConnectEncoder.connect(out, connect);
        } else if (packet instanceof ConnAck connAck) {
            connAck(out, connAck, version, detail);
        } else if (packet instanceof Subscribe subscribe) {
            subscribe(out, subscribe, version);
        } else if (packet instanceof SubAck subAck) {
            subAck(out, subAck, version, detail);
        } else if (packet instanceof Unsubscribe unsubscribe) {
            unsubscribe(out, unsubscribe, version);
        } else if (packet instanceof UnsubAck unsubAck) {
            unsubAck(out, unsubAck, version, detail);
        } else if (packet instanceof Disconnect disconnect) {
            disconnect(out, disconnect, version, detail);
        } else if (packet instanceof Auth auth) {
            auth(out, auth, detail);
        } else if (!(packet instanceof PingReq || packet instanceof PingResp)) {
            throw new IllegalArgumentException(packet.type().name());
        }
        return out;
    }

    private static void acknowledgement(WireWriter out, Acknowledgement ack, MqttVersion version, Detail detail) {
        out.writeShort(ack.packetId());
        if (!version.hasProperties()) {
            return;
        }
        WireWriter properties = details(new WireWriter(), ack.reasonString(), ack.userProperties(), detail);
        if (properties.size() > 0 || ack.reasonCode() != ReasonCode.SUCCESS) {
            out.writeByte(ack.reasonCode().code());
        }
        if (properties.size() > 0) {
            out.writeProperties(properties);
        }
    }

    private static void connAck(WireWriter out, ConnAck connAck, MqttVersion version, Detail detail) {
        // 3.1 knows no Session Present: the byte is reserved
        out.writeByte(connAck.sessionPresent() && version != MqttVersion.V3_1 ? 1 : 0);
        if (!version.hasProperties()) {
            out.writeByte(connAck.reasonCode().connectReturnCode());
            return;
        }
        out.writeByte(connAck.reasonCode().code());
        WireWriter properties = ConnectEncoder.connAckProperties(connAck);
        out.writeProperties(details(properties, connAck.reasonString(), connAck.userProperties(), detail));
    }

    private static void subscribe(WireWriter out, Subscribe subscribe, MqttVersion version) {
        out.writeShort(subscribe.packetId());
        if (version.hasProperties()) {
            WireWriter properties = new WireWriter();
            if (subscribe.subscriptionId() != 0) {
                properties
                        .writeByte(Properties.SUBSCRIPTION_IDENTIFIER)
                        .writeVariableByteInteger(subscribe.subscriptionId());
            }
            out.writeProperties(properties.userProperties(subscribe.userProperties()));
        }
        for (SubscriptionRequest request : subscribe.requests()) {
            out.writeString(request.topicFilter());
            int options = request.qos();
            if (version.hasProperties()) {
                options |= (request.noLocal() ? 4 : 0) | (request.retainAsPublished() ? 8 : 0);
                options |= request.retainHandling() << 4;
            }
            out.writeByte(options);
        }
    }

    private static void subAck(WireWriter out, SubAck subAck, MqttVersion version, Detail detail) {
        out.writeShort(subAck.packetId());
        if (version.hasProperties()) {
            out.writeProperties(details(new WireWriter(), subAck.reasonString(), subAck.userProperties(), detail));
        }
        for (ReasonCode reasonCode : subAck.reasonCodes()) {
            boolean plain = version.hasProperties() || !reasonCode.isError();
            out.writeByte(plain ? reasonCode.code() : ReasonCode.UNSPECIFIED_ERROR.code());
        }
    }

    private static void unsubscribe(WireWriter out, Unsubscribe unsubscribe, MqttVersion version) {
        out.writeShort(unsubscribe.packetId());
        if (version.hasProperties()) {
            out.writeProperties(new WireWriter().userProperties(unsubscribe.userProperties()));
        }
        for (String topicFilter : unsubscribe.topicFilters()) {
            out.writeString(topicFilter);
        }
    }

    private static void unsubAck(WireWriter out, UnsubAck unsubAck, MqttVersion version, Detail detail) {
        out.writeShort(unsubAck.packetId());
        if (version.hasProperties()) {
            out.writeProperties(details(new WireWriter(), unsubAck.reasonString(), unsubAck.userProperties(), detail));
            for (ReasonCode reasonCode : unsubAck.reasonCodes()) {
                out.writeByte(reasonCode.code());
            }
        }
    }

    private static void disconnect(WireWriter out, Disconnect disconnect, MqttVersion version, Detail detail) {
        if (!version.hasProperties()) {
            return;
        }
        WireWriter properties = new WireWriter();
        if (disconnect.sessionExpiryS() >= 0) {
            properties.intProperty(Properties.SESSION_EXPIRY_INTERVAL, disconnect.sessionExpiryS());
        }
        properties.stringProperty(Properties.SERVER_REFERENCE, disconnect.serverReference());
        details(properties, disconnect.reasonString(), disconnect.userProperties(), detail);
        if (properties.size() > 0 || disconnect.reasonCode() != ReasonCode.SUCCESS) {
            out.writeByte(disconnect.reasonCode().code());
        }
        if (properties.size() > 0) {
            out.writeProperties(properties);
        }
    }

    private static void auth(WireWriter out, Auth auth, Detail detail) {
        WireWriter properties = new WireWriter()
                .stringProperty(Properties.AUTHENTICATION_METHOD, auth.authenticationMethod())
                .binaryProperty(Properties.AUTHENTICATION_DATA, auth.authenticationData());
        details(properties, auth.reasonString(), auth.userProperties(), detail);
        if (properties.size() > 0 || auth.reasonCode() != ReasonCode.SUCCESS) {
            out.writeByte(auth.reasonCode().code()).writeProperties(properties);
        }
    }

    private static WireWriter details(
            WireWriter properties, @Nullable String reasonString, List<UserProperty> userProperties, Detail detail) {
        if (detail != Detail.NONE) {
            properties.stringProperty(Properties.REASON_STRING, reasonString);
        }
        if (detail == Detail.ALL) {
            properties.userProperties(userProperties);
        }
        return properties;
    }
}

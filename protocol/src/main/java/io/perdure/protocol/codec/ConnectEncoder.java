package io.perdure.protocol.codec;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.Will;

/** Encodes CONNECT, and the properties of CONNACK. */
final class ConnectEncoder {

    private ConnectEncoder() {}

    /** Appends what follows the fixed header of a CONNECT. */
    static void connect(WireWriter out, Connect connect) {
        MqttVersion version = connect.version();
        Will will = connect.will();
        out.writeString(version == MqttVersion.V3_1 ? "MQIsdp" : "MQTT");
        out.writeByte(version.level() | (connect.bridge() ? 0x80 : 0));
        int flags = (connect.cleanStart() ? 0x02 : 0)
                | (connect.password() == null ? 0 : 0x40)
                | (connect.userName() == null ? 0 : 0x80);
        if (will != null) {
            flags |= 0x04 | will.qos() << 3 | (will.retain() ? 0x20 : 0);
        }
        out.writeByte(flags).writeShort(connect.keepAliveS());
        if (version.hasProperties()) {
            out.writeProperties(connectProperties(connect));
        }
        out.writeString(connect.clientId());
        if (will != null) {
            if (version.hasProperties()) {
                out.writeProperties(willProperties(will));
            }
            out.writeBinary(will.topic().utf8()).writeBinary(will.payload());
        }
        if (connect.userName() != null) {
            out.writeString(connect.userName());
        }
        if (connect.password() != null) {
            out.writeBinary(connect.password());
        }
    }

    private static WireWriter connectProperties(Connect connect) {
        WireWriter out = new WireWriter();
        if (connect.sessionExpiryS() != 0) {
            out.intProperty(Properties.SESSION_EXPIRY_INTERVAL, connect.sessionExpiryS());
        }
        limits(out, connect.receiveMaximum(), connect.maximumPacketSizeBytes(), connect.topicAliasMaximum());
        if (connect.requestResponseInformation()) {
            out.byteProperty(Properties.REQUEST_RESPONSE_INFORMATION, 1);
        }
        if (!connect.requestProblemInformation()) {
            out.byteProperty(Properties.REQUEST_PROBLEM_INFORMATION, 0);
        }
        return out.stringProperty(Properties.AUTHENTICATION_METHOD, connect.authenticationMethod())
                .binaryProperty(Properties.AUTHENTICATION_DATA, connect.authenticationData())
                .userProperties(connect.userProperties());
    }

    private static WireWriter willProperties(Will will) {
        WireWriter out = new WireWriter();
        if (will.delayS() != 0) {
            out.intProperty(Properties.WILL_DELAY_INTERVAL, will.delayS());
        }
        if (will.messageExpiryS() >= 0) {
            out.intProperty(Properties.MESSAGE_EXPIRY_INTERVAL, will.messageExpiryS());
        }
        return out.writeBytes(will.properties(), will.properties().length);
    }

    /** The properties of a CONNACK, without Reason String and User Properties. */
    static WireWriter connAckProperties(ConnAck connAck) {
        WireWriter out = new WireWriter();
        if (connAck.sessionExpiryS() >= 0) {
            out.intProperty(Properties.SESSION_EXPIRY_INTERVAL, connAck.sessionExpiryS());
        }
        limits(out, connAck.receiveMaximum(), connAck.maximumPacketSizeBytes(), connAck.topicAliasMaximum());
        if (connAck.maximumQos() < 2) {
            out.byteProperty(Properties.MAXIMUM_QOS, connAck.maximumQos());
        }
        unavailable(out, Properties.RETAIN_AVAILABLE, connAck.retainAvailable());
        unavailable(out, Properties.WILDCARD_SUBSCRIPTION_AVAILABLE, connAck.wildcardSubscriptionAvailable());
        unavailable(out, Properties.SUBSCRIPTION_IDENTIFIERS_AVAILABLE, connAck.subscriptionIdentifiersAvailable());
        unavailable(out, Properties.SHARED_SUBSCRIPTION_AVAILABLE, connAck.sharedSubscriptionAvailable());
        if (connAck.serverKeepAliveS() >= 0) {
            out.shortProperty(Properties.SERVER_KEEP_ALIVE, connAck.serverKeepAliveS());
        }
        return out.stringProperty(Properties.ASSIGNED_CLIENT_IDENTIFIER, connAck.assignedClientId())
                .stringProperty(Properties.RESPONSE_INFORMATION, connAck.responseInformation())
                .stringProperty(Properties.SERVER_REFERENCE, connAck.serverReference())
                .stringProperty(Properties.AUTHENTICATION_METHOD, connAck.authenticationMethod())
                .binaryProperty(Properties.AUTHENTICATION_DATA, connAck.authenticationData());
    }

    private static void limits(WireWriter out, int receiveMaximum, long maximumPacketSizeBytes, int topicAliasMaximum) {
        if (receiveMaximum != 65_535) {
            out.shortProperty(Properties.RECEIVE_MAXIMUM, receiveMaximum);
        }
        if (maximumPacketSizeBytes < Packet.LARGEST_BYTES) {
            out.intProperty(Properties.MAXIMUM_PACKET_SIZE, maximumPacketSizeBytes);
        }
        if (topicAliasMaximum != 0) {
            out.shortProperty(Properties.TOPIC_ALIAS_MAXIMUM, topicAliasMaximum);
        }
    }

    private static void unavailable(WireWriter out, int id, boolean available) {
        if (!available) {
            out.byteProperty(id, 0);
        }
    }
}

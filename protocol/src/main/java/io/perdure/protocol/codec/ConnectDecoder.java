package io.perdure.protocol.codec;

import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Decodes CONNECT [3.1]. */
final class ConnectDecoder {

    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int WILL_RETAIN = 0x20;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;
    private static final byte[] PROTOCOL_NAME = "MQTT".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROTOCOL_NAME_OF_3_1 = "MQIsdp".getBytes(StandardCharsets.US_ASCII);

    private final WireReader in;
    private final DecodeScratch scratch;
    private long sessionExpiryS;
    private int receiveMaximum = 65_535;
    private long maximumPacketSizeBytes = Packet.LARGEST_BYTES;
    private int topicAliasMaximum;
    private boolean requestResponseInformation;
    private boolean requestProblemInformation = true;
    private List<UserProperty> userProperties = List.of();
    private String authenticationMethod = "";
    private byte[] authenticationData = Publish.NO_BYTES;

    private ConnectDecoder(DecodeScratch scratch) {
        this.in = scratch.reader();
        this.scratch = scratch;
    }

    /** Decodes what the scratch's reader was set to. */
    static Connect decode(DecodeScratch scratch) {
        return new ConnectDecoder(scratch).decode();
    }

    private Connect decode() {
        MqttVersion version = readVersion();
        int flags = in.readByte();
        checkFlags(flags, version);
        int keepAliveS = in.readShort();
        in.clearProperties();
        if (version.hasProperties()) {
            readProperties();
        }
        boolean hasMethod = in.sawProperty(Properties.AUTHENTICATION_METHOD);
        boolean hasData = in.sawProperty(Properties.AUTHENTICATION_DATA);
        String clientId = in.readString();
        Will will = (flags & WILL) == 0 ? null : readWill(flags, version);
        String userName = (flags & USER_NAME) == 0 ? null : in.readString();
        byte[] password = (flags & PASSWORD) == 0 ? null : in.readBinary();
        in.expectEnd();
        return new Connect(
                version,
                clientId,
                (flags & CLEAN_START) != 0,
                keepAliveS,
                userName,
                password,
                will,
                sessionExpiryS,
                receiveMaximum,
                maximumPacketSizeBytes,
                topicAliasMaximum,
                requestResponseInformation,
                requestProblemInformation,
                userProperties,
                hasMethod ? authenticationMethod : null,
                hasData ? authenticationData : null);
    }

    private MqttVersion readVersion() {
        byte[] name = in.readBinary();
        boolean known = Arrays.equals(name, PROTOCOL_NAME);
        if (!known && !Arrays.equals(name, PROTOCOL_NAME_OF_3_1)) {
            throw in.refused(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "not MQTT"); // [MQTT-3.1.2-1]
        }
        int level = in.readByte();
        if (known && level == MqttVersion.V5.level()) {
            in.setVersion(MqttVersion.V5);
            return MqttVersion.V5;
        }
        if (known && level == MqttVersion.V3_1_1.level()) {
            in.setVersion(MqttVersion.V3_1_1);
            return MqttVersion.V3_1_1;
        }
        // 3.1 is refused too; a client that is newer than this understands a CONNACK of 5.0 at best [MQTT-3.1.2-2]
        in.setVersion(level > MqttVersion.V5.level() ? MqttVersion.V5 : MqttVersion.V3_1_1);
        throw in.refused(
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "protocol level " + level + "; 4 and 5 are supported");
    }

    private void checkFlags(int flags, MqttVersion version) {
        if ((flags & 1) != 0) {
            throw in.malformed("reserved flag of CONNECT is set"); // [MQTT-3.1.2-3]
        }
        int willQos = flags >> 3 & 3;
        if (willQos == 3) {
            throw in.malformed("Will QoS 3"); // [MQTT-3.1.2-12]
        }
        if ((flags & WILL) == 0 && (willQos != 0 || (flags & WILL_RETAIN) != 0)) {
            throw in.malformed("Will QoS or Will Retain without a Will"); // [MQTT-3.1.2-11], [MQTT-3.1.2-13]
        }
        if (!version.hasProperties() && (flags & PASSWORD) != 0 && (flags & USER_NAME) == 0) {
            throw in.malformed("Password without a User Name"); // [MQTT-3.1.2-22] of 3.1.1
        }
    }

    private void readProperties() {
        int endOfProperties = in.beginProperties();
        while (in.hasProperty(endOfProperties)) {
            int id = in.readPropertyId(Properties.IN_CONNECT);
            switch (id) {
                case Properties.SESSION_EXPIRY_INTERVAL -> sessionExpiryS = in.readInt();
                case Properties.RECEIVE_MAXIMUM -> receiveMaximum = in.readNonZeroShort(id);
                case Properties.MAXIMUM_PACKET_SIZE ->
                    maximumPacketSizeBytes = Math.min(in.readNonZeroInt(id), Packet.LARGEST_BYTES);
                case Properties.TOPIC_ALIAS_MAXIMUM -> topicAliasMaximum = in.readShort();
                case Properties.REQUEST_RESPONSE_INFORMATION -> requestResponseInformation = in.readBoolean(id);
                case Properties.REQUEST_PROBLEM_INFORMATION -> requestProblemInformation = in.readBoolean(id);
                case Properties.USER_PROPERTY -> userProperties = in.readUserProperty(userProperties);
                case Properties.AUTHENTICATION_METHOD -> authenticationMethod = in.readString();
                case Properties.AUTHENTICATION_DATA -> authenticationData = in.readBinary();
                default -> throw new IllegalStateException("property " + id);
            }
        }
        if (in.sawProperty(Properties.AUTHENTICATION_DATA) && !in.sawProperty(Properties.AUTHENTICATION_METHOD)) {
            throw in.protocolError("Authentication Data without an Authentication Method");
        }
    }

    private Will readWill(int flags, MqttVersion version) {
        MessageProperties properties = scratch.messageProperties();
        if (version.hasProperties()) {
            properties.read(in, Properties.IN_WILL);
        } else {
            properties.clear();
        }
        TopicName topic = in.readTopicName(scratch.topicNames());
        byte[] payload = in.readBinary();
        return new Will(
                topic,
                payload,
                properties.forwarded(),
                flags >> 3 & 3,
                (flags & WILL_RETAIN) != 0,
                properties.willDelayS(),
                properties.messageExpiryS());
    }
}

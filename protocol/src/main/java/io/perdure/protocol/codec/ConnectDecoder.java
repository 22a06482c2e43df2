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
import org.jspecify.annotations.Nullable;

/** Decodes CONNECT [3.1]. */
final class ConnectDecoder {

    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int WILL_RETAIN = 0x20;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;
    private static final int BRIDGE = 0x80;
    private static final MqttVersion[] VERSIONS = MqttVersion.values();
    private static final byte[] PROTOCOL_NAME = "MQTT".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PROTOCOL_NAME_OF_3_1 = "MQIsdp".getBytes(StandardCharsets.US_ASCII);

    private final WireReader in;
    private final DecodeScratch scratch;
    private boolean bridge;
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
        ConnectDecoder decoder = new ConnectDecoder(scratch);
        try {
            return decoder.decode();
        } catch (DecodeException e) {
            throw e.of(decoder.maximumPacketSizeBytes);
        }
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
        String userName = isThere(flags & USER_NAME, version) ? in.readString() : null;
        byte[] password = isThere(flags & PASSWORD, version) ? in.readBinary() : null;
        in.expectEnd();
        return new Connect(
                version,
                bridge,
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
        boolean nameOf31 = Arrays.equals(name, PROTOCOL_NAME_OF_3_1);
        if (!nameOf31 && !Arrays.equals(name, PROTOCOL_NAME)) {
            if (in.remaining() > 0 && (in.readByte() & ~BRIDGE) >= MqttVersion.V5.level()) {
                in.setVersion(
                        MqttVersion.V5); // which has an answer for it; what an older client makes of one is not known
            }
            throw in.refused(ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "not MQTT"); // [MQTT-3.1.2-1]
        }
        int levelByte = in.readByte();
        int level = levelByte & ~BRIDGE;
        bridge = level != levelByte;
        MqttVersion version = versionOf(nameOf31, level);
        if (version != null && !(bridge && version == MqttVersion.V5)) {
            in.setVersion(version);
            return version;
        }
        // a client that is newer than this understands a CONNACK of 5.0 at best [MQTT-3.1.2-2]; in 3.1 and 3.1.1 a
        // CONNACK that refuses is the same
        in.setVersion(!nameOf31 && level >= MqttVersion.V5.level() ? MqttVersion.V5 : MqttVersion.V3_1_1);
        throw in.refused(
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                (nameOf31 ? "MQIsdp" : "MQTT") + " with protocol level " + levelByte
                        + "; MQIsdp with 3, MQTT with 4 and 5 are supported");
    }

    private static @Nullable MqttVersion versionOf(boolean nameOf31, int level) {
        for (MqttVersion version : VERSIONS) {
            if (version.level() == level && nameOf31 == (version == MqttVersion.V3_1)) {
                return version;
            }
        }
        return null;
    }

    /**
     * Whether a field is there that its flag announces. In 3.1 the Remaining Length takes precedence over the flags of
     * User Name and Password: clients of the version before it set them without the fields.
     */
    private boolean isThere(int flag, MqttVersion version) {
        return flag != 0 && (version != MqttVersion.V3_1 || in.remaining() > 0);
    }

    private void checkFlags(int flags, MqttVersion version) {
        // in 3.1 bit 0 is not used, and what the bits of a Will say without a Will is disregarded
        boolean strict = version != MqttVersion.V3_1;
        if (strict && (flags & 1) != 0) {
            throw in.malformed("reserved flag of CONNECT is set"); // [MQTT-3.1.2-3]
        }
        boolean will = (flags & WILL) != 0;
        int willQos = flags >> 3 & 3;
        if ((will || strict) && willQos == 3) {
            throw in.malformed("Will QoS 3"); // [MQTT-3.1.2-12]
        }
        if (strict && !will && (willQos != 0 || (flags & WILL_RETAIN) != 0)) {
            throw in.malformed("Will QoS or Will Retain without a Will"); // [MQTT-3.1.2-11], [MQTT-3.1.2-13]
        }
        if (!version.hasProperties() && (flags & PASSWORD) != 0 && (flags & USER_NAME) == 0) {
            throw in.malformed("Password without a User Name"); // [MQTT-3.1.2-22] of 3.1.1; not valid in 3.1
        }
    }

    private void readProperties() {
        in.beginProperties();
        while (in.hasProperty()) {
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
            properties.read(in, Properties.IN_WILL, true);
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

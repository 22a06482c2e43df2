package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;

import java.nio.charset.StandardCharsets;

/** Builds a CONNECT. What is not set is left out; a clean start is asked for. */
final class ConnectPacket {

    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;

    private final Protocol version;
    private final String clientId;
    private int flags = CLEAN_START;
    private boolean bridge;
    private int keepAliveS;
    private byte[] properties = new byte[0];
    private byte[] willProperties = new byte[0];
    private byte[] will = new byte[0];
    private byte[] credentials = new byte[0];

    ConnectPacket(Protocol version, String clientId) {
        this.version = version;
        this.clientId = clientId;
    }

    /** Without a clean start. */
    ConnectPacket resume() {
        flags &= ~CLEAN_START;
        return this;
    }

    /** As bridges of Mosquitto's kind connect in 3.1.1: with the highest bit of the level set. */
    ConnectPacket bridge() {
        bridge = true;
        return this;
    }

    ConnectPacket keepAlive(int seconds) {
        keepAliveS = seconds;
        return this;
    }

    /** Only in 5.0; each as the functions of {@link Bytes} make it. */
    ConnectPacket properties(byte[]... all) {
        properties = join(all);
        return this;
    }

    /** Asks for a session that outlives the connection by as much as is allowed, without a clean start. */
    ConnectPacket durable() {
        if (version == Protocol.MQTT_5) {
            properties = join(properties, Bytes.property32(Property.SESSION_EXPIRY, 0xFFFF_FFFFL));
        }
        return resume();
    }

    ConnectPacket will(String topic, String payload, int qos, boolean retain, byte[]... itsProperties) {
        flags |= WILL | qos << 3 | (retain ? 0x20 : 0);
        willProperties = join(itsProperties);
        will = join(text(topic), binary(payload.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    ConnectPacket userName(String name) {
        flags |= USER_NAME;
        credentials = join(text(name), credentials);
        return this;
    }

    /** To be called after {@link #userName}. */
    ConnectPacket password(String password) {
        flags |= PASSWORD;
        credentials = join(credentials, text(password));
        return this;
    }

    /** Sets further Connect Flags, whether that makes sense or not. */
    ConnectPacket flags(int more) {
        flags |= more;
        return this;
    }

    byte[] bytes() {
        boolean five = version == Protocol.MQTT_5;
        boolean hasWill = (flags & WILL) != 0;
        return packet(
                0x10,
                text("MQTT"),
                u8(bridge ? version.level | 0x80 : version.level),
                u8(flags),
                u16(keepAliveS),
                five ? Bytes.properties(properties) : new byte[0],
                text(clientId),
                five && hasWill ? Bytes.properties(willProperties) : new byte[0],
                will,
                credentials);
    }
}

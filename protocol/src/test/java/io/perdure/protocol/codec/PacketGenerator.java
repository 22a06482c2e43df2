package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Auth;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.PublishProperties;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes valid packets of all kinds from a seed. */
@SuppressWarnings("NullAway") // javac 17 does not read the annotations of nullable arrays from class files
final class PacketGenerator {

    static final List<PacketType> OF_CLIENT = List.of(
            PacketType.CONNECT,
            PacketType.PUBLISH,
            PacketType.PUBACK,
            PacketType.PUBREC,
            PacketType.PUBREL,
            PacketType.PUBCOMP,
            PacketType.SUBSCRIBE,
            PacketType.UNSUBSCRIBE,
            PacketType.PINGREQ,
            PacketType.DISCONNECT,
            PacketType.AUTH);
    static final List<PacketType> OF_SERVER = List.of(
            PacketType.CONNACK,
            PacketType.PUBLISH,
            PacketType.PUBACK,
            PacketType.PUBREC,
            PacketType.PUBREL,
            PacketType.PUBCOMP,
            PacketType.SUBACK,
            PacketType.UNSUBACK,
            PacketType.PINGRESP,
            PacketType.DISCONNECT,
            PacketType.AUTH);

    private static final String[] CHARACTERS = {"a", "/", "Z", "$", " ", "ä", "€", "\uD83D\uDE00", "\uFEFF", "\u0001"};

    private final Random random;
    private final MqttVersion version;
    private final Sender sender;
    private final boolean v5;
    private final boolean v31;

    PacketGenerator(Random random, MqttVersion version, Sender sender) {
        this.random = random;
        this.version = version;
        this.sender = sender;
        this.v5 = version == MqttVersion.V5;
        this.v31 = version == MqttVersion.V3_1;
    }

    /** The packets that the sender may send in the version. */
    List<PacketType> types() {
        return (sender == Sender.CLIENT ? OF_CLIENT : OF_SERVER)
                .stream()
                        .filter(t -> v5
                                || (t != PacketType.AUTH && !(t == PacketType.DISCONNECT && sender == Sender.SERVER)))
                        .toList();
    }

    Packet next() {
        return next(types().get(random.nextInt(types().size())));
    }

    /** Any but the first of a connection. */
    Packet nextWithinConnection() {
        Packet packet;
        do {
            packet = next();
        } while (packet instanceof Connect);
        return packet;
    }

    Packet next(PacketType type) {
        return switch (type) {
            case CONNECT -> connect();
            case CONNACK -> connAck();
            case PUBLISH -> publish();
            case PUBACK -> new PubAck(packetId(), reasonCode(type), detail(), userProperties());
            case PUBREC -> new PubRec(packetId(), reasonCode(type), detail(), userProperties());
            case PUBREL -> new PubRel(packetId(), reasonCode(type), detail(), userProperties());
            case PUBCOMP -> new PubComp(packetId(), reasonCode(type), detail(), userProperties());
            case SUBSCRIBE -> subscribe();
            case SUBACK -> new SubAck(packetId(), subAckCodes(), detail(), userProperties());
            case UNSUBSCRIBE ->
                new Unsubscribe(
                        packetId(),
                        Stream.generate(this::string).limit(atLeastOne(5)).toList(),
                        userProperties());
            case UNSUBACK ->
                new UnsubAck(
                        packetId(),
                        v5
                                ? Stream.generate(() -> reasonCode(type))
                                        .limit(atLeastOne(5))
                                        .toList()
                                : List.of(),
                        detail(),
                        userProperties());
            case PINGREQ -> PingReq.INSTANCE;
            case PINGRESP -> PingResp.INSTANCE;
            case DISCONNECT ->
                new Disconnect(
                        reasonCode(type),
                        v5 && sender == Sender.CLIENT && random.nextBoolean() ? uint32() : -1,
                        detail(),
                        userProperties(),
                        sender == Sender.SERVER ? detail() : null);
            case AUTH -> {
                if (sender == Sender.SERVER && random.nextInt(8) == 0) {
                    yield new Auth(ReasonCode.SUCCESS, null, null, null, List.of());
                }
                yield new Auth(
                        reasonCode(type),
                        string(),
                        random.nextBoolean() ? bytes(40) : null,
                        detail(),
                        userProperties());
            }
        };
    }

    private Connect connect() {
        boolean withUser = random.nextBoolean();
        Connect.Builder builder = Connect.builder(version, clientId())
                .cleanStart(random.nextBoolean())
                .keepAliveS(random.nextInt(65_536))
                .userName(withUser ? string() : null)
                .password((withUser || v5) && random.nextBoolean() ? bytes(30) : null)
                .will(random.nextBoolean() ? will() : null);
        if (!v5) {
            return builder.build();
        }
        String method = detail();
        return builder.sessionExpiryS(random.nextBoolean() ? uint32() : 0)
                .receiveMaximum(random.nextBoolean() ? 1 + random.nextInt(65_535) : 65_535)
                .maximumPacketSizeBytes(random.nextBoolean() ? 1 + random.nextInt(268_435_459) : Packet.LARGEST_BYTES)
                .topicAliasMaximum(random.nextBoolean() ? random.nextInt(65_536) : 0)
                .requestResponseInformation(random.nextBoolean())
                .requestProblemInformation(random.nextBoolean())
                .userProperties(userProperties())
                .authentication(method, method != null && random.nextBoolean() ? bytes(30) : null)
                .build();
    }

    /** Of the length that 3.1 allows, if it is for that. */
    private String clientId() {
        if (v31) {
            return "ä" + random.nextInt();
        }
        return random.nextInt(5) == 0 ? "" : string();
    }

    private ConnAck connAck() {
        ReasonCode reasonCode;
        do {
            reasonCode = v5 ? reasonCodeV5(PacketType.CONNACK) : ReasonCode.of(random.nextInt(0x90));
        } while (reasonCode == null || (!v5 && !isFirstOfItsReturnCode(reasonCode)));
        boolean present = !v31 && !reasonCode.isError() && random.nextBoolean();
        ConnAck.Builder builder = ConnAck.builder(present, reasonCode);
        if (!v5) {
            return builder.build();
        }
        String method = detail();
        return builder.sessionExpiryS(random.nextBoolean() ? uint32() : -1)
                .receiveMaximum(random.nextBoolean() ? 1 + random.nextInt(65_535) : 65_535)
                .maximumQos(random.nextInt(3))
                .retainAvailable(random.nextBoolean())
                .maximumPacketSizeBytes(random.nextBoolean() ? 1 + random.nextInt(268_435_459) : Packet.LARGEST_BYTES)
                .assignedClientId(detail())
                .topicAliasMaximum(random.nextBoolean() ? random.nextInt(65_536) : 0)
                .reasonString(detail())
                .userProperties(userProperties())
                .wildcardSubscriptionAvailable(random.nextBoolean())
                .subscriptionIdentifiersAvailable(random.nextBoolean())
                .sharedSubscriptionAvailable(random.nextBoolean())
                .serverKeepAliveS(random.nextBoolean() ? random.nextInt(65_536) : -1)
                .responseInformation(detail())
                .serverReference(detail())
                .authentication(method, method != null && random.nextBoolean() ? bytes(30) : null)
                .build();
    }

    private static boolean isFirstOfItsReturnCode(ReasonCode reasonCode) {
        return switch (reasonCode) {
            case SUCCESS,
                    UNSUPPORTED_PROTOCOL_VERSION,
                    CLIENT_IDENTIFIER_NOT_VALID,
                    SERVER_UNAVAILABLE,
                    BAD_USER_NAME_OR_PASSWORD,
                    NOT_AUTHORIZED -> true;
            default -> false;
        };
    }

    private Publish publish() {
        int qos = random.nextInt(3);
        int alias = v5 && random.nextInt(3) == 0 ? 1 + random.nextInt(65_535) : 0;
        int[] ids = v5 && sender == Sender.SERVER && random.nextInt(3) == 0
                ? random.ints(atLeastOne(4), 1, 268_435_456).toArray()
                : Publish.NO_IDS;
        return new Publish(
                qos > 0 && random.nextBoolean(),
                qos,
                random.nextBoolean(),
                alias != 0 && random.nextBoolean() ? null : topicName(),
                qos == 0 ? 0 : packetId(),
                v5 && random.nextInt(3) == 0 ? uint32() : -1,
                alias,
                ids,
                v5 ? publishProperties().encode() : Publish.NO_BYTES,
                bytes(random.nextInt(20) == 0 ? 10_000 : 200));
    }

    private Will will() {
        return new Will(
                topicName(),
                bytes(100),
                v5 ? publishProperties().encode() : Publish.NO_BYTES,
                random.nextInt(3),
                random.nextBoolean(),
                v5 && random.nextBoolean() ? uint32() : 0,
                v5 && random.nextBoolean() ? uint32() : -1);
    }

    PublishProperties publishProperties() {
        return new PublishProperties(
                random.nextInt(3) - 1,
                detail(),
                random.nextInt(3) == 0 ? topicName().toString() : null,
                random.nextInt(3) == 0 ? bytes(40) : null,
                userProperties());
    }

    private Subscribe subscribe() {
        List<SubscriptionRequest> requests = new ArrayList<>();
        for (int i = atLeastOne(5); i > 0; i--) {
            requests.add(new SubscriptionRequest(
                    string(),
                    random.nextInt(3),
                    v5 && random.nextBoolean(),
                    v5 && random.nextBoolean(),
                    v5 ? random.nextInt(3) : 0));
        }
        int id = v5 && random.nextBoolean() ? 1 + random.nextInt(268_435_455) : 0;
        return new Subscribe(packetId(), requests, id, userProperties());
    }

    private List<ReasonCode> subAckCodes() {
        return Stream.generate(() -> v5
                        ? reasonCodeV5(PacketType.SUBACK)
                        : !v31 && random.nextInt(4) == 3
                                ? ReasonCode.UNSPECIFIED_ERROR
                                : ReasonCode.granted(random.nextInt(3)))
                .limit(atLeastOne(5))
                .toList();
    }

    private ReasonCode reasonCode(PacketType type) {
        return v5 ? reasonCodeV5(type) : ReasonCode.SUCCESS;
    }

    private ReasonCode reasonCodeV5(PacketType type) {
        List<ReasonCode> valid = Arrays.stream(ReasonCode.values())
                .filter(r -> sender == Sender.CLIENT ? r.validFromClient(type) : r.validFromServer(type))
                .toList();
        return valid.get(random.nextInt(valid.size()));
    }

    private List<UserProperty> userProperties() {
        if (!v5 || random.nextInt(3) != 0) {
            return List.of();
        }
        return Stream.generate(() -> new UserProperty(text(), text()))
                .limit(atLeastOne(4))
                .toList();
    }

    private @Nullable String detail() {
        return v5 && random.nextInt(3) == 0 ? text() : null;
    }

    /** A string that may be empty, and now and then is as long as can be. */
    private String text() {
        return switch (random.nextInt(300)) {
            case 0 -> "x".repeat(65_535);
            case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> "";
            default -> string();
        };
    }

    TopicName topicName() {
        return TopicName.of(string());
    }

    private String string() {
        StringBuilder result = new StringBuilder();
        for (int i = atLeastOne(random.nextInt(20) == 0 ? 300 : 12); i > 0; i--) {
            result.append(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return result.toString();
    }

    private byte[] bytes(int maximum) {
        byte[] result = new byte[random.nextInt(maximum + 1)];
        random.nextBytes(result);
        return result;
    }

    private long uint32() {
        return random.nextInt() & 0xFFFF_FFFFL;
    }

    private int packetId() {
        return 1 + random.nextInt(65_535);
    }

    private int atLeastOne(int maximum) {
        return 1 + random.nextInt(maximum);
    }
}

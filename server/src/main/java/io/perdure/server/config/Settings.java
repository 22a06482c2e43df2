package io.perdure.server.config;

import io.perdure.storage.Durability;
import io.perdure.storage.RecoveryPolicy;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.SpaceLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The table of all keys: the file, the environment, the command line, {@code config show} and the test of the example
 * file are driven by it.
 */
final class Settings {

    private static final long LARGEST_SPACE_BYTES = 1L << 50;

    // filled while this class is initialised, by the rows below
    private static final List<Setting<?>> TABLE = new ArrayList<>();

    static final Setting<Path> DATA = add(
            "data",
            new PathType(),
            "./data",
            "The directory of the store; made if it is not there.",
            BrokerConfig::dataDirectory);

    static final Setting<List<Listener>> LISTEN = add(
            "listen",
            new ListenersType(),
            "mqtt://127.0.0.1:1883",
            "Where connections are accepted: one address, or a list.",
            BrokerConfig::listeners);

    static final Setting<Durability> DURABILITY = add(
            "durability",
            new OneOf<>(List.of(Durability.values())),
            "fsync",
            "What an acknowledgement survives: fsync the loss of power, os the death of the process.",
            BrokerConfig::durability);

    static final Setting<RecoveryPolicy> RECOVERY = add(
            "recovery",
            new OneOf<>(List.of(RecoveryPolicy.values())),
            "strict",
            "What a start does with a damaged store: strict refuses, quarantine sets the damaged part aside and serves the"
                    + " rest.",
            BrokerConfig::recovery);

    static final Setting<Long> EVENT_LOOP_THREADS = add(
            "event-loop-threads",
            Quantity.count(0, 256),
            "0",
            "Threads that serve connections; 0: one per processor.",
            c -> (long) c.eventLoopThreads());

    static final Setting<Long> WILL_GRACE = add(
            "will-grace",
            Quantity.durationMs(0, 86_400_000),
            "10s",
            "How long clients that were connected when the broker stopped may take to come back after a start, on top of"
                    + " their Will Delay Interval, before their Wills are published.",
            BrokerConfig::willGraceMs);

    static final Setting<ShareStrategy> SHARED_STRATEGY = add(
            "shared.strategy",
            new OneOf<>(List.of(ShareStrategy.values())),
            "round-robin",
            "Which member of a Shared Subscription gets a message: the next in turn, the one with the fewest unacknowledged"
                    + " messages, or the same for all messages of a publisher.",
            BrokerConfig::shareStrategy);

    static final Setting<Long> DISK_WARN = add(
            "disk.warn-below",
            Quantity.size(0, LARGEST_SPACE_BYTES, "auto", SpaceLimits.AUTO),
            "auto",
            "Free disk space below which the broker warns; auto: 15 % of the file system, 4 GiB at most.",
            c -> c.spaceLimits().warnBytes());

    static final Setting<Long> DISK_REFUSE_NEW = add(
            "disk.refuse-new-below",
            Quantity.size(0, LARGEST_SPACE_BYTES, "auto", SpaceLimits.AUTO),
            "auto",
            "Free disk space below which new sessions and retained messages are refused; auto: 10 %, 2 GiB at most.",
            c -> c.spaceLimits().refuseNewBytes());

    static final Setting<Long> DISK_REFUSE_PUBLISH = add(
            "disk.refuse-publish-below",
            Quantity.size(0, LARGEST_SPACE_BYTES, "auto", SpaceLimits.AUTO),
            "auto",
            "Free disk space below which QoS 1 and 2 messages are refused; auto: 8 %, 1.5 GiB at most.",
            c -> c.spaceLimits().refusePublishBytes());

    static final Setting<Long> DISK_DRAIN_ONLY = add(
            "disk.drain-only-below",
            Quantity.size(0, LARGEST_SPACE_BYTES, "auto", SpaceLimits.AUTO),
            "auto",
            "Free disk space below which only what is stored is delivered; auto: 6 %, 1 GiB at most.",
            c -> c.spaceLimits().drainOnlyBytes());

    static final Setting<Long> DISK_BALLAST = add(
            "disk.ballast",
            Quantity.size(0, LARGEST_SPACE_BYTES, "auto", SpaceLimits.AUTO),
            "auto",
            "Size of a file that is given up when next to no disk space is left, so that consumers can go on; auto: 1 %, 64 MiB at most; 0: none.",
            c -> c.spaceLimits().ballastBytes());

    static final Setting<Long> MAXIMUM_PACKET_SIZE = add(
            "limits.maximum-packet-size",
            Quantity.size(1024, 268_435_460),
            "16MiB",
            "The largest MQTT packet that is accepted; a larger one is refused from its header.",
            c -> (long) c.limits().maximumPacketSizeBytes());

    static final Setting<Long> RECEIVE_MAXIMUM = add(
            "limits.receive-maximum",
            Quantity.count(1, 65_535),
            "1024",
            "QoS 1 and 2 messages of one client that may be unacknowledged at a time (MQTT 5.0).",
            c -> (long) c.limits().receiveMaximum());

    static final Setting<Long> TOPIC_ALIAS_MAXIMUM = add(
            "limits.topic-alias-maximum",
            Quantity.count(0, 65_535),
            "64",
            "Topic aliases that a client may set up (MQTT 5.0); 0: none.",
            c -> (long) c.limits().topicAliasMaximum());

    static final Setting<Long> SESSION_EXPIRY_MAXIMUM = add(
            "limits.session-expiry-maximum",
            Quantity.durationS(0, 49_710L * 86_400, "never", Limits.NEVER_S),
            "never",
            "How long after its connection a session is kept at most; never: as long as its client asked for.",
            c -> c.limits().sessionExpiryMaximumS());

    static final Setting<Long> KEEP_ALIVE_MAXIMUM = add(
            "limits.keep-alive-maximum",
            Quantity.durationS(1, 65_535, "unlimited", 0),
            "unlimited",
            "The longest keep alive that a client may have (MQTT 5.0 clients are told); unlimited: also none at all.",
            c -> (long) c.limits().keepAliveMaximumS());

    static final Setting<Long> MQTT31_CLIENT_ID_MAXIMUM = add(
            "limits.mqtt31-client-id-maximum",
            Quantity.count(23, 65_535),
            "65535",
            "Characters that the Client Identifier of an MQTT 3.1 client may have. The specification says 23, and many"
                    + " devices do not keep to it.",
            c -> (long) c.limits().mqtt31ClientIdMaximum());

    static final Setting<Long> MAXIMUM_CONNECTIONS = add(
            "limits.maximum-connections",
            Quantity.count(1, 10_000_000),
            "100000",
            "Network connections at a time; a further one is refused (CONNACK 0x97, 0x03 before MQTT 5.0) or closed at"
                    + " once.",
            c -> (long) c.limits().maximumConnections());

    static final Setting<Long> CONNECT_TIMEOUT = add(
            "limits.connect-timeout",
            Quantity.durationMs(100, 600_000),
            "10s",
            "How long a new connection may take to send its CONNECT packet.",
            c -> (long) c.limits().connectTimeoutMs());

    static final Setting<Long> SEND_BUFFER = add(
            "limits.send-buffer",
            Quantity.size(4096, 64 << 20),
            "256KiB",
            "What may wait in a connection's socket buffer before sending to it pauses.",
            c -> (long) c.limits().sendBufferBytes());

    static final Setting<Long> DELIVERY_BUFFER = add(
            "limits.delivery-buffer",
            Quantity.size(16_384, 64 << 20),
            "4MiB",
            "What a connection may hold of its session's queue in memory, if there is enough for all; a subscriber"
                    + " further behind is served from the store.",
            c -> (long) c.limits().deliveryBufferBytes());

    /** All rows, in the order of the example file. */
    static final List<Setting<?>> ALL = List.copyOf(TABLE);

    private Settings() {}

    private static <T> Setting<T> add(
            String key, ValueType<T> type, String defaultText, String help, Function<BrokerConfig, T> getter) {
        Setting<T> setting = new Setting<>(key, type, defaultText, help, getter);
        TABLE.add(setting);
        return setting;
    }

    /** The row of a key, or null. */
    static @Nullable Setting<?> find(String key) {
        return ALL.stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElse(null);
    }

    /** @throws IllegalArgumentException if there is no such key; the message has the nearest one */
    static Setting<?> named(String key) {
        Setting<?> setting = find(key);
        if (setting == null) {
            throw new IllegalArgumentException(unknownKey(key));
        }
        return setting;
    }

    static String unknownKey(String key) {
        return "unknown key '" + key + "'; did you mean '"
                + Nearest.to(key, ALL.stream().map(Setting::key).toList()) + "'?";
    }

    /** Makes the records from a value for each row. */
    static BrokerConfig build(Function<Setting<?>, Object> values) {
        return new BrokerConfig(
                value(DATA, values),
                value(LISTEN, values),
                value(DURABILITY, values),
                value(RECOVERY, values),
                Math.toIntExact(value(EVENT_LOOP_THREADS, values)),
                value(WILL_GRACE, values),
                value(SHARED_STRATEGY, values),
                new SpaceLimits(
                        value(DISK_WARN, values),
                        value(DISK_REFUSE_NEW, values),
                        value(DISK_REFUSE_PUBLISH, values),
                        value(DISK_DRAIN_ONLY, values),
                        value(DISK_BALLAST, values)),
                new Limits(
                        Math.toIntExact(value(MAXIMUM_PACKET_SIZE, values)),
                        Math.toIntExact(value(RECEIVE_MAXIMUM, values)),
                        Math.toIntExact(value(TOPIC_ALIAS_MAXIMUM, values)),
                        value(SESSION_EXPIRY_MAXIMUM, values),
                        Math.toIntExact(value(KEEP_ALIVE_MAXIMUM, values)),
                        Math.toIntExact(value(MQTT31_CLIENT_ID_MAXIMUM, values)),
                        Math.toIntExact(value(MAXIMUM_CONNECTIONS, values)),
                        Math.toIntExact(value(CONNECT_TIMEOUT, values)),
                        Math.toIntExact(value(SEND_BUFFER, values)),
                        Math.toIntExact(value(DELIVERY_BUFFER, values))));
    }

    private static <T> T value(Setting<T> setting, Function<Setting<?>, Object> values) {
        return setting.cast(values.apply(setting));
    }

    private record PathType() implements ValueType<Path> {
        @Override
        public Path parse(String text) {
            if (text.isEmpty()) {
                throw new IllegalArgumentException(text);
            }
            return Path.of(text); // its InvalidPathException is an IllegalArgumentException
        }

        @Override
        public String format(Path value) {
            return value.toString();
        }

        @Override
        public boolean allows(Path value) {
            return !value.toString().isEmpty();
        }

        @Override
        public String allowed() {
            return "the path of a directory";
        }
    }

    private record ListenersType() implements ValueType<List<Listener>> {
        @Override
        public List<Listener> parse(String text) {
            List<Listener> listeners =
                    Arrays.stream(text.split(",", -1)).map(Listener::parse).toList();
            if (!allows(listeners)) {
                throw new IllegalArgumentException(text);
            }
            return listeners;
        }

        @Override
        public String format(List<Listener> value) {
            return String.join(", ", value.stream().map(Listener::toString).toList());
        }

        @Override
        public boolean allows(List<Listener> value) {
            List<Listener> fixed = value.stream().filter(l -> l.port() != 0).toList();
            return !value.isEmpty() && fixed.stream().distinct().count() == fixed.size();
        }

        @Override
        public String allowed() {
            return Listener.FORM + ", each address once";
        }

        @Override
        public boolean list() {
            return true;
        }
    }
}

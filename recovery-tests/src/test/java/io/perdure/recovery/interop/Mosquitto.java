package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.UserProperty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code mosquitto_sub} and {@code mosquitto_pub}. Each subscription, each message and each Will takes a process, with a
 * connection of its own; {@code mosquitto_sub} has the Client Identifier.
 */
final class Mosquitto implements Library {

    @Override
    public String name() {
        return "mosquitto";
    }

    @Override
    public Set<MqttVersion> versions() {
        return Set.of(MqttVersion.V3_1, MqttVersion.V3_1_1, MqttVersion.V5);
    }

    @Override
    public Optional<String> missing() {
        return Stream.of("mosquitto_sub", "mosquitto_pub", "stdbuf")
                .filter(program -> !Child.isInstalled(program))
                .map(program -> program + " is not installed (apt-get install mosquitto-clients)")
                .findFirst();
    }

    @Override
    public Map<Feature, String> lacks(MqttVersion version) {
        return Map.of(
                Feature.SESSION_PRESENT, "does not print Session Present",
                Feature.RESUMPTION, "mosquitto_pub ends when its connection is lost");
    }

    @Override
    public ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) {
        return new Client(version, clientId, port);
    }

    private static final class Client implements ForeignClient {

        private static final String MARK = ">";
        private static final String FORMAT = MARK + "\\t%t\\t%x\\t%q\\t%r\\t%F\\t%E\\t%C\\t%R\\t%D\\t%P\\t%S";

        private final MqttVersion version;
        private final String clientId;
        private final int port;
        private final Inbox inbox;
        private boolean durable;
        private @Nullable Child connection;
        private boolean connectionPublishes;

        Client(MqttVersion version, String clientId, int port) {
            this.version = version;
            this.clientId = clientId;
            this.port = port;
            this.inbox = new Inbox(clientId);
        }

        @Override
        public boolean connect(boolean durable, @Nullable Message will) throws Exception {
            this.durable = durable;
            if (will != null) {
                // it waits for lines to publish; unlike mosquitto_sub it can end without its Will in 5.0
                List<String> command = command("mosquitto_pub", clientId);
                command.addAll(List.of("-l", "-t", "nothing", "--will-topic", will.topic(), "--will-payload"));
                command.addAll(List.of(will.payload(), "--will-qos", String.valueOf(will.qos())));
                if (will.retain()) {
                    command.add("--will-retain");
                }
                connection = start(command, "received CONNACK (0)");
                connectionPublishes = true;
            } else if (durable) {
                subscribe("nothing/for/" + clientId, 0, 0);
            }
            return false;
        }

        @Override
        public void subscribe(String topicFilter, int qos, int subscriptionId) throws Exception {
            disconnect();
            List<String> command = command("mosquitto_sub", clientId);
            command.addAll(List.of("-t", topicFilter, "-q", String.valueOf(qos), "-F", FORMAT));
            if (durable) {
                command.add("-c");
            }
            if (durable && version == MqttVersion.V5) {
                command.addAll(List.of("-x", String.valueOf(SESSION_EXPIRY_S)));
            }
            if (subscriptionId != 0) {
                String id = String.valueOf(subscriptionId);
                command.addAll(List.of("-D", "subscribe", "subscription-identifier", id));
            }
            connection = start(command, "Subscribed (mid: 1)");
            connectionPublishes = false;
        }

        @Override
        public void publish(Message message) throws Exception {
            List<String> command = command("mosquitto_pub", clientId + "p");
            command.addAll(List.of("-t", message.topic(), "-q", String.valueOf(message.qos())));
            command.add(message.payload().isEmpty() ? "-n" : "-s");
            if (message.retain()) {
                command.add("-r");
            }
            addProperties(command, message.properties());
            try (Child child = new Child(command, line -> {})) {
                if (!message.payload().isEmpty()) {
                    child.write(message.payloadBytes());
                }
                child.endInput();
                child.awaitSuccess();
            }
        }

        private static void addProperties(List<String> command, MessageProperties properties) {
            if (properties.utf8()) {
                property(command, "payload-format-indicator", "1");
            }
            if (properties.expiryS() >= 0) {
                property(command, "message-expiry-interval", String.valueOf(properties.expiryS()));
            }
            property(command, "content-type", properties.contentType());
            property(command, "response-topic", properties.responseTopic());
            property(command, "correlation-data", properties.correlationData());
            for (UserProperty userProperty : properties.userProperties()) {
                property(command, "user-property", userProperty.name());
                command.add(userProperty.value());
            }
        }

        private static void property(List<String> command, String name, @Nullable String value) {
            if (value != null) {
                command.addAll(List.of("-D", "publish", name, value));
            }
        }

        /** What all of them are given. Their output must not wait in a buffer. */
        private List<String> command(String program, String id) {
            String level =
                    switch (version) {
                        case V3_1 -> "31";
                        case V3_1_1 -> "311";
                        case V5 -> "5";
                    };
            List<String> options = List.of("-d", "-h", "127.0.0.1", "-p", String.valueOf(port), "-V", level, "-i", id);
            List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", program));
            command.addAll(options);
            return command;
        }

        /** Starts a process and waits until it says that it is ready. */
        private Child start(List<String> command, String ready) throws Exception {
            CompletableFuture<String> isReady = new CompletableFuture<>();
            Child child = new Child(command, line -> {
                if (line.startsWith(MARK)) {
                    inbox.add(parse(line));
                } else if (line.contains(ready)) {
                    isReady.complete(line);
                }
            });
            try {
                isReady.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                return child;
            } catch (Exception e) {
                child.close();
                throw new AssertionError(command + " is not ready:\n" + child.output(), e);
            }
        }

        private static Message parse(String line) {
            String[] fields = line.split("\t", -1);
            List<UserProperty> userProperties = new ArrayList<>();
            for (String pair : words(fields[10])) {
                int colon = pair.indexOf(':');
                userProperties.add(new UserProperty(pair.substring(0, colon), pair.substring(colon + 1)));
            }
            MessageProperties properties = new MessageProperties(
                    fields[5].equals("1"),
                    fields[6].isEmpty() ? -1 : Long.parseLong(fields[6]),
                    orNull(fields[7]),
                    orNull(fields[8]),
                    orNull(fields[9]),
                    userProperties,
                    words(fields[11]).stream().map(Integer::valueOf).toList());
            return new Message(
                    fields[1],
                    Message.payload(HexFormat.of().parseHex(fields[2])),
                    Integer.parseInt(fields[3]),
                    fields[4].equals("1"),
                    properties);
        }

        private static List<String> words(String text) {
            return Stream.of(text.split(" ")).filter(word -> !word.isEmpty()).toList();
        }

        private static @Nullable String orNull(String field) {
            return field.isEmpty() ? null : field;
        }

        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public void disconnect() throws InterruptedException, IOException {
            Child child = connection;
            if (child != null) {
                connection = null;
                try (child) {
                    if (connectionPublishes) {
                        child.endInput();
                    } else {
                        child.terminate();
                    }
                    child.awaitSuccess();
                }
            }
        }

        @Override
        public void close() {
            if (connection != null) {
                connection.close();
            }
        }
    }
}

package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.UserProperty;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** MQTT.js, run by Node.js: one process for all clients. */
final class MqttJs implements Library {

    private static final Path DIRECTORY = Path.of("src", "test", "js");

    private final Map<Long, CompletableFuture<Map<?, ?>>> requests = new ConcurrentHashMap<>();
    private final Map<String, Inbox> inboxes = new ConcurrentHashMap<>();
    private final AtomicLong lastRequest = new AtomicLong();
    private @Nullable Child node;

    @Override
    public String name() {
        return "MQTT.js";
    }

    @Override
    public Set<MqttVersion> versions() {
        return Set.of(MqttVersion.V3_1, MqttVersion.V3_1_1, MqttVersion.V5);
    }

    @Override
    public Optional<String> missing() {
        if (!Child.isInstalled("node")) {
            return Optional.of("node is not installed (apt-get install nodejs npm)");
        }
        if (!Files.isDirectory(DIRECTORY.resolve("node_modules").resolve("mqtt"))) {
            return Optional.of("MQTT.js is not installed (npm ci --prefix recovery-tests/" + DIRECTORY + ")");
        }
        return Optional.empty();
    }

    @Override
    public Map<Feature, String> lacks(MqttVersion version) {
        return Map.of(Feature.ORDER_OF_NAMES, "groups User Properties by name");
    }

    @Override
    public ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) throws IOException {
        if (node == null) {
            node = new Child(List.of("node", DIRECTORY.resolve("clients.js").toString()), this::read);
        }
        String handle = clientId + "#" + inboxes.size();
        Inbox inbox = new Inbox(clientId);
        inboxes.put(handle, inbox);
        return new Client(version, handle, clientId, port, resuming, inbox);
    }

    private void read(String line) {
        if (!line.startsWith("{")) {
            return; // a warning of Node.js
        }
        Map<?, ?> said = Json.read(line);
        if (said.get("message") instanceof Map<?, ?> message) {
            Inbox inbox = inboxes.get(String.valueOf(said.get("client")));
            if (inbox != null) {
                inbox.add(message(message));
            }
            return;
        }
        CompletableFuture<Map<?, ?>> request = requests.remove(Json.number(said.get("id")));
        if (request == null) {
            return;
        }
        if (said.get("error") == null) {
            request.complete(said);
        } else {
            request.completeExceptionally(new IOException(String.valueOf(said.get("error"))));
        }
    }

    /** Asks for something and waits for the answer. */
    private Map<?, ?> ask(String client, String action, Map<String, ?> arguments) throws Exception {
        CompletableFuture<Map<?, ?>> answer = new CompletableFuture<>();
        long id = lastRequest.incrementAndGet();
        requests.put(id, answer);
        send(id, client, action, arguments);
        try {
            return answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(client + " could not " + action, e.getCause());
        }
    }

    private void send(long id, String client, String action, Map<String, ?> arguments) {
        Child process = node;
        if (process == null) {
            throw new IllegalStateException("closed");
        }
        Map<String, Object> request = new HashMap<>(arguments);
        request.put("id", id);
        request.put("client", client);
        request.put("do", action);
        process.write((Json.write(request) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Message message(Map<?, ?> json) {
        List<UserProperty> userProperties = list(json, "userProperties").stream()
                .map(pair -> (List<?>) pair)
                .map(pair -> new UserProperty(String.valueOf(pair.get(0)), String.valueOf(pair.get(1))))
                .toList();
        MessageProperties properties = new MessageProperties(
                json.get("utf8") == Boolean.TRUE,
                Json.number(json.get("expiryS")),
                (String) json.get("contentType"),
                (String) json.get("responseTopic"),
                json.get("correlationData") == null ? null : binary(json, "correlationData"),
                userProperties,
                list(json, "subscriptionIds").stream()
                        .map(id -> (int) Json.number(id))
                        .toList());
        return new Message(
                String.valueOf(json.get("topic")),
                binary(json, "payload"),
                (int) Json.number(json.get("qos")),
                json.get("retain") == Boolean.TRUE,
                properties);
    }

    private static List<?> list(Map<?, ?> json, String name) {
        return json.get(name) instanceof List<?> list ? list : List.of();
    }

    private static String binary(Map<?, ?> json, String name) {
        return Message.payload(Base64.getDecoder().decode(String.valueOf(json.get(name))));
    }

    private static String base64(String binary) {
        return Base64.getEncoder().encodeToString(binary.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() {
        Child process = node;
        if (process != null) {
            node = null;
            process.close();
        }
    }

    private final class Client implements ForeignClient {

        private final MqttVersion version;
        private final String handle;
        private final String clientId;
        private final int port;
        private final boolean resuming;
        private final Inbox inbox;

        Client(MqttVersion version, String handle, String clientId, int port, boolean resuming, Inbox inbox) {
            this.version = version;
            this.handle = handle;
            this.clientId = clientId;
            this.port = port;
            this.resuming = resuming;
            this.inbox = inbox;
        }

        private Map<String, ?> json(Message message) {
            Map<String, Object> json = new HashMap<>();
            json.put("topic", message.topic());
            json.put("payload", base64(message.payload()));
            json.put("qos", message.qos());
            json.put("retain", message.retain());
            MessageProperties given = message.properties();
            if (version.hasProperties() && !given.equals(MessageProperties.NONE)) {
                Map<String, Object> properties = new HashMap<>();
                properties.put("utf8", given.utf8() ? true : null);
                properties.put("expiryS", given.expiryS() < 0 ? null : given.expiryS());
                properties.put("contentType", given.contentType());
                properties.put("responseTopic", given.responseTopic());
                String correlationData = given.correlationData();
                properties.put("correlationData", correlationData == null ? null : base64(correlationData));
                properties.put(
                        "userProperties",
                        given.userProperties().stream()
                                .map(p -> List.of(p.name(), p.value()))
                                .toList());
                json.put("properties", properties);
            }
            return json;
        }

        @Override
        public boolean connect(boolean durable, @Nullable Message will) throws Exception {
            Map<String, Object> arguments = new HashMap<>();
            arguments.put("clientId", clientId);
            arguments.put("port", port);
            arguments.put("level", version.level());
            arguments.put("durable", durable);
            arguments.put("resuming", resuming);
            arguments.put("expiryS", SESSION_EXPIRY_S);
            arguments.put("will", will == null ? null : json(will));
            return ask(handle, "connect", arguments).get("sessionPresent") == Boolean.TRUE;
        }

        @Override
        public void subscribe(String topicFilter, int qos, int subscriptionId) throws Exception {
            ask(handle, "subscribe", Map.of("filter", topicFilter, "qos", qos, "subscriptionId", subscriptionId));
        }

        @Override
        public void publish(Message message) throws Exception {
            ask(handle, "publish", Map.of("message", json(message)));
        }

        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public void disconnect() throws Exception {
            ask(handle, "disconnect", Map.of());
        }

        @Override
        public void close() {
            send(0, handle, "close", Map.of()); // nobody waits for this answer
        }
    }
}

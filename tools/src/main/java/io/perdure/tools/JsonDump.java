package io.perdure.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.perdure.protocol.packet.PublishProperties;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.storage.Command;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Will;
import io.perdure.storage.inspect.InboundView;
import io.perdure.storage.inspect.QueueEntryView;
import io.perdure.storage.inspect.RetainedView;
import io.perdure.storage.inspect.SessionView;
import io.perdure.storage.inspect.ShareEntryView;
import io.perdure.storage.inspect.StoreInfo;
import io.perdure.storage.inspect.SubscriptionView;
import io.perdure.storage.inspect.WillView;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** A dump for programs: one JSON object a line, as {@code docs/dump.md} says. */
final class JsonDump implements DumpOutput {

    /** Of the schema; grows when a field changes its meaning or goes. */
    static final int SCHEMA_VERSION = 1;

    private final JsonGenerator json;
    private final PayloadFormat payloads;
    private final Map<DumpSection, Long> counts = new EnumMap<>(DumpSection.class);

    JsonDump(Writer out, PayloadFormat payloads) throws IOException {
        this.payloads = payloads;
        json = new JsonFactory().createGenerator(out);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
        json.setCharacterEscapes(new JsonEscapes());
        json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }

    private void begin(String type) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
    }

    @Override
    public void header(StoreInfo info) throws IOException {
        begin("store");
        json.writeNumberField("version", SCHEMA_VERSION);
        time("asOf", info.asOfMs());
        json.writeStringField("mode", info.mode().name().toLowerCase(Locale.ROOT));
        json.writeStringField("directory", info.directory().toString());
        json.writeStringField("storeId", info.storeId());
        json.writeNumberField("formatVersion", info.formatVersion());
        time("created", info.createdMs());
        json.writeBooleanField("cleanStop", info.cleanStop());
        timeOrNull("lastAlive", info.lastAliveMs(), 0);
        json.writeEndObject();
    }

    @Override
    public void begin(DumpSection section) {}

    @Override
    public void session(SessionView view) throws IOException {
        begin("session");
        json.writeStringField("client", view.clientId());
        json.writeNumberField("sessionId", view.sessionId());
        json.writeBooleanField("connected", view.connected());
        timeOrNull("offlineSince", view.offlineSinceMs(), 0);
        numberOrNull("expiryInterval", view.sessionExpiryS(), Command.NO_EXPIRY);
        timeOrNull("expires", view.expiresAtMs(), Message.NEVER);
        json.writeNumberField("subscriptions", view.subscriptions());
        json.writeNumberField("queued", view.queued());
        json.writeBooleanField("queuedExact", view.queuedExact());
        json.writeNumberField("inFlight", view.inFlight());
        json.writeNumberField("inbound", view.inbound());
        json.writeNumberField("head", view.head());
        json.writeNumberField("sentLimit", view.sentLimit());
        json.writeEndObject();
    }

    @Override
    public void subscription(SubscriptionView view) throws IOException {
        begin("subscription");
        json.writeStringField("client", view.clientId());
        json.writeStringField("filter", view.fullFilter());
        json.writeNumberField("qos", view.maximumQos());
        json.writeBooleanField("noLocal", view.noLocal());
        json.writeBooleanField("retainAsPublished", view.retainAsPublished());
        json.writeNumberField("retainHandling", view.retainHandling());
        numberOrNull("subscriptionId", view.subscriptionId(), 0);
        json.writeBooleanField("replaying", view.replaying());
        json.writeEndObject();
    }

    @Override
    public void queueEntry(QueueEntryView view) throws IOException {
        queued("queue", view);
    }

    @Override
    public void inFlight(QueueEntryView view) throws IOException {
        queued("inflight", view);
    }

    private void queued(String type, QueueEntryView view) throws IOException {
        begin(type);
        json.writeStringField("client", view.clientId());
        numberOrNull("packetId", view.packetId(), 0);
        json.writeStringField("step", view.step().name().toLowerCase(Locale.ROOT));
        entry(view.entry());
        json.writeEndObject();
    }

    @Override
    public void shareEntry(ShareEntryView view) throws IOException {
        begin("share");
        json.writeStringField("filter", view.fullFilter());
        entry(view.entry());
        json.writeEndObject();
    }

    private void entry(Entry entry) throws IOException {
        json.writeNumberField("sequence", entry.sequence());
        json.writeNumberField("qos", entry.qos());
        json.writeBooleanField("retain", entry.retain());
        json.writeFieldName("subscriptionIds");
        json.writeArray(entry.subscriptionIds(), 0, entry.subscriptionIds().length);
        message(entry.message());
    }

    @Override
    public void inbound(InboundView view) throws IOException {
        begin("inbound");
        json.writeStringField("client", view.clientId());
        json.writeNumberField("packetId", view.packetId());
        time("received", view.receivedAtMs());
        json.writeEndObject();
    }

    @Override
    public void retained(RetainedView view) throws IOException {
        begin("retained");
        json.writeNumberField("qos", view.message().qos());
        message(view.message());
        json.writeEndObject();
    }

    @Override
    public void will(WillView view) throws IOException {
        Will will = view.will();
        begin("will");
        json.writeStringField("client", view.clientId());
        timeOrNull("due", view.dueAtMs(), Message.NEVER);
        json.writeNumberField("delay", will.delayS());
        json.writeNumberField("qos", will.qos());
        json.writeBooleanField("retain", will.retain());
        topic(will.topic());
        numberOrNull("messageExpiry", will.messageExpiryS(), -1);
        content(will.properties(), will.payload());
        json.writeEndObject();
    }

    private void message(Message message) throws IOException {
        topic(message.topic());
        time("published", message.publishedAtMs());
        timeOrNull("expires", message.expiresAtMs(), Message.NEVER);
        content(message.properties(), message.payload());
    }

    private void topic(byte[] utf8) throws IOException {
        json.writeStringField("topic", new String(utf8, StandardCharsets.UTF_8));
    }

    private void content(byte[] encodedProperties, byte[] payload) throws IOException {
        json.writeFieldName("properties");
        if (encodedProperties.length == 0) {
            json.writeNull();
        } else {
            properties(encodedProperties);
        }
        json.writeNumberField("size", payload.length);
        if (payloads != PayloadFormat.NONE) {
            payload(payload);
        }
    }

    private void properties(byte[] encoded) throws IOException {
        PublishProperties properties;
        try {
            properties = PublishProperties.decode(encoded);
        } catch (IllegalArgumentException e) {
            throw new CommandException("damaged store: a message has properties that can't be read: " + e.getMessage());
        }
        json.writeStartObject();
        if (properties.payloadFormatIndicator() >= 0) {
            json.writeNumberField("payloadFormatIndicator", properties.payloadFormatIndicator());
        }
        if (properties.contentType() != null) {
            json.writeStringField("contentType", properties.contentType());
        }
        if (properties.responseTopic() != null) {
            json.writeStringField("responseTopic", properties.responseTopic());
        }
        byte[] correlationData = properties.correlationData();
        if (correlationData != null) {
            json.writeStringField("correlationData", Base64.getEncoder().encodeToString(correlationData));
        }
        if (!properties.userProperties().isEmpty()) {
            json.writeArrayFieldStart("userProperties");
            for (UserProperty property : properties.userProperties()) {
                json.writeStartArray();
                json.writeString(property.name());
                json.writeString(property.value());
                json.writeEndArray();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** Text that is not UTF-8 is written in base64, so that nothing of it is lost. */
    private void payload(byte[] payload) throws IOException {
        PayloadFormat format = payloads;
        String text = "";
        if (format == PayloadFormat.TEXT) {
            String decoded = PrintableText.strictUtf8(payload);
            if (decoded == null) {
                format = PayloadFormat.BASE64;
            } else {
                text = decoded;
            }
        }
        if (format != PayloadFormat.TEXT) {
            text = format.printable(payload);
        }
        json.writeStringField("payloadEncoding", format.toString());
        json.writeStringField("payload", text);
    }

    @Override
    public void end(DumpSection section, long count) {
        counts.put(section, count);
    }

    @Override
    public void footer(boolean complete) throws IOException {
        begin("end");
        json.writeBooleanField("complete", complete);
        json.writeObjectFieldStart("counts");
        for (Map.Entry<DumpSection, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey().toString(), count.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
    }

    private void time(String field, long atMs) throws IOException {
        json.writeStringField(field, Instant.ofEpochMilli(atMs).toString());
    }

    private void timeOrNull(String field, long atMs, long none) throws IOException {
        if (atMs == none) {
            json.writeNullField(field);
        } else {
            time(field, atMs);
        }
    }

    private void numberOrNull(String field, long value, long none) throws IOException {
        if (value == none) {
            json.writeNullField(field);
        } else {
            json.writeNumberField(field, value);
        }
    }
}

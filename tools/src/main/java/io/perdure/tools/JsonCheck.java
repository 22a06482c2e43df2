package io.perdure.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.perdure.storage.check.CheckResult;
import io.perdure.storage.check.Finding;
import io.perdure.storage.check.Rules;
import io.perdure.storage.format.Family;
import io.perdure.storage.inspect.OpenStore;
import io.perdure.storage.inspect.StoreInfo;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A check for programs: one JSON object a line, as {@code docs/verify.md} says. */
final class JsonCheck implements CheckOutput {

    /** Of the schema; grows when a field changes its meaning or goes. */
    private static final int SCHEMA_VERSION = 1;

    private final JsonGenerator json;

    JsonCheck(Writer out) throws IOException {
        json = new JsonFactory().createGenerator(out);
        json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
        json.setCharacterEscapes(new JsonEscapes());
        json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    }

    @Override
    public void header(OpenStore store, @Nullable StoreInfo info) throws IOException {
        begin("store");
        json.writeNumberField("version", SCHEMA_VERSION);
        json.writeStringField("asOf", Instant.ofEpochMilli(store.asOfMs()).toString());
        json.writeStringField("mode", store.mode().name().toLowerCase(Locale.ROOT));
        json.writeStringField("directory", store.directory().toString());
        if (info != null) {
            json.writeStringField("storeId", info.storeId());
            json.writeNumberField("formatVersion", info.formatVersion());
        }
        json.writeEndObject();
    }

    @Override
    public void note(String text) throws IOException {
        if (!text.isEmpty()) {
            begin("note");
            json.writeStringField("what", text);
            json.writeEndObject();
        }
    }

    @Override
    public void finding(Finding finding) throws IOException {
        write(json, finding);
    }

    /** Writes a finding as an object. */
    static void write(JsonGenerator json, Finding finding) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "finding");
        json.writeStringField("kind", finding.getClass().getSimpleName());
        Family family = finding.family();
        json.writeStringField("family", family == null ? null : family.name().toLowerCase(Locale.ROOT));
        json.writeStringField("client", finding.clientId());
        json.writeStringField("where", finding.where());
        json.writeStringField("what", finding.what());
        json.writeStringField("consequence", Rules.consequence(finding));
        json.writeStringField("repair", Rules.remedy(finding));
        json.writeEndObject();
    }

    /** A program wants all of them. */
    @Override
    public void more(long findings) {}

    @Override
    public void result(CheckResult result) throws IOException {
        for (CheckResult.OfFamily family : result.families()) {
            begin("family");
            json.writeStringField("family", family.family().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("rows", family.rows());
            json.writeNumberField("bytes", family.bytes());
            json.writeNumberField("garbageRows", family.garbageRows());
            json.writeNumberField("garbageBytes", family.garbageBytes());
            json.writeEndObject();
        }
        begin("result");
        json.writeBooleanField("sound", result.findings() == 0);
        json.writeNumberField("findings", result.findings());
        json.writeNumberField("sessions", result.sessions());
        json.writeNumberField("subscriptions", result.subscriptions());
        json.writeNumberField("queued", result.queued());
        json.writeNumberField("waiting", result.waiting());
        json.writeNumberField("retained", result.retained());
        json.writeEndObject();
        json.flush();
    }

    private void begin(String type) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
    }
}

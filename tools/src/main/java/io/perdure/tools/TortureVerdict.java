package io.perdure.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.perdure.tools.TextTable.Column;
import io.perdure.tools.torture.Plan;
import io.perdure.tools.torture.TortureReport;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a run has found.
 *
 * @param plan what was asked for
 */
record TortureVerdict(TortureReport report, Plan plan) {

    /** Of the JSON object; grows when a field changes its meaning or goes. */
    private static final int SCHEMA_VERSION = 1;

    void print(Writer out, boolean json) throws IOException {
        if (json) {
            json(out);
        } else {
            table(out);
        }
    }

    private void table(Writer out) throws IOException {
        TextTable table = new TextTable(
                Column.left("CHECK", 58), Column.right("BROKEN", 9), Column.right("CHECKED", 11), Column.left("", 18));
        table.head(out);
        for (TortureReport.Row row : report.rows()) {
            table.row(out, row.label(), number(row.broken()), number(row.checked()), row.unit());
        }
        out.write("\n");
        fact(out, "tortured", report.subject());
        fact(
                out,
                "load",
                number(report.acknowledged()) + " messages acknowledged, " + number(report.deliveries())
                        + " delivered, in " + Humane.duration(report.elapsedMs()));
        if (!report.refusals().isEmpty()) {
            fact(out, "refused", report.refusals() + ": these are owed to nobody");
        }
        restarts(out);
        disk(out, report.disk());
        fact(out, "seed", String.valueOf(plan.seed()));
        if (report.kept() != null) {
            fact(out, "kept", report.kept().toString());
        }
        for (TortureReport.Evidence evidence : report.evidence()) {
            out.write("\nBROKEN (" + evidence.check() + "): " + evidence.what() + "\n");
            for (String line : evidence.trace()) {
                out.write("    " + line + "\n");
            }
        }
        out.write("\n" + sentence() + "\n");
    }

    private static void fact(Writer out, String name, String value) throws IOException {
        out.write(String.format("%-10s %s%n", name, value));
    }

    private void restarts(Writer out) throws IOException {
        List<Long> sorted = report.restartsMs().stream().sorted().toList();
        if (!sorted.isEmpty()) {
            fact(
                    out,
                    "back after",
                    String.format(
                            Locale.ROOT,
                            "%,d ms at least, %,d ms median, %,d ms at most",
                            sorted.get(0),
                            sorted.get(sorted.size() / 2),
                            sorted.get(sorted.size() - 1)));
        }
    }

    private static void disk(Writer out, TortureReport.@Nullable Disk disk) throws IOException {
        if (disk == null) {
            return;
        }
        fact(out, "disk", disk.name() + ", " + disk.type());
        fact(
                out,
                "sync",
                String.format(
                        Locale.ROOT,
                        "4 KiB and fdatasync take %,d us (median), %,d us (99 %%)",
                        disk.syncP50Us(),
                        disk.syncP99Us()));
        if (disk.implausible()) {
            fact(out, "", "A device can't be that fast: this is memory, or a cache that says \"written\" too early.");
            fact(out, "", "What is acknowledged may not survive the loss of power. Cut it to see: --target.");
        }
    }

    private String sentence() {
        String deaths = report.deaths() == 1 ? "1 death" : number(report.deaths()) + " deaths";
        if (!report.held()) {
            return "BROKEN: the broker did not keep its word over " + deaths + ".";
        }
        if (!report.conclusive()) {
            return "NOTHING TESTED: " + deaths + ", " + number(report.acknowledged()) + " messages acknowledged.";
        }
        String scope = report.drained() ? "" : ", as far as seen: it was stopped before all that is owed could come";
        String power = plan.target() == null ? " The power was not cut; for that see --target." : "";
        return "HELD: the broker kept its word over " + deaths + scope + "." + power;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private void json(Writer out) throws IOException {
        JsonGenerator json = new JsonFactory().createGenerator(out);
        json.setCharacterEscapes(new JsonEscapes());
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.writeStartObject();
        json.writeNumberField("version", SCHEMA_VERSION);
        json.writeBooleanField("held", report.held());
        json.writeBooleanField("conclusive", report.conclusive());
        json.writeBooleanField("drained", report.drained());
        json.writeStringField("subject", report.subject());
        json.writeNumberField("deaths", report.deaths());
        json.writeNumberField("acknowledged", report.acknowledged());
        json.writeNumberField("deliveries", report.deliveries());
        json.writeStringField("refused", report.refusals());
        json.writeNumberField("elapsedMs", report.elapsedMs());
        json.writeNumberField("seed", plan.seed());
        json.writeArrayFieldStart("restartsMs");
        for (long restartMs : report.restartsMs()) {
            json.writeNumber(restartMs);
        }
        json.writeEndArray();
        TortureReport.Disk disk = report.disk();
        if (disk != null) {
            json.writeObjectFieldStart("disk");
            json.writeStringField("name", disk.name());
            json.writeStringField("type", disk.type());
            json.writeNumberField("syncP50Us", disk.syncP50Us());
            json.writeNumberField("syncP99Us", disk.syncP99Us());
            json.writeBooleanField("implausible", disk.implausible());
            json.writeEndObject();
        }
        if (report.kept() != null) {
            json.writeStringField("kept", report.kept().toString());
        }
        details(json);
        json.writeEndObject();
        json.close();
        out.write("\n");
    }

    private void details(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("checks");
        for (TortureReport.Row row : report.rows()) {
            json.writeStartObject();
            json.writeStringField("check", row.id());
            json.writeNumberField("broken", row.broken());
            json.writeNumberField("checked", row.checked());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("evidence");
        for (TortureReport.Evidence evidence : report.evidence()) {
            json.writeStartObject();
            json.writeStringField("check", evidence.check());
            json.writeStringField("what", evidence.what());
            json.writeArrayFieldStart("trace");
            for (String line : evidence.trace()) {
                json.writeString(line);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}

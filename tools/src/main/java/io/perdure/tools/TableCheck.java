package io.perdure.tools;

import static io.perdure.tools.TextTable.Column.left;
import static io.perdure.tools.TextTable.Column.right;

import io.perdure.storage.check.CheckResult;
import io.perdure.storage.check.Finding;
import io.perdure.storage.check.Rules;
import io.perdure.storage.format.Family;
import io.perdure.storage.inspect.OpenStore;
import io.perdure.storage.inspect.StoreInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A check for people: a line for each finding, and a table of the families. */
final class TableCheck implements CheckOutput {

    private static final TextTable FAMILIES = new TextTable(
            left("FAMILY", 14), right("ROWS", 14), right("SIZE", 8), right("GARBAGE ROWS", 14), right("SIZE", 8));

    private static final TextTable KEPT =
            new TextTable(left("FAMILY", 14), right("READABLE", 14), right("GARBAGE", 14), right("KEPT", 14));

    private final Writer out;
    private boolean anyFinding;

    TableCheck(Writer out) {
        this.out = out;
    }

    @Override
    public void header(OpenStore store, @Nullable StoreInfo info) throws IOException {
        line("As of " + Instant.ofEpochMilli(store.asOfMs()).truncatedTo(ChronoUnit.SECONDS) + "  "
                + store.mode().name().toLowerCase(Locale.ROOT)
                + (info == null ? "" : "  store " + info.storeId() + "  format " + info.formatVersion()));
        line("");
    }

    @Override
    public void note(String text) throws IOException {
        if (!text.isEmpty()) {
            line("note: " + PrintableText.of(text));
            line("");
        }
    }

    /** What a repair does about a finding. */
    void remedy(Finding finding) {
        try {
            anyFinding = true;
            line(text(finding) + " (" + Rules.remedy(finding) + ")");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a repair keeps. */
    void kept(CheckResult result, Repair repair) throws IOException {
        if (anyFinding) {
            line("");
        }
        KEPT.head(out);
        for (CheckResult.OfFamily family : result.families()) {
            KEPT.row(
                    out,
                    family.family().name().toLowerCase(Locale.ROOT),
                    String.format(Locale.ROOT, "%,d", family.rows()),
                    String.format(Locale.ROOT, "%,d", family.garbageRows()),
                    String.format(Locale.ROOT, "%,d", repair.kept(family.family())));
        }
        line("");
        line("The new store has " + contents(result) + ".");
    }

    @Override
    public void finding(Finding finding) throws IOException {
        anyFinding = true;
        line(text(finding) + " (" + Rules.consequence(finding) + ")");
    }

    /** What is wrong and where, in one line. */
    static String text(Finding finding) {
        Family family = finding.family();
        String client = finding.clientId();
        return (family == null ? "file" : family.name().toLowerCase(Locale.ROOT)) + ": "
                + (client == null ? "" : "client " + PrintableText.of(client) + ", ")
                + PrintableText.of(finding.where()) + ": " + PrintableText.of(finding.what());
    }

    @Override
    public void more(long findings) throws IOException {
        more(findings, "--all prints all");
    }

    void more(long findings, String hint) throws IOException {
        line(String.format(Locale.ROOT, "and %,d more; %s", findings, hint));
    }

    @Override
    public void result(CheckResult result) throws IOException {
        if (anyFinding) {
            line("");
        }
        FAMILIES.head(out);
        for (CheckResult.OfFamily family : result.families()) {
            FAMILIES.row(
                    out,
                    family.family().name().toLowerCase(Locale.ROOT),
                    String.format(Locale.ROOT, "%,d", family.rows()),
                    Humane.size(family.bytes()),
                    String.format(Locale.ROOT, "%,d", family.garbageRows()),
                    Humane.size(family.garbageBytes()));
        }
        line("");
        line(contents(result));
        line(
                result.findings() == 0
                        ? "The store is sound."
                        : "The store is damaged: " + count(result.findings(), "finding") + ".");
    }

    private static String contents(CheckResult result) {
        return count(result.sessions(), "session") + ", " + count(result.subscriptions(), "subscription") + ", "
                + count(result.queued(), "message") + " queued, " + count(result.waiting(), "message")
                + " waiting for Shared Subscriptions, " + count(result.retained(), "retained message");
    }

    static String count(long number, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
    }

    private void line(String text) throws IOException {
        out.write(text);
        out.write('\n');
    }
}

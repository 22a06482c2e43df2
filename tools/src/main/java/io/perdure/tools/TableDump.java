package io.perdure.tools;

import static io.perdure.tools.TextTable.Column.left;
import static io.perdure.tools.TextTable.Column.right;

import io.perdure.storage.Command;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/** A dump for people: tables of at most 100 columns, times relative to that of the dump. */
final class TableDump implements DumpOutput {

    private static final TextTable SESSIONS = new TextTable(
            left("CLIENT", 34),
            left("STATE", 15),
            left("EXPIRES", 10),
            right("SUBS", 6),
            right("QUEUED", 10),
            right("IN FLIGHT", 9),
            right("INBOUND", 7));
    private static final TextTable SUBSCRIPTIONS =
            new TextTable(left("CLIENT", 26), left("FILTER", 38), right("QOS", 3), left("OPTIONS", 20), right("ID", 9));
    private static final TextTable QUEUES = new TextTable(
            left("CLIENT", 20),
            right("SEQUENCE", 10),
            right("PID", 5),
            right("QOS", 3),
            left("R", 1),
            left("TOPIC", 31),
            right("SIZE", 5),
            right("AGE", 6),
            right("EXPIRES", 7));
    private static final TextTable IN_FLIGHT = new TextTable(
            left("CLIENT", 20),
            right("SEQUENCE", 10),
            right("PID", 5),
            right("QOS", 3),
            left("STEP", 8),
            left("TOPIC", 31),
            right("SIZE", 5),
            right("AGE", 6));
    private static final TextTable INBOUND = new TextTable(left("CLIENT", 60), right("PID", 5), right("AGE", 6));
    private static final TextTable RETAINED =
            new TextTable(left("TOPIC", 68), right("QOS", 3), right("SIZE", 5), right("AGE", 6), right("EXPIRES", 7));
    private static final TextTable WILLS = new TextTable(
            left("CLIENT", 26),
            left("TOPIC", 36),
            right("QOS", 3),
            left("R", 1),
            right("SIZE", 5),
            right("DELAY", 6),
            left("DUE", 12));

    private final Writer out;
    private final PayloadFormat payloads;
    private long asOfMs;

    TableDump(Writer out, PayloadFormat payloads) {
        this.out = out;
        this.payloads = payloads;
    }

    @Override
    public void header(StoreInfo info) throws IOException {
        asOfMs = info.asOfMs();
        String state = "live";
        if (info.mode() == StoreInfo.Mode.STOPPED) {
            state = info.cleanStop() ? "stopped" : "stopped without closing the store";
            state += info.lastAliveMs() == 0 ? "" : " " + since(info.lastAliveMs()) + " ago";
        }
        line("As of " + Instant.ofEpochMilli(asOfMs).truncatedTo(ChronoUnit.SECONDS) + "  " + state + "  store "
                + PrintableText.of(info.storeId()) + "  format " + info.formatVersion());
    }

    @Override
    public void begin(DumpSection section) throws IOException {
        out.write("\n" + section.name() + "\n");
        table(section).head(out);
    }

    private static TextTable table(DumpSection section) {
        return switch (section) {
            case SESSIONS -> SESSIONS;
            case SUBSCRIPTIONS -> SUBSCRIPTIONS;
            case QUEUES -> QUEUES;
            case INFLIGHT -> IN_FLIGHT;
            case INBOUND -> INBOUND;
            case RETAINED -> RETAINED;
            case WILLS -> WILLS;
        };
    }

    @Override
    public void session(SessionView view) throws IOException {
        SESSIONS.row(
                out,
                PrintableText.of(view.clientId()),
                view.connected() ? "connected" : "offline " + since(view.offlineSinceMs()),
                sessionExpiry(view),
                Long.toString(view.subscriptions()),
                (view.queuedExact() ? "" : "<=") + view.queued(),
                Long.toString(view.inFlight()),
                Long.toString(view.inbound()));
    }

    private String sessionExpiry(SessionView view) {
        if (view.sessionExpiryS() == Command.NO_EXPIRY) {
            return "never";
        }
        if (view.connected()) {
            return view.sessionExpiryS() == 0 ? "at end" : "end+" + Humane.duration(view.sessionExpiryS() * 1000);
        }
        return expiry(view.expiresAtMs());
    }

    @Override
    public void subscription(SubscriptionView view) throws IOException {
        StringBuilder options = new StringBuilder();
        options.append(view.noLocal() ? "NL " : "").append(view.retainAsPublished() ? "RAP " : "");
        options.append(view.retainHandling() == 0 ? "" : "RH" + view.retainHandling() + " ");
        options.append(view.replaying() ? "replaying" : "");
        SUBSCRIPTIONS.row(
                out,
                PrintableText.of(view.clientId()),
                PrintableText.of(view.fullFilter()),
                Integer.toString(view.maximumQos()),
                options.toString(),
                view.subscriptionId() == 0 ? "" : Integer.toString(view.subscriptionId()));
    }

    @Override
    public void queueEntry(QueueEntryView view) throws IOException {
        queued(view.clientId(), packetId(view), view.entry());
    }

    @Override
    public void shareEntry(ShareEntryView view) throws IOException {
        queued(view.fullFilter(), "", view.entry());
    }

    private void queued(String owner, String packetId, Entry entry) throws IOException {
        Message message = entry.message();
        QUEUES.row(
                out,
                PrintableText.of(owner),
                Long.toString(entry.sequence()),
                packetId,
                Integer.toString(entry.qos()),
                entry.retain() ? "R" : "",
                PrintableText.of(message.topic()),
                Humane.size(message.payload().length),
                since(message.publishedAtMs()),
                expiry(message.expiresAtMs()));
        payload(message.payload());
    }

    @Override
    public void inFlight(QueueEntryView view) throws IOException {
        Entry entry = view.entry();
        Message message = entry.message();
        IN_FLIGHT.row(
                out,
                PrintableText.of(view.clientId()),
                Long.toString(entry.sequence()),
                packetId(view),
                Integer.toString(entry.qos()),
                view.step() == QueueEntryView.Step.RELEASED ? "released" : "sent",
                PrintableText.of(message.topic()),
                Humane.size(message.payload().length),
                since(message.publishedAtMs()));
        payload(message.payload());
    }

    private static String packetId(QueueEntryView view) {
        return view.packetId() == 0 ? "" : Integer.toString(view.packetId());
    }

    @Override
    public void inbound(InboundView view) throws IOException {
        INBOUND.row(
                out, PrintableText.of(view.clientId()), Integer.toString(view.packetId()), since(view.receivedAtMs()));
    }

    @Override
    public void retained(RetainedView view) throws IOException {
        Message message = view.message();
        RETAINED.row(
                out,
                PrintableText.of(message.topic()),
                Integer.toString(message.qos()),
                Humane.size(message.payload().length),
                since(message.publishedAtMs()),
                expiry(message.expiresAtMs()));
        payload(message.payload());
    }

    @Override
    public void will(WillView view) throws IOException {
        WILLS.row(
                out,
                PrintableText.of(view.clientId()),
                PrintableText.of(view.will().topic()),
                Integer.toString(view.will().qos()),
                view.will().retain() ? "R" : "",
                Humane.size(view.will().payload().length),
                Humane.duration(view.will().delayS() * 1000),
                view.dueAtMs() == Message.NEVER ? "if lost" : expiry(view.dueAtMs()));
        payload(view.will().payload());
    }

    @Override
    public void end(DumpSection section, long count) throws IOException {
        out.write(count == 0 ? "(none)\n" : "(" + count + ")\n");
    }

    @Override
    public void footer(boolean complete) throws IOException {
        if (!complete) {
            out.write("(interrupted)\n");
        }
    }

    private void payload(byte[] payload) throws IOException {
        if (payloads != PayloadFormat.NONE) {
            line("    " + payloads.printable(start(payload)));
        }
    }

    /** As much as can be seen in a line, and a bit more, ending with a whole character. */
    private static byte[] start(byte[] payload) {
        int end = 8 * TextTable.MAX_COLUMNS;
        if (payload.length <= end) {
            return payload;
        }
        while (end > 0 && (payload[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(payload, end);
    }

    private void line(String text) throws IOException {
        out.write(PrintableText.fit(text, TextTable.MAX_COLUMNS));
        out.write('\n');
    }

    private String since(long atMs) {
        return Humane.duration(Math.max(0, asOfMs - atMs));
    }

    private String expiry(long atMs) {
        if (atMs == Message.NEVER) {
            return "never";
        }
        return atMs <= asOfMs ? "expired" : Humane.duration(atMs - asOfMs);
    }
}

package io.perdure.tools;

import static io.perdure.tools.TextTable.Column.left;
import static io.perdure.tools.TextTable.Column.right;

import io.perdure.storage.Message;
import java.io.IOException;
import java.io.Writer;

/** What a replay would publish, as a table. */
final class ReplayListing {

    private static final TextTable TABLE =
            new TextTable(left("TOPIC", 70), right("QOS", 3), left("R", 1), right("SIZE", 5), right("EXPIRES", 7));

    private final Writer out;
    private final long nowMs;
    private long count;
    private long expired;

    ReplayListing(Writer out, long nowMs) throws IOException {
        this.out = out;
        this.nowMs = nowMs;
        TABLE.head(out);
    }

    void add(Outgoing outgoing) throws IOException {
        Message message = outgoing.message();
        String expires = "never";
        if (message.expired(nowMs)) {
            expires = "expired";
            expired++;
        } else {
            count++;
            if (message.expiresAtMs() != Message.NEVER) {
                expires = Humane.duration(message.expiresAtMs() - nowMs);
            }
        }
        TABLE.row(
                out,
                PrintableText.of(message.topic()),
                Integer.toString(outgoing.qos()),
                outgoing.retain() ? "R" : "",
                Humane.size(message.payload().length),
                expires);
    }

    void end() throws IOException {
        out.write(count + " would be published, " + expired + " skipped as expired\n");
    }
}

package io.perdure.tools;

import io.perdure.protocol.topic.TopicFilter;
import io.perdure.storage.inspect.QueueEntryView;
import io.perdure.storage.inspect.RetainedView;
import io.perdure.storage.inspect.Scan;
import io.perdure.storage.inspect.SessionView;
import io.perdure.storage.inspect.StoreReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code perdure replay}: publishes what a store still holds to a broker. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        description = {
            "Publish to a broker what a store still holds: the unfinished messages of a session, in order, or the "
                    + "retained messages.",
            "QoS, MQTT 5.0 properties and the time left until a message expires are kept. The store is only read; a "
                    + "running broker's as well as a stopped one's."
        },
        footer = {
            "",
            "Examples:",
            "  perdure replay --data data --client meter-7 --to mqtt://10.0.0.5:1883",
            "  perdure replay --data data --client meter-7 --to mqtt://10.0.0.5 --dry-run",
            "  perdure replay --data data --retained --topic 'a/#' --to mqtt://10.0.0.5"
        })
final class ReplayCommand implements Callable<Integer> {

    private static final long PATIENCE_MS = 30_000;

    /** What is replayed: one of them. */
    static final class Source {

        @Option(
                names = "--client",
                paramLabel = "ID",
                description = "What the session of this Client Identifier holds.")
        private @Nullable String client;

        @Option(names = "--retained", description = "The retained messages, as retained messages.")
        private boolean retained;
    }

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The broker's data directory.")
    private Path data;

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--topic",
            paramLabel = "FILTER",
            converter = TopicFilterConverter.class,
            description = "Only messages with such a topic; + and # as in MQTT.")
    private @Nullable TopicFilter topic;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "mqtt://HOST:PORT",
            converter = AddressConverter.class,
            description = "The broker to publish to, perhaps with mqtt://USER:PASSWORD@HOST:PORT.")
    private MqttAddress to;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "At most so many messages a second; no limit by default.")
    private long perSecond;

    @Option(names = "--dry-run", description = "List what would be published, and connect to nothing.")
    private boolean dryRun;

    /** For the command line. */
    ReplayCommand() {
        this(Console.system());
    }

    ReplayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (perSecond < 0) {
            throw new ParameterException(spec.commandLine(), "--rate can't be negative");
        }
        try (Interruption interruption = Interruption.install();
                StoreReader reader = StoreReader.open(data)) {
            String client = source.client;
            return source.retained || client == null
                    ? replayRetained(reader, interruption)
                    : replaySession(reader, client, interruption);
        } catch (IOException e) {
            if (Console.brokenPipe(e)) {
                return 0;
            }
            throw new CommandException("can't write the output: " + e.getMessage());
        }
    }

    private int replayRetained(StoreReader reader, Interruption interruption) throws IOException {
        try (Scan<RetainedView> scan = reader.retained()) {
            return replay(OutgoingMessages.retained(scan, topic), interruption);
        }
    }

    private int replaySession(StoreReader reader, String client, Interruption interruption) throws IOException {
        try (Scan<SessionView> session = reader.sessions(client)) {
            if (!session.hasNext()) {
                throw new CommandException(
                        "the store in " + data + " holds no session of client " + PrintableText.of(client));
            }
        }
        try (Scan<QueueEntryView> scan = reader.queues(client)) {
            return replay(OutgoingMessages.queued(scan, topic), interruption);
        }
    }

    private int replay(Iterator<Outgoing> messages, Interruption interruption) throws IOException {
        return dryRun ? list(messages, interruption) : publish(messages, interruption);
    }

    private int list(Iterator<Outgoing> messages, Interruption interruption) throws IOException {
        Writer out = console.writer();
        ReplayListing listing = new ReplayListing(out, System.currentTimeMillis());
        while (messages.hasNext() && !interruption.requested()) {
            listing.add(messages.next());
        }
        listing.end();
        out.flush();
        return messages.hasNext() ? 1 : 0;
    }

    private int publish(Iterator<Outgoing> messages, Interruption interruption) throws IOException {
        ReplaySummary summary;
        try (MqttTarget target = MqttTarget.connect(to)) {
            ReplayProgress progress = new ReplayProgress(console.err(), console.errIsTerminal(), System.nanoTime());
            Replayer replayer = new Replayer(
                    target,
                    new Pacer(perSecond),
                    progress,
                    System::currentTimeMillis,
                    interruption::requested,
                    PATIENCE_MS);
            summary = replayer.run(messages);
        }
        summary.reasons().forEach(reason -> console.err().println("perdure: " + reason));
        Writer out = console.writer();
        out.write(summary.line() + "\n");
        out.flush();
        return summary.successful() ? 0 : 1;
    }

    /** Reads an address from the command line. */
    static final class AddressConverter implements ITypeConverter<MqttAddress> {

        @Override
        public MqttAddress convert(String text) {
            try {
                return MqttAddress.parse(text);
            } catch (IllegalArgumentException e) {
                // without the text: it may hold a password
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}

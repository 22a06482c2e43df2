package io.perdure.tools;

import io.perdure.protocol.topic.TopicFilter;
import io.perdure.storage.inspect.StoreReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code perdure dump}: prints what a store holds. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        description = {
            "Print what the store of a stopped or of a running broker holds: sessions, subscriptions, queued messages, "
                    + "deliveries in flight, unreleased QoS 2 identifiers, retained messages and Wills.",
            "The store is only read, and a running broker is not disturbed. The first line says as of when the output is."
        },
        footer = {
            "",
            "Examples:",
            "  perdure dump --data data sessions",
            "  perdure dump --data data queues --client meter-7 --payload text",
            "  perdure dump --data data retained --topic 'plant/+/state' --format json"
        })
final class DumpCommand implements Callable<Integer> {

    /** The language of the output. */
    enum Format {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The broker's data directory.")
    private Path data;

    @Parameters(
            paramLabel = "WHAT",
            arity = "0..1",
            defaultValue = "all",
            converter = SectionsConverter.class,
            description = "sessions, subscriptions, queues, inflight, inbound, retained, wills or all (default).")
    private Sections sections;

    @Option(names = "--client", paramLabel = "ID", description = "Only what belongs to this Client Identifier.")
    private @Nullable String client;

    @Option(
            names = "--topic",
            paramLabel = "FILTER",
            converter = TopicFilterConverter.class,
            description = "Only messages, Wills and subscriptions with such a topic; + and # as in MQTT.")
    private @Nullable TopicFilter topic;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "Tables (default), or one JSON object a line.")
    private Format format;

    @Option(
            names = "--payload",
            paramLabel = "none|text|hex|base64",
            defaultValue = "none",
            description = "How to print payloads; none by default.")
    private PayloadFormat payload;

    /** For the command line. */
    DumpCommand() {
        this(Console.system());
    }

    DumpCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<DumpSection> wanted = wantedSections();
        try (Interruption interruption = Interruption.install();
                StoreReader reader = StoreReader.open(data)) {
            Writer out = console.writer();
            DumpOutput output = format == Format.JSON ? new JsonDump(out, payload) : new TableDump(out, payload);
            boolean complete = new Dump(reader, output, client, topic, interruption::requested).run(wanted);
            out.flush();
            return complete ? 0 : 1;
        } catch (IOException e) {
            if (Console.brokenPipe(e)) {
                return 0;
            }
            throw new CommandException("can't write the output: " + e.getMessage());
        }
    }

    /** Retained messages belong to no client. */
    private List<DumpSection> wantedSections() {
        if (client == null) {
            return sections.list();
        }
        if (sections.list().equals(List.of(DumpSection.RETAINED))) {
            throw new ParameterException(
                    spec.commandLine(), "retained messages belong to no client: --client can't select them");
        }
        return sections.list().stream().filter(s -> s != DumpSection.RETAINED).toList();
    }

    /** The sections that are asked for. */
    record Sections(List<DumpSection> list) {}

    /** Reads what is asked for from the command line. */
    static final class SectionsConverter implements ITypeConverter<Sections> {

        @Override
        public Sections convert(String text) {
            if (text.equals("all")) {
                return new Sections(List.of(DumpSection.values()));
            }
            return Arrays.stream(DumpSection.values())
                    .filter(s -> s.toString().equals(text))
                    .findAny()
                    .map(s -> new Sections(List.of(s)))
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of "
                            + "sessions, subscriptions, queues, inflight, inbound, retained, wills, all"));
        }
    }
}

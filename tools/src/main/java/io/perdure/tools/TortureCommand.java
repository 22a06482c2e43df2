package io.perdure.tools;

import io.perdure.tools.torture.Plan;
import io.perdure.tools.torture.Target;
import io.perdure.tools.torture.Torture;
import io.perdure.tools.torture.TortureException;
import io.perdure.tools.torture.TortureReport;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code perdure torture}: kills a broker again and again, and says whether it has kept its word. */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        description = {
            "Kill a broker under load, again and again, and check what its clients see: does it keep its word on this "
                    + "machine and this file system?",
            "Without --target a broker of its own is started in a new directory, killed with SIGKILL and started again. "
                    + "That does not cut the power: for this, run the broker on another machine, give it as --target, and "
                    + "pull that machine's plug as often as you like. Ctrl-C ends it, with a verdict."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the broker kept its word",
            "1:it did not, with the evidence; or nothing could be tested, for the reason on stderr",
            "2:the command line was not understood"
        },
        footer = {
            "",
            "Examples:",
            "  perdure torture --cycles 50 --dir /var/lib/perdure",
            "  perdure torture --target mqtt://10.0.0.5:1883"
        })
final class TortureCommand implements Callable<Integer> {

    enum Format {
        TABLE,
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    enum Durability {
        FSYNC,
        OS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int DEFAULT_CYCLES = 20;
    private static final int MAX_CLIENTS = 100;
    private static final int MAX_PER_SECOND = 100_000;
    private static final int MAX_LIFE_S = 3_600;
    private static final long PATIENCE_MS = 60_000;

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            description = "How often the broker dies. Default: 20; with --target as often as it does until Ctrl-C")
    private @Nullable Integer cycles;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Make the store in a new directory below this one, on the file system to be tested. Default: .")
    private @Nullable Path directory;

    @Option(names = "--durability", paramLabel = "fsync|os", description = "That of the broker. Default: fsync")
    private @Nullable Durability durability;

    @Option(
            names = "--target",
            paramLabel = "mqtt://HOST:PORT",
            converter = ReplayCommand.AddressConverter.class,
            description = "Torture this broker instead, which you kill, perhaps with mqtt://USER:PASSWORD@HOST:PORT.")
    private @Nullable MqttAddress target;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "6",
            description = "So many publishers and so many subscribers, 1 to 100. Default: 6 of each")
    private int clients;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Publish so many messages a second at most. Default: 2000")
    private int perSecond;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "2",
            description = "Kill the broker so many seconds after its start at the latest. Default: 2")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Make the random decisions of the run that told this seed. Default: another each time")
    private @Nullable Long seed;

    @Option(names = "--keep", description = "Keep the store. It is always kept if something is broken.")
    private boolean keep;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "How to print the verdict. Default: table")
    private Format format = Format.TABLE;

    /** For the command line. */
    TortureCommand() {
        this(Console.system());
    }

    TortureCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Plan plan = plan();
        try (Interruption interruption = Interruption.install(PATIENCE_MS)) {
            TortureProgress progress = new TortureProgress(console);
            TortureReport report = Torture.run(plan, progress, interruption::requested);
            progress.clear();
            Writer out = console.writer();
            new TortureVerdict(report, plan).print(out, format == Format.JSON);
            out.flush();
            int code = report.held() && report.conclusive() ? 0 : 1;
            interruption.exitCode(code);
            return code;
        } catch (TortureException e) {
            throw new CommandException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new CommandException("can't write the output: " + e.getMessage());
        }
    }

    private Plan plan() {
        require(cycles == null || cycles > 0, "--cycles has to be 1 or more");
        require(clients >= 1 && clients <= MAX_CLIENTS, "--clients has to be 1 to " + MAX_CLIENTS);
        require(perSecond >= 1 && perSecond <= MAX_PER_SECOND, "--rate has to be 1 to " + MAX_PER_SECOND);
        require(seconds >= 1 && seconds <= MAX_LIFE_S, "--seconds has to be 1 to " + MAX_LIFE_S);
        Path below = directory == null ? Path.of(".") : directory;
        if (target == null) {
            require(Files.isDirectory(below), "--dir: " + below + " is not a directory");
        } else {
            boolean own = directory != null || durability != null || keep;
            require(!own, "--dir, --durability and --keep are for a broker of ours, not for --target");
        }
        int endless = target == null ? DEFAULT_CYCLES : Integer.MAX_VALUE;
        return new Plan(
                cycles == null ? endless : cycles,
                TimeUnit.SECONDS.toMillis(seconds),
                clients,
                perSecond,
                seed == null ? new SplittableRandom().nextLong(1_000_000_000) : seed,
                target == null ? null : target(target),
                serveCommand(),
                (durability == null ? Durability.FSYNC : durability).toString(),
                below.toAbsolutePath().normalize(),
                keep);
    }

    private void require(boolean fulfilled, String message) {
        if (!fulfilled) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private static Target target(MqttAddress address) {
        return new Target(
                InetSocketAddress.createUnresolved(address.host(), address.port()), address.user(), address.password());
    }

    /** How this process was started, with another command. */
    private static List<String> serveCommand() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // agents are there to watch this process
            if (!option.startsWith("-javaagent:") && !option.startsWith("-agent")) {
                command.add(option);
            }
        }
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        command.addAll(List.of("-cp", classPath, Main.class.getName(), "serve"));
        return command;
    }
}

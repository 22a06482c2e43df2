package io.perdure.tools;

import io.perdure.server.BrokerException;
import io.perdure.storage.StoreException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of Perdure.
 *
 * <p>Exit codes: 0 done; 1 could not, for the reason on stderr; 2 not understood; 3 the store failed while the broker
 * was running.
 */
@Command(
        name = "perdure",
        description = "A persistent MQTT broker: what it has acknowledged survives any crash.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        subcommands = {
            ServeCommand.class,
            DumpCommand.class,
            ReplayCommand.class,
            VerifyCommand.class,
            TortureCommand.class,
            RepairCommand.class,
            ConfigCommand.class,
            VersionCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "The launcher also knows:",
            "  test [MAVEN OPTIONS]  build everything and run all tests",
            "",
            "Example:",
            "  perdure serve --data /var/lib/perdure --listen mqtt://0.0.0.0:1883"
        })
public final class Main implements Runnable {

    @Spec
    private CommandSpec spec;

    private Main() {}

    /** Runs the command that the arguments name and exits with its code. */
    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, arguments));
    }

    /** Runs a command and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return configured(new CommandLine(new Main()).setOut(out), err).execute(arguments);
    }

    /** Makes a command report what went wrong as all do. */
    static CommandLine configured(CommandLine command, PrintWriter err) {
        return command.setErr(err)
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler((e, wrong) -> misunderstood(e))
                .setExecutionExceptionHandler((e, ignored, parsed) -> report(e, err));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do");
    }

    private static int misunderstood(ParameterException e) {
        PrintWriter err = e.getCommandLine().getErr();
        String.valueOf(e.getMessage()).lines().forEach(line -> err.println("perdure: " + line));
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println();
        e.getCommandLine().usage(err);
        return CommandLine.ExitCode.USAGE;
    }

    private static int report(Exception e, PrintWriter err) {
        if (e instanceof CommandException || e instanceof BrokerException || e instanceof StoreException) {
            String.valueOf(e.getMessage()).lines().forEach(line -> err.println("perdure: " + line));
            return e instanceof CommandException failed ? failed.exitCode() : 1;
        }
        err.println("perdure: unexpected failure, please report it:");
        e.printStackTrace(err);
        return 1;
    }
}

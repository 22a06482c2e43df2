package io.perdure.tools;

import io.perdure.server.config.ConfigException;
import io.perdure.server.config.ConfigLoader;
import io.perdure.server.config.LoadedConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code perdure config check|show}. */
@Command(
        name = "config",
        description = "Check a configuration file, or show what is in effect.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        subcommands = {ConfigCommand.Check.class, ConfigCommand.Show.class},
        footer = {"", "Example:", "  perdure config check --config perdure.yaml"})
final class ConfigCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say which: check or show");
    }

    /** Reads a file and reports all that is wrong with it. */
    @Command(
            name = "check",
            description =
                    "Check a configuration file: every problem is reported with its line. Exit code 1 if there is one.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionCommand.class,
            footer = {"", "Example:", "  perdure config check --config perdure.yaml"})
    static final class Check implements Runnable {

        @Spec
        private CommandSpec spec;

        @Option(names = "--config", paramLabel = "FILE", required = true, description = "The file to check.")
        private Path file;

        @Override
        public void run() {
            try {
                LoadedConfig loaded = ConfigLoader.load(file, Map.of(), List.of(), Map.of());
                long given = loaded.settings().stream()
                        .filter(setting -> !setting.origin().equals("default"))
                        .count();
                spec.commandLine()
                        .getOut()
                        .printf(
                                "%s: ok, sets %d of %d keys%n",
                                file, given, loaded.settings().size());
            } catch (ConfigException e) {
                throw new CommandException(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Prints the effective values. */
    @Command(
            name = "show",
            description = {
                "Show the value of every key and where it came from: the command line, an environment variable, a line"
                        + " of the file, or the default. The output is a configuration file."
            },
            mixinStandardHelpOptions = true,
            versionProvider = VersionCommand.class,
            footer = {"", "Example:", "  PERDURE_DURABILITY=os perdure config show --config perdure.yaml"})
    static final class Show implements Runnable {

        @Spec
        private CommandSpec spec;

        @Mixin
        private ConfigOptions options;

        @Override
        public void run() {
            spec.commandLine().getOut().print(options.load().toYaml());
            spec.commandLine().getOut().flush();
        }
    }
}

package io.perdure.tools;

import io.perdure.server.config.ConfigException;
import io.perdure.server.config.ConfigLoader;
import io.perdure.server.config.LoadedConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that make up a broker's configuration. */
final class ConfigOptions {

    /** Variables that begin with {@code PERDURE_} and are not keys of the configuration: the launcher's, and --config. */
    static final List<String> OTHER_VARIABLES = List.of(
            "PERDURE_CONFIG", "PERDURE_JAVA_HOME", "PERDURE_JAVA_OPTS", "PERDURE_NO_BUILD", "PERDURE_NO_INSTALL");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "${env:PERDURE_CONFIG}",
            description = "Read this configuration file; perdure.yaml in the distribution shows every key.")
    private @Nullable Path file;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The directory of the store; made if it is not there. Default: ./data")
    private @Nullable String data;

    @Option(
            names = "--listen",
            paramLabel = "mqtt://HOST:PORT",
            description = "Accept connections here; may be repeated. Default: mqtt://127.0.0.1:1883")
    private @Nullable List<String> listen;

    @Option(
            names = "--durability",
            paramLabel = "fsync|os",
            description =
                    "What an acknowledgement survives: fsync the loss of power, os the death of the process. Default: fsync")
    private @Nullable String durability;

    /**
     * Puts the configuration together.
     *
     * @throws ParameterException if an option is wrong
     * @throws CommandException if the file or the environment is wrong
     */
    LoadedConfig load() {
        Map<String, List<String>> options = new LinkedHashMap<>();
        if (data != null) {
            options.put("data", List.of(data));
        }
        if (listen != null) {
            options.put("listen", listen);
        }
        if (durability != null) {
            options.put("durability", List.of(durability));
        }
        try {
            return ConfigLoader.load(file, System.getenv(), OTHER_VARIABLES, options);
        } catch (ConfigException e) {
            if (e.onCommandLine()) {
                throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
            }
            throw new CommandException(String.valueOf(e.getMessage()));
        }
    }
}

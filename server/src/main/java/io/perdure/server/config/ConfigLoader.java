package io.perdure.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts a configuration together: command line before environment before file before default.
 *
 * <p>For one call and one thread. All problems are collected before any is reported.
 */
public final class ConfigLoader {

    private static final String PREFIX = "PERDURE_";

    private final List<String> problems = new ArrayList<>();
    private final Map<Setting<?>, Given> given = new HashMap<>();
    private final Map<Setting<?>, Object> values = new HashMap<>();
    private final Map<Setting<?>, String> origins = new HashMap<>();
    private boolean onCommandLine;

    private ConfigLoader() {}

    /**
     * Loads a configuration.
     *
     * @param file a file to read, or null for none
     * @param environment variables of the process; those that begin with {@code PERDURE_} must be known
     * @param otherVariables variables with that beginning that are not the configuration's
     * @param options values of command-line options by key; not empty lists
     * @throws ConfigException if anything is unknown or not allowed
     */
    public static LoadedConfig load(
            @Nullable Path file,
            Map<String, String> environment,
            List<String> otherVariables,
            Map<String, List<String>> options)
            throws ConfigException {
        ConfigLoader loader = new ConfigLoader();
        if (file != null) {
            loader.given.putAll(ConfigFile.read(file, loader.problems));
        }
        loader.parse();
        loader.readEnvironment(environment, otherVariables);
        loader.readOptions(options);
        return loader.finish();
    }

    private void readEnvironment(Map<String, String> environment, List<String> otherVariables) {
        Map<String, Setting<?>> known = new LinkedHashMap<>();
        Settings.ALL.forEach(setting -> known.put(setting.variable(), setting));
        new TreeMap<>(environment).forEach((name, text) -> {
            Setting<?> setting = known.get(name);
            if (setting != null) {
                given.put(setting, new Given(text, name));
            } else if (name.startsWith(PREFIX) && !otherVariables.contains(name)) {
                List<String> names = new ArrayList<>(known.keySet());
                names.addAll(otherVariables);
                problems.add("environment: unknown variable " + name + "; did you mean " + Nearest.to(name, names)
                        + "? Unset it otherwise.");
            }
        });
        parse();
    }

    private void readOptions(Map<String, List<String>> options) {
        options.forEach((key, texts) -> given.put(Settings.named(key), new Given(String.join(",", texts), "--" + key)));
        int before = problems.size();
        parse();
        onCommandLine = problems.size() > before;
    }

    /** Parses what one source gave; a value that is overridden must be right all the same. */
    private void parse() {
        for (Setting<?> setting : Settings.ALL) {
            Given value = given.remove(setting);
            if (value != null) {
                try {
                    values.put(setting, setting.parse(value.text()));
                    origins.put(setting, value.origin());
                } catch (IllegalArgumentException e) {
                    problems.add(value.origin() + ": " + e.getMessage());
                }
            }
        }
    }

    private LoadedConfig finish() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems, onCommandLine);
        }
        BrokerConfig config =
                Settings.build(setting -> values.computeIfAbsent(setting, absent -> absent.defaultValue()));
        List<LoadedConfig.Effective> settings = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            settings.add(new LoadedConfig.Effective(
                    setting.key(), setting.text(config), origins.getOrDefault(setting, "default")));
        }
        return new LoadedConfig(config, List.copyOf(settings));
    }
}

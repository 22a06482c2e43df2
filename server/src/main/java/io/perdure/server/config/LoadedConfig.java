package io.perdure.server.config;

import java.util.List;

/**
 * A configuration and where each of its values came from.
 *
 * @param config what the broker is started with
 * @param settings all keys, in the order of the example file
 */
public record LoadedConfig(BrokerConfig config, List<Effective> settings) {

    /**
     * The value of one key.
     *
     * @param key with dots between the levels
     * @param text as in the file; elements of a list are separated by commas
     * @param origin "default", "FILE:LINE", the environment variable or the command-line option
     */
    public record Effective(String key, String text, String origin) {}

    /** The values as a configuration file, with the origin of each in a comment. */
    public String toYaml() {
        StringBuilder yaml = new StringBuilder();
        String section = "";
        for (Effective setting : settings) {
            int dot = setting.key().lastIndexOf('.');
            String parent = setting.key().substring(0, dot + 1);
            if (!parent.equals(section)) {
                section = parent;
                yaml.append(parent, 0, dot).append(":\n");
            }
            String indent = dot < 0 ? "" : "  ";
            String line = indent + setting.key().substring(dot + 1) + ": " + value(setting.text());
            yaml.append(String.format("%-48s # %s%n", line, setting.origin()));
        }
        return yaml.toString();
    }

    private static String value(String text) {
        return text.contains(", ") ? "[" + quoted(text).replace(", ", "\", \"") + "]" : quotedIfNeeded(text);
    }

    private static String quotedIfNeeded(String text) {
        return text.matches("[A-Za-z0-9./][A-Za-z0-9./:_-]*") ? text : quoted(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}

package io.perdure.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads a configuration file node by node, so that every problem has its line. For one call. */
final class ConfigFile {

    private final Path file;
    private final List<String> problems;
    private final Map<Setting<?>, Given> given = new HashMap<>();

    private ConfigFile(Path file, List<String> problems) {
        this.file = file;
        this.problems = problems;
    }

    /** The values in a file; what is wrong with it is added to {@code problems}. */
    static Map<Setting<?>, Given> read(Path file, List<String> problems) {
        ConfigFile reader = new ConfigFile(file, problems);
        reader.compose().ifPresent(root -> reader.readMapping(root, ""));
        return reader.given;
    }

    private Optional<Node> compose() {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            return new Compose(settings).composeString(Files.readString(file));
        } catch (NoSuchFileException e) {
            problems.add(file + ": there is no such file");
        } catch (CharacterCodingException e) {
            problems.add(file + ": not a text in UTF-8");
        } catch (IOException e) {
            problems.add(file + ": can't be read: " + e.getMessage());
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            problems.add(file + line + ": not valid YAML: " + oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(file + ": not valid YAML: " + oneLine(e.getMessage()));
        }
        return Optional.empty();
    }

    private static String oneLine(@Nullable String message) {
        return message == null ? "" : message.replaceAll("\\s+", " ");
    }

    private void readMapping(Node node, String prefix) {
        if (!(node instanceof MappingNode mapping)) {
            String what = prefix.isEmpty() ? "the file" : prefix.substring(0, prefix.length() - 1);
            problems.add(at(node) + ": " + what + ": give lines of the form 'key: value'");
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                readKey(prefix + key.getValue(), key, tuple.getValueNode());
            } else {
                problems.add(at(tuple.getKeyNode()) + ": a key must be a word");
            }
        }
    }

    private void readKey(String name, ScalarNode key, Node value) {
        Setting<?> setting = Settings.find(name);
        if (setting != null) {
            Given earlier = given.get(setting);
            if (earlier != null) {
                problems.add(at(key) + ": " + name + ": given before, at " + earlier.origin());
            } else {
                readValue(setting, key, value);
            }
        } else if (Settings.ALL.stream().anyMatch(s -> s.key().startsWith(name + "."))) {
            readMapping(value, name + ".");
        } else {
            problems.add(at(key) + ": " + Settings.unknownKey(name));
        }
    }

    private void readValue(Setting<?> setting, ScalarNode key, Node value) {
        if (value instanceof ScalarNode scalar) {
            given.put(setting, new Given(text(scalar), at(key)));
        } else if (value instanceof SequenceNode sequence && setting.type().list()) {
            readSequence(setting, key, sequence);
        } else {
            String what = value instanceof SequenceNode ? "a list" : "a mapping";
            problems.add(at(key) + ": " + setting.key() + ": " + what + " is not allowed; give "
                    + setting.type().allowed());
        }
    }

    private void readSequence(Setting<?> setting, ScalarNode key, SequenceNode sequence) {
        StringJoiner texts = new StringJoiner(",");
        for (Node element : sequence.getValue()) {
            String text = element instanceof ScalarNode scalar ? text(scalar) : "";
            texts.add(text);
            try {
                setting.parse(text);
            } catch (IllegalArgumentException e) {
                problems.add(at(element) + ": " + e.getMessage());
                return;
            }
        }
        given.put(setting, new Given(texts.toString(), at(key)));
    }

    private static String text(ScalarNode scalar) {
        return scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue();
    }

    private String at(Node node) {
        return file + ":" + (node.getStartMark().map(Mark::getLine).orElse(0) + 1);
    }
}

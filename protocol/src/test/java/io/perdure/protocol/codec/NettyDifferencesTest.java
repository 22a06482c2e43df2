package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.codec.NettyOracle.Difference;
import io.perdure.protocol.packet.MqttVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every disagreement with Netty's codec is in a class that {@code docs/codec-differences.md} explains, and every class there
 * exists.
 */
class NettyDifferencesTest {

    private static final Path PAGE = Path.of("..", "docs", "codec-differences.md");
    private static final Pattern ROW =
            Pattern.compile("\\| `([^`]+)` \\| `([^`]+)` \\| (here|Netty|both|open) \\| .+ \\|");

    /** The same in every build: one must not fail for what it has not changed. */
    private static final long SEED = 20_261_122;

    private static final int INPUTS = 10_000;

    private final NettyOracle oracle = new NettyOracle();
    private final Map<Difference, FuzzInput> explained = new LinkedHashMap<>();

    @BeforeEach
    void readPage() throws IOException {
        MqttVersion version = null;
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (line.startsWith("## ")) {
                version = versionOf(line.substring(3));
            } else if (row.matches()) {
                explained.put(new Difference(version, row.group(1)), FuzzInput.parse(row.group(2)));
            } else {
                assertTrue(!line.startsWith("| `"), () -> "not a row: " + line);
            }
        }
    }

    private static @Nullable MqttVersion versionOf(String heading) {
        return switch (heading) {
            case "Before CONNECT" -> null;
            case "MQTT 3.1" -> MqttVersion.V3_1;
            case "MQTT 3.1.1" -> MqttVersion.V3_1_1;
            case "MQTT 5.0" -> MqttVersion.V5;
            default -> throw new AssertionError(heading);
        };
    }

    @Test
    void examplesAreOfTheirClasses() {
        assertTrue(explained.size() > 50, () -> "only " + explained.size() + " rows");
        List<String> wrong = new ArrayList<>();
        explained.forEach((difference, example) -> {
            Difference found = oracle.compare(example);
            if (!difference.equals(found)) {
                wrong.add(difference + ": " + example + " is " + found);
            }
        });
        assertEquals(List.of(), wrong);
    }

    @Test
    void allDifferencesAreExplained() {
        Long seconds = Long.getLong("fuzz.seconds");
        long seed = Long.getLong("codec.seed", seconds == null ? SEED : System.nanoTime());
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds == null ? 0 : seconds);
        System.out.println("codec.seed=" + seed);
        Random random = new Random(seed);
        Mutator mutator = new Mutator(random);
        List<FuzzInput> pool = new ArrayList<>(Corpus.kept());
        pool.addAll(Corpus.generated(random, 20));
        pool.addAll(explained.values());
        for (FuzzInput input : pool) {
            compare(input);
        }
        for (int i = 0; i < INPUTS || System.nanoTime() < deadlineNs; i++) {
            FuzzInput base = pool.get(random.nextInt(pool.size()));
            byte[] other = pool.get(random.nextInt(pool.size())).bytes();
            byte[] bytes = random.nextInt(50) == 0 ? mutator.noise() : mutator.mutate(base.bytes(), other);
            compare(base.with(Mutator.withRemainingLength(bytes)));
        }
    }

    private void compare(FuzzInput input) {
        FuzzInput packet = firstPacket(input);
        Difference difference = packet == null ? null : oracle.compare(packet);
        if (packet != null && difference != null && !explained.containsKey(difference)) {
            byte[] smaller = Mutator.shrink(packet.bytes(), bytes -> differs(packet.with(bytes), difference));
            throw new AssertionError("not explained in " + PAGE + " for " + difference.version() + ":\n| `"
                    + difference.name() + "` | `" + packet.with(smaller) + "` | ");
        }
    }

    private boolean differs(FuzzInput input, Difference difference) {
        return input.equals(firstPacket(input)) && difference.equals(oracle.compare(input));
    }

    /** Only complete packets are compared: here some are refused before they are. Null if it is not complete. */
    private static @Nullable FuzzInput firstPacket(FuzzInput input) {
        byte[] bytes = input.bytes();
        int length = 0;
        for (int i = 1; i < Math.min(bytes.length, 5); i++) {
            length |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if (bytes[i] >= 0) {
                int end = i + 1 + length;
                return end > bytes.length ? null : input.with(Arrays.copyOf(bytes, end));
            }
        }
        return null;
    }
}

package io.perdure.recovery.damage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a store, and what may happen to them. */
final class StoreFiles {

    /** What is done to a file. */
    enum Harm {
        FLIP_A_BIT,
        ZERO_A_SECTOR,
        CUT_OFF,
        DELETE
    }

    private StoreFiles() {}

    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : list(from, "")) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
    }

    /** Those whose names contain a text, in order of their names. */
    static List<Path> list(Path directory, String part) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().contains(part))
                    .sorted()
                    .toList();
        }
    }

    static Path largest(Path directory, String part) throws IOException {
        Path largest = list(directory, part).get(0);
        for (Path file : list(directory, part)) {
            largest = Files.size(file) > Files.size(largest) ? file : largest;
        }
        return largest;
    }

    /** Does harm, and says what. */
    static String harm(Path file, Harm harm, Random random) throws IOException {
        long size = Files.size(file);
        long at = size == 0 ? 0 : random.nextLong(size);
        switch (harm) {
            case DELETE -> Files.delete(file);
            case CUT_OFF -> {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(at);
                }
            }
            case FLIP_A_BIT -> flip(file, (int) at, 1 << random.nextInt(8));
            case ZERO_A_SECTOR -> {
                byte[] content = Files.readAllBytes(file);
                int from = (int) at / 512 * 512;
                Arrays.fill(content, from, (int) Math.min(size, from + 512), (byte) 0);
                Files.write(file, content);
            }
        }
        return harm + " of " + file.getFileName() + " (" + size + " bytes) at " + at;
    }

    static void flip(Path file, int at, int mask) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[at] ^= (byte) mask;
        Files.write(file, content);
    }

    /** Each file's size and hash. */
    static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        directory.relativize(file).toString(),
                        Files.size(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return contents;
    }
}

package io.perdure.recovery.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a broker is started.
 *
 * @param directory where the command runs
 * @param environment added to that of this process
 */
public record Launch(List<String> command, Path directory, Map<String, String> environment, int port) {

    /** Wills whose connection the broker's death ended are published this long after its start. */
    public static final long WILL_GRACE_MS = 1_000;

    /** The launcher of this repository, on a free port. */
    public static Launch perdure(Path data) {
        Path root = repository();
        int port = freePort();
        List<String> command = List.of(
                root.resolve("perdure").toString(),
                "serve",
                "--data",
                data.toString(),
                "--listen",
                "mqtt://127.0.0.1:" + port);
        Map<String, String> environment =
                Map.of("PERDURE_WILL_GRACE", WILL_GRACE_MS + "ms", "PERDURE_NO_BUILD", "1", "PERDURE_NO_INSTALL", "1");
        return new Launch(command, root, environment, port);
    }

    public Launch withArguments(String... arguments) {
        List<String> longer = new ArrayList<>(command);
        longer.addAll(List.of(arguments));
        return new Launch(longer, directory, environment, port);
    }

    public Launch withEnvironment(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Launch(command, directory, more, port);
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static Path repository() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null) {
            if (Files.isExecutable(directory.resolve("perdure"))) {
                return directory;
            }
            directory = directory.getParent();
        }
        throw new IllegalStateException(
                "no launcher 'perdure' above " + Path.of("").toAbsolutePath());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

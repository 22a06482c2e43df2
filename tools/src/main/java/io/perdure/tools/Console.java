package io.perdure.tools;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command prints to: UTF-8, whatever the locale is.
 *
 * @param out results; unlike {@link System#out} it reports errors, such as that the reader has gone
 * @param err messages and progress
 * @param errIsTerminal whether {@code err} is a terminal, where progress may be shown
 */
record Console(OutputStream out, PrintStream err, boolean errIsTerminal) {

    private static final int BUFFER_CHARS = 1 << 15;

    /** That of the process. */
    static Console system() {
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                terminal(2));
    }

    Writer writer() {
        return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER_CHARS);
    }

    /** Whether writing failed because the reader closed its end, as {@code head} does when it has enough. */
    static boolean brokenPipe(IOException e) {
        return e.getMessage() != null && e.getMessage().contains("Broken pipe");
    }

    /** Whether a person may be typing what the process reads. */
    static boolean inputIsTerminal() {
        return terminal(0);
    }

    /** Java can't tell; Linux can. Elsewhere it is taken for none. */
    private static boolean terminal(int descriptor) {
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
            return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return false;
        }
    }
}

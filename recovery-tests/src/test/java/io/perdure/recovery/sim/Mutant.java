package io.perdure.recovery.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A deliberate mistake in the broker: one place in one source file, changed.
 *
 * @param name what is wrong then
 * @param file the source file: module, and path below {@code io/perdure}
 * @param original what stands there, and nowhere else in the file
 * @param replacement what stands there instead
 */
record Mutant(String name, String file, String original, String replacement) {

    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();

    /**
     * Compiles the changed file.
     *
     * @param directory where its classes go, to be found before the true ones
     */
    void compile(Path directory) throws IOException {
        String module = file.substring(0, file.indexOf(':'));
        String path = "io/perdure/" + file.substring(file.indexOf(':') + 1) + ".java";
        String source =
                Files.readString(TOP.resolve(module).resolve("src/main/java").resolve(path));
        assertEquals(1, occurrences(source), () -> name + ": not there exactly once in " + path + ":\n" + original);
        Path changed = directory.resolve("source").resolve(path);
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, source.replace(original, replacement));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertTrue(compiler != null, "this Java has no compiler: a JDK is needed");
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            List<String> options = List.of("-proc:none", "-nowarn", "-d", directory.toString(), "-cp", classPath());
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(changed))
                    .call();
            assertTrue(compiled, () -> name + ": does not compile:\n" + messages);
        }
    }

    private int occurrences(String source) {
        int count = 0;
        for (int at = source.indexOf(original); at >= 0; at = source.indexOf(original, at + 1)) {
            count++;
        }
        return count;
    }

    /** Of the tests; Surefire may keep it out of the usual property. */
    private static String classPath() {
        String given = System.getProperty("surefire.test.class.path", "");
        String own = System.getProperty("java.class.path", "");
        return given.isEmpty() ? own : given + File.pathSeparator + own;
    }
}

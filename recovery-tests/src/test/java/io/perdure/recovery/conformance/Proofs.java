package io.perdure.recovery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The tests of this module that prove something, by what they prove.
 *
 * @param v311 by statement of MQTT 3.1.1
 * @param v5 by statement of MQTT 5.0
 * @param choices by key of the choice
 */
record Proofs(Map<String, List<Method>> v311, Map<String, List<Method>> v5, Map<String, List<Method>> choices) {

    private static final String TOP_PACKAGE = "io.perdure.recovery";

    /** Looks through all compiled tests. */
    static Proofs find() {
        Proofs proofs = new Proofs(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        Path classes = Path.of(
                Proofs.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        try (Stream<Path> files = Files.walk(classes.resolve(TOP_PACKAGE.replace('.', '/')))) {
            files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith("Test.class"))
                    .sorted()
                    .forEach(name -> proofs.addAll(
                            name.substring(0, name.length() - ".class".length()).replace('/', '.')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return proofs;
    }

    private void addAll(String className) {
        try {
            Method[] methods = Class.forName(className).getDeclaredMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method method : methods) {
                Proves proves = method.getAnnotation(Proves.class);
                if (proves != null) {
                    checkRuns(method);
                    add(v311, proves.v311(), method);
                    add(v5, proves.v5(), method);
                    add(choices, proves.choices(), method);
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkRuns(Method method) {
        boolean test = method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
        if (!test || method.isAnnotationPresent(Disabled.class)) {
            throw new AssertionError(method + " is no test that runs, and proves nothing");
        }
    }

    private static void add(Map<String, List<Method>> proofs, String[] names, Method method) {
        for (String name : names) {
            proofs.computeIfAbsent(name, key -> new ArrayList<>()).add(method);
        }
    }
}

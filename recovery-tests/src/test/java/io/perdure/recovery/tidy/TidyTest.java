package io.perdure.recovery.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The house rules that can be counted. There are no exceptions to add to: make the code fit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TidyTest {

    private static final List<String> MODULES =
            List.of("protocol", "storage", "server", "tools", "recovery-tests", "jmh");
    private static final int FILE_LINES = 500;

    /** Packages of values that are there to be used from other modules. */
    private static final Set<String> VALUE_PACKAGES =
            Set.of("io.perdure.protocol.packet", "io.perdure.protocol.topic", "io.perdure.storage");

    private static final Pattern EMPTY_NAMES = Pattern.compile(".*(Impl|Utils?|Manager|Helper)");
    private static final Pattern LEFT_OVERS = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");

    private List<SourceFile> files = List.of();

    @BeforeAll
    void readSources() {
        Path top = Path.of("..").toAbsolutePath().normalize();
        assertTrue(Files.isRegularFile(top.resolve("perdure.yaml")), "not the top of the project: " + top);
        files = SourceFile.readAll(top, MODULES);
        assertTrue(files.size() > 100, "only " + files.size() + " files found");
    }

    @Test
    void filesAreShort() {
        assertNone(file -> file.lines().size() > FILE_LINES, "longer than " + FILE_LINES + " lines");
    }

    @Test
    void methodsAreShort() {
        List<String> found = new ArrayList<>();
        for (SourceFile file : files) {
            file.longestBlocks().forEach(block -> found.add(file.path() + ": " + block));
        }
        assertEquals(List.of(), found, "more than " + SourceFile.BLOCK_LINES + " lines");
    }

    @Test
    void mostTypesOfAModuleStayInTheirPackage() {
        List<String> found = new ArrayList<>();
        for (String module : List.of("protocol", "storage", "server", "tools")) {
            List<SourceFile.Type> types = files.stream()
                    .filter(file -> file.module().equals(module) && !file.isTest())
                    .filter(file -> !VALUE_PACKAGES.contains(file.packageName()))
                    .flatMap(file -> file.types().stream())
                    .toList();
            long open = types.stream().filter(SourceFile.Type::isPublic).count();
            if (open * 2 > types.size()) {
                found.add(module + ": " + open + " of " + types.size() + " types are public");
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void namesSaySomething() {
        assertNone(
                file -> file.types().stream()
                        .anyMatch(type -> EMPTY_NAMES.matcher(type.name()).matches()),
                "a name that says nothing");
    }

    @Test
    void testsDoNotSleep() {
        List<String> found = new ArrayList<>();
        for (SourceFile file : files) {
            if (file.isTest()) {
                file.sleeps().forEach(line -> found.add(file.path() + ":" + line));
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void nothingIsLeftForLater() {
        String own = TidyTest.class.getSimpleName() + ".java";
        assertNone(
                file -> !file.path().endsWith(own)
                        && file.lines().stream()
                                .anyMatch(line -> LEFT_OVERS.matcher(line).find()),
                "something left for later");
    }

    @Test
    void packagesSayWhatTheyOwnAndAreNullMarked() {
        Set<String> packages = new TreeSet<>();
        files.stream().filter(file -> !file.isTest()).forEach(file -> packages.add(file.packageName()));
        for (SourceFile file : files) {
            boolean marked = file.lines().contains("@NullMarked");
            if (file.path().endsWith("package-info.java")
                    && marked
                    && file.lines().get(0).startsWith("/**")) {
                packages.remove(file.packageName());
            }
        }
        assertEquals(Set.of(), packages);
    }

    private void assertNone(Predicate<SourceFile> wrong, String what) {
        List<String> found = files.stream()
                .filter(wrong)
                .map(file -> file.path() + " (" + file.lines().size() + " lines)")
                .toList();
        assertEquals(List.of(), found, what);
    }
}

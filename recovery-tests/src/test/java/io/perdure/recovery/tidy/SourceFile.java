package io.perdure.recovery.tidy;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * What is counted in one Java file.
 *
 * @param path from the top of the project
 * @param module its first part
 * @param packageName the package
 * @param lines physical lines
 * @param types top-level types
 * @param longestBlocks methods and lambdas of more than {@link #BLOCK_LINES} lines
 * @param sleeps lines with a call of a method named sleep
 */
record SourceFile(
        Path path,
        String module,
        String packageName,
        List<String> lines,
        List<Type> types,
        List<String> longestBlocks,
        List<Long> sleeps) {

    static final int BLOCK_LINES = 70;

    /** A top-level type. */
    record Type(String name, boolean isPublic) {}

    boolean isTest() {
        return path.toString().contains("src/test/");
    }

    /** Parses all Java files of the modules' sources. */
    static List<SourceFile> readAll(Path top, List<String> modules) {
        List<Path> files = new ArrayList<>();
        for (String module : modules) {
            try (var walk = Files.walk(top.resolve(module).resolve("src"))) {
                walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = manager.getJavaFileObjectsFromPaths(files);
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of("-proc:none"), null, sources);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            List<SourceFile> parsed = new ArrayList<>();
            for (CompilationUnitTree unit : task.parse()) {
                parsed.add(read(top, unit, positions));
            }
            return parsed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SourceFile read(Path top, CompilationUnitTree unit, SourcePositions positions) throws IOException {
        Path file = Path.of(unit.getSourceFile().toUri());
        Path path = top.toAbsolutePath().normalize().relativize(file);
        List<Type> types = new ArrayList<>();
        for (Tree declaration : unit.getTypeDecls()) {
            if (declaration instanceof ClassTree type) {
                boolean isPublic = type.getModifiers().getFlags().contains(Modifier.PUBLIC);
                types.add(new Type(type.getSimpleName().toString(), isPublic));
            }
        }
        Blocks blocks = new Blocks(unit, positions);
        blocks.scan(unit, null);
        return new SourceFile(
                path,
                path.getName(0).toString(),
                String.valueOf(unit.getPackageName()),
                Files.readAllLines(file),
                types,
                blocks.tooLong,
                blocks.sleeps);
    }

    /** Measures methods, lambdas with a body, and finds sleeps. */
    private static final class Blocks extends TreeScanner<@Nullable Void, @Nullable Void> {

        private final List<String> tooLong = new ArrayList<>();
        private final List<Long> sleeps = new ArrayList<>();
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final LineMap lines;

        Blocks(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
            this.lines = unit.getLineMap();
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            measure(method.getName().toString(), method.getBody());
            return super.visitMethod(method, null);
        }

        @Override
        public @Nullable Void visitLambdaExpression(LambdaExpressionTree lambda, @Nullable Void nothing) {
            measure("a lambda", lambda.getBody());
            return super.visitLambdaExpression(lambda, null);
        }

        @Override
        public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
            if (call.getMethodSelect().toString().matches("(.*\\.)?sleep")) {
                sleeps.add(lines.getLineNumber(positions.getStartPosition(unit, call)));
            }
            return super.visitMethodInvocation(call, null);
        }

        private void measure(String name, @Nullable Tree body) {
            if (body instanceof BlockTree) {
                long first = lines.getLineNumber(positions.getStartPosition(unit, body));
                long last = lines.getLineNumber(positions.getEndPosition(unit, body));
                if (last - first + 1 > BLOCK_LINES) {
                    tooLong.add(name + " at line " + first + ": " + (last - first + 1) + " lines");
                }
            }
        }
    }
}

package io.perdure.tools;

import io.perdure.storage.StoreException;
import io.perdure.storage.check.CheckResult;
import io.perdure.storage.check.CheckSink;
import io.perdure.storage.check.Finding;
import io.perdure.storage.check.StoreCheck;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.inspect.OpenStore;
import io.perdure.storage.inspect.StoreInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code perdure verify}: checks every record and every reference of a store. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        description = {
            "Check every record and every reference in the store of a stopped or of a running broker, and every block "
                    + "of its tables.",
            "The store is only read, and a running broker is not disturbed. Exit code 0: it is sound; 1: it is damaged, or "
                    + "can't be read."
        },
        footer = {"", "Examples:", "  perdure verify --data data", "  perdure verify --data data --all --format json"})
final class VerifyCommand implements Callable<Integer> {

    private static final long PRINTED_FINDINGS = 100;
    private static final int REMEMBERED_FINDINGS = 100_000;

    private final Console console;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The broker's data directory.")
    private Path data;

    @Option(names = "--all", description = "Print all findings, not only the first 100.")
    private boolean all;

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "Tables (default), or one JSON object a line, with all findings.")
    private DumpCommand.Format format;

    /** For the command line. */
    VerifyCommand() {
        this(Console.system());
    }

    VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (Interruption interruption = Interruption.install()) {
            Writer out = console.writer();
            boolean json = format == DumpCommand.Format.JSON;
            Printer printer = new Printer(
                    json ? new JsonCheck(out) : new TableCheck(out), all || json ? Long.MAX_VALUE : PRINTED_FINDINGS);
            CheckResult result = verify(printer, interruption);
            printer.end(result);
            out.flush();
            if (result.findings() > 0) {
                console.err()
                        .println("perdure: 'perdure repair --data " + data
                                + " --to NEWDIR' makes a sound store of what is readable");
            }
            return result.findings() == 0 ? 0 : 1;
        } catch (CancellationException stopped) {
            return 1;
        } catch (IOException e) {
            return unwritable(e);
        } catch (UncheckedIOException e) {
            return unwritable(Objects.requireNonNull(e.getCause()));
        }
    }

    private static int unwritable(IOException e) {
        if (Console.brokenPipe(e)) {
            return 0;
        }
        throw new CommandException("can't write the output: " + e.getMessage());
    }

    private CheckResult verify(Printer printer, Interruption interruption) throws IOException {
        Set<Finding> before = new LinkedHashSet<>();
        try (OpenStore store = open()) {
            if (store.mode() == StoreInfo.Mode.STOPPED) {
                printer.output.header(store, info(store));
                printer.output.note(store.tornTail());
                for (String lost : store.lostFiles()) {
                    printer.accept(new Finding.BadFile(data.toString(), lost));
                }
                CheckResult result = check(store, interruption, printer);
                return result.withFindings(printer.findings);
            }
            CheckResult result = check(store, interruption, finding -> {
                if (before.size() < REMEMBERED_FINDINGS) {
                    before.add(finding);
                }
            });
            if (result.findings() == 0) {
                printer.output.header(store, info(store));
                return result;
            }
        }
        return verifyAgain(before, printer, interruption);
    }

    /** What is wrong with a store that is being written must be wrong twice: it could have been read at a bad moment. */
    private CheckResult verifyAgain(Set<Finding> before, Printer printer, Interruption interruption)
            throws IOException {
        try (OpenStore store = open()) {
            printer.output.header(store, info(store));
            CheckResult result = check(store, interruption, finding -> {
                if (before.contains(finding)) {
                    printer.accept(finding);
                }
            });
            return result.withFindings(printer.findings);
        }
    }

    private OpenStore open() {
        try {
            return OpenStore.open(data);
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.DAMAGED) {
                throw e;
            }
            throw new CommandException(
                    e.getMessage() + "\nnothing can be verified before it opens; 'perdure repair --data " + data
                            + " --to NEWDIR' makes a sound store of what its tables hold");
        }
    }

    private static @Nullable StoreInfo info(OpenStore store) {
        try {
            return store.info();
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.DAMAGED) {
                throw e;
            }
            return null; // the check tells of it
        }
    }

    private CheckResult check(OpenStore store, Interruption interruption, Consumer<Finding> findings) {
        CheckProgress progress =
                new CheckProgress(console.err(), console.errIsTerminal(), "checked", rows(store), System.nanoTime());
        boolean[] unreadable = new boolean[1];
        CheckResult result = StoreCheck.run(store.engine(), store.asOfMs(), false, new CheckSink() {
            @Override
            public void found(Finding finding) {
                progress.clear();
                unreadable[0] |= finding instanceof Finding.Unreadable;
                findings.accept(finding);
            }

            @Override
            public boolean progress(long total) {
                progress.update(total, System.nanoTime());
                return !interruption.requested();
            }
        });
        progress.clear();
        if (unreadable[0]) {
            return result;
        }
        // a block of rows that were overwritten or deleted since: the next compaction would stumble over it
        return store.damagedBlock()
                .map(reason -> {
                    findings.accept(new Finding.BadFile("a table", reason));
                    return result.withFindings(result.findings() + 1);
                })
                .orElse(result);
    }

    private static long rows(OpenStore store) {
        Engine engine = store.engine();
        long rows = 0;
        for (int family = 0; family < engine.families().size(); family++) {
            rows += engine.estimateRows(family);
        }
        return rows;
    }

    /** Prints the first findings, and counts all. */
    private static final class Printer implements Consumer<Finding> {
        private final CheckOutput output;
        private final long limit;
        private long findings;

        Printer(CheckOutput output, long limit) {
            this.output = output;
            this.limit = limit;
        }

        @Override
        public void accept(Finding finding) {
            if (findings++ < limit) {
                try {
                    output.finding(finding);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        void end(CheckResult result) throws IOException {
            if (findings > limit) {
                output.more(findings - limit);
            }
            output.result(result);
        }
    }
}

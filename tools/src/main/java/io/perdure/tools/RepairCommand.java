package io.perdure.tools;

import io.perdure.storage.StoreException;
import io.perdure.storage.check.CheckResult;
import io.perdure.storage.check.Finding;
import io.perdure.storage.inspect.OpenStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code perdure repair}: makes a sound store of what is readable of a damaged one. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        sortOptions = false,
        description = {
            "Copy all that is readable and fits together from the store of a stopped broker into a new store. The original "
                    + "is never changed.",
            "What would be kept and dropped is shown first, and nothing is written before it is confirmed. Exit code 0: "
                    + "done; 1: not done; 2: the command line was not understood, or nobody is there to confirm."
        },
        footer = {
            "",
            "Examples:",
            "  perdure repair --data data --to repaired --dry-run",
            "  perdure repair --data data --to repaired",
            "  perdure repair --data data --to repaired --yes --report report.json"
        })
final class RepairCommand implements Callable<Integer> {

    private static final long PRINTED_FINDINGS = 100;
    private static final int NOBODY_TO_ASK = 2;

    /** Who confirms. */
    interface Confirmation {

        /** Whether somebody can be asked. */
        boolean possible();

        /** The answer to a question that has been printed; null if there is none. */
        @Nullable
        String answer() throws IOException;
    }

    private final Console console;
    private final Confirmation confirmation;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "The data directory of the damaged store.")
    private Path data;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "NEWDIR",
            description = "The directory of the new store; it must not exist.")
    private Path to;

    @Option(names = "--dry-run", description = "Show what would be kept and dropped, and write nothing.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Don't ask.")
    private boolean yes;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write the report here too; NEWDIR/repair-report.json always gets it.")
    private @Nullable Path report;

    /** For the command line. */
    RepairCommand() {
        this(Console.system(), new Terminal());
    }

    RepairCommand(Console console, Confirmation confirmation) {
        this.console = console;
        this.confirmation = confirmation;
    }

    @Override
    public Integer call() {
        checkTarget();
        try (Interruption interruption = Interruption.install();
                OpenStore store = OpenStore.openDamaged(data)) {
            checkFormat(store);
            Repair repair = new Repair(store, console, interruption);
            Writer out = console.writer();
            Survey survey = new Survey(new TableCheck(out));
            survey.table.header(store, null);
            for (String lost : store.lostFiles()) {
                survey.accept(new Finding.BadFile(data.toString(), lost));
            }
            CheckResult result = repair.survey(survey::accept);
            survey.end(repair, result);
            out.flush();
            if (result.rows() == 0) {
                throw new CommandException(
                        "nothing of the store in " + data + " can be read; there is nothing to repair");
            }
            if (dryRun) {
                return 0;
            }
            if (!yes && !confirmed(out)) {
                return confirmation.possible() ? 1 : NOBODY_TO_ASK;
            }
            repair.copy(to, report);
            out.write("The new store is in " + to + ", with the report in " + Repair.REPORT + ".\n");
            out.flush();
            return 0;
        } catch (CancellationException stopped) {
            console.err().println("perdure: stopped; nothing is left of " + to);
            return 1;
        } catch (IOException e) {
            throw failed(e);
        } catch (UncheckedIOException e) {
            throw failed(Objects.requireNonNull(e.getCause()));
        }
    }

    private static CommandException failed(IOException e) {
        return new CommandException("nothing was repaired, a file or the output can't be written: " + e.getMessage()
                + " (" + e.getClass().getSimpleName() + ")");
    }

    private void checkTarget() {
        Path target = to.toAbsolutePath().normalize();
        if (Files.exists(to)) {
            throw new CommandException(to + " exists; choose another --to");
        }
        if (target.startsWith(data.toAbsolutePath().normalize())) {
            throw new CommandException(to + " is within the damaged store; choose another --to");
        }
        Path parent = target.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new CommandException("there is no directory " + parent + "; make it, or choose another --to");
        }
    }

    /** A store of a newer format is not damaged. */
    private static void checkFormat(OpenStore store) {
        try {
            store.info();
        } catch (StoreException e) {
            if (String.valueOf(e.getMessage()).contains("newer")) {
                throw e;
            }
        }
    }

    private boolean confirmed(Writer out) throws IOException {
        if (!confirmation.possible()) {
            console.err().println("perdure: nobody is there to confirm this; add --yes to go on");
            return false;
        }
        out.write("Continue? [y/N] ");
        out.flush();
        String answer = confirmation.answer();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    /** Prints the first findings, and what would come of them. */
    private static final class Survey {
        private final TableCheck table;
        private long findings;

        Survey(TableCheck table) {
            this.table = table;
        }

        void accept(Finding finding) {
            if (findings++ < PRINTED_FINDINGS) {
                table.remedy(finding);
            }
        }

        void end(Repair repair, CheckResult result) throws IOException {
            if (findings > PRINTED_FINDINGS) {
                table.more(findings - PRINTED_FINDINGS, "the report has all");
            }
            table.kept(result, repair);
        }
    }

    /** The terminal of the process. */
    private static final class Terminal implements Confirmation {

        @Override
        public boolean possible() {
            return Console.inputIsTerminal();
        }

        @Override
        public @Nullable String answer() throws IOException {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        }
    }
}

package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.perdure.recovery.conformance.Catalogue.Choice;
import io.perdure.recovery.conformance.Catalogue.Kind;
import io.perdure.recovery.conformance.Catalogue.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every statement that binds the broker is proved, and the page says so. {@code -Dconformance.write=true} writes the page
 * anew.
 */
class ConformancePageTest {

    private static final Path PAGE = Path.of("..", "docs", "conformance.md");

    private final Catalogue catalogue = Catalogue.read();
    private final Proofs proofs = Proofs.find();

    @Test
    void everyStatementThatBindsTheBrokerIsProved() {
        List<String> holes = new ArrayList<>();
        holes.addAll(holes(catalogue.v5(), proofs.v5().keySet()));
        holes.addAll(holes(catalogue.v311(), proofs.v311().keySet()));
        assertEquals(List.of(), holes);
    }

    private static List<String> holes(List<Statement> statements, Set<String> proved) {
        return statements.stream()
                .filter(statement -> statement.kind() == Kind.SERVER && !proved.contains(statement.id()))
                .map(statement -> statement.id() + " " + statement.summary())
                .toList();
    }

    @Test
    void everyChoiceIsProved() {
        assertEquals(
                List.of(),
                catalogue.choices().stream()
                        .map(Choice::key)
                        .filter(key -> !proofs.choices().containsKey(key))
                        .toList());
    }

    @Test
    void whatIsProvedIsInTheCatalogue() {
        Set<String> unknown = new TreeSet<>();
        unknown.addAll(unknown(proofs.v5().keySet(), catalogue.v5()));
        unknown.addAll(unknown(proofs.v311().keySet(), catalogue.v311()));
        unknown.addAll(proofs.choices().keySet());
        catalogue.choices().forEach(choice -> unknown.remove(choice.key()));
        assertEquals(Set.of(), unknown);
    }

    private static Set<String> unknown(Set<String> proved, List<Statement> statements) {
        Set<String> unknown = new TreeSet<>(proved);
        statements.forEach(statement -> unknown.remove(statement.id()));
        return unknown;
    }

    @Test
    void nothingIsInTheCatalogueTwice() {
        List.of(catalogue.v311(), catalogue.v5()).forEach(statements -> {
            Set<String> ids = statements.stream().map(Statement::id).collect(Collectors.toSet());
            assertEquals(ids.size(), statements.size());
            assertFalse(statements.isEmpty());
        });
    }

    @Test
    void thePageIsUpToDate() throws IOException {
        String page = ConformancePage.write(catalogue, proofs);
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(PAGE, page);
        }
        assertEquals(page, Files.readString(PAGE), "write it anew with -Dconformance.write=true");
    }
}

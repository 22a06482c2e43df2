package io.perdure.recovery.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FiltersTest {

    @Test
    void matchesAsTheSpecificationShowsIt() {
        assertTrue(Filters.matches("sport/tennis/#", "sport/tennis"));
        assertTrue(Filters.matches("sport/+/x", "sport//x"));
        assertTrue(Filters.matches("+/+", "/finance"));
        assertTrue(Filters.matches("$share/g/a/+", "a/b"));
        assertFalse(Filters.matches("+", "/finance"));
        assertFalse(Filters.matches("sport/+", "sport"));
        assertFalse(Filters.matches("#", "$SYS/x"));
        assertFalse(Filters.matches("a/b", "a/b/c"));
    }
}

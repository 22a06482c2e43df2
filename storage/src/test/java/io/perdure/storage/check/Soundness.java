package io.perdure.storage.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.storage.engine.Engine;
import java.util.ArrayList;
import java.util.List;

/** Checks a store that a ledger has written. */
public final class Soundness {

    private Soundness() {}

    /** Fails if a check finds anything but that nobody has written down the format, as in tests of the ledger alone. */
    public static CheckResult check(Engine engine, long nowMs, String when) {
        List<Finding> findings = new ArrayList<>();
        CheckResult result = StoreCheck.run(engine, nowMs, false, findings::add);
        findings.removeIf(f -> f instanceof Finding.BadMeta meta && meta.name().equals("format"));
        assertEquals(List.of(), findings, when);
        return result;
    }
}

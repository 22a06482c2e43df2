package io.perdure.storage.inspect;

import io.perdure.storage.StoreException;

/** Rows that contradict each other. */
final class Damage {

    private Damage() {}

    static StoreException of(String what) {
        return new StoreException(StoreException.Kind.DAMAGED, "damaged store: " + what);
    }
}

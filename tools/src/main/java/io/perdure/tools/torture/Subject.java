package io.perdure.tools.torture;

import java.io.IOException;
import java.util.function.BooleanSupplier;

/** A broker that dies and comes back. For one thread. */
interface Subject extends AutoCloseable {

    /** What it is, for the report. */
    String description();

    /**
     * Waits until it is there for the first time.
     *
     * @throws TortureException if it does not come
     */
    Target begin() throws TortureException;

    /**
     * Waits until it dies, or kills it.
     *
     * @param visitor connected; serves it meanwhile
     * @return false if the run was stopped before
     * @throws IOException if it died and should not have, with the reason
     */
    boolean die(Client visitor, BooleanSupplier stopped) throws IOException;

    /**
     * Waits until it is back.
     *
     * @return false if the run was stopped before
     * @throws IOException if it does not come back, with the reason
     */
    boolean comeBack(BooleanSupplier stopped) throws IOException;

    /** Where it is, and how long the last return took. */
    Target target();

    long returnMs();

    /** How often it has died. */
    int deaths();

    @Override
    void close();
}

package io.perdure.server.connection;

import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Store;
import io.perdure.storage.Submission;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has given to the ledger: the submission that is being filled, and how much is on its way.
 *
 * <p>Owner: the connection's event loop. Bound: once it is {@link #full} the connection stops reading, so at most one
 * read burst comes on top of {@link #MAXIMUM_BYTES}.
 */
final class LedgerClient {

    static final long MAXIMUM_BYTES = 1 << 20;
    static final int MAXIMUM_COMMANDS = 4096;

    private final Store store;
    private final SessionLink link;
    private final @Nullable SessionRef session;
    private final long generation;
    private @Nullable Submission open;
    private @Nullable Submission lastReturned;
    private int submissions;
    private int commands;
    private long bytes;

    LedgerClient(Store store, SessionLink link, @Nullable SessionRef session, long generation) {
        this.store = store;
        this.link = link;
        this.session = session;
        this.generation = generation;
    }

    /** The submission that is being filled. */
    Submission open() {
        Submission current = open;
        if (current == null) {
            current = new Submission(link, session, generation);
            open = current;
        }
        return current;
    }

    /** Whether there is a submission that has to go out. */
    boolean hasOpen() {
        return open != null && !open.isEmpty();
    }

    /** Gives the open submission to the ledger, if there is anything in it. */
    void submit() {
        Submission current = open;
        if (current == null || current.isEmpty()) {
            return;
        }
        open = null;
        submissions++;
        commands += current.commands().size();
        bytes += current.weightBytes();
        store.submit(current);
    }

    /** A submission came back. */
    void returned(Submission submission) {
        submissions--;
        commands -= submission.commands().size();
        bytes -= submission.weightBytes();
        if (!submission.commands().isEmpty()) {
            lastReturned = submission;
        }
    }

    /** Whether a command is on its way or about to be: what follows must not overtake it. */
    boolean hasCommands() {
        return commands > 0 || (open != null && !open.commands().isEmpty()) || !isDelivered();
    }

    private boolean isDelivered() {
        if (lastReturned != null && lastReturned.isDelivered()) {
            lastReturned = null;
        }
        return lastReturned == null;
    }

    /** Whether the connection should stop reading. */
    boolean full() {
        Submission current = open;
        long openBytes = current == null ? 0 : current.weightBytes();
        int openCommands = current == null ? 0 : current.commands().size();
        return bytes + openBytes >= MAXIMUM_BYTES || commands + openCommands >= MAXIMUM_COMMANDS;
    }

    /**
     * Whether a connection that stopped reading may go on. One that has nothing under way always may: it has nothing that
     * would wake it, and one read burst of each connection is what the ledger's mailbox has to bear.
     */
    boolean mayReadOn() {
        return submissions == 0
                || (bytes < MAXIMUM_BYTES / 2 && commands < MAXIMUM_COMMANDS / 2 && !store.overloaded());
    }

    /** Whether the connection should stop reading because others keep the ledger busy. */
    boolean overloaded() {
        return submissions > 0 && store.overloaded();
    }
}

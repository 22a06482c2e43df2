package io.perdure.storage;

import org.jspecify.annotations.Nullable;

/**
 * Something of a store that is damaged: it is kept under {@code quarantine} in the data directory and not served.
 *
 * @param what what it is: log, session, or a kind of rows
 * @param where the file, or the rows
 * @param clientId whose it is; null if it is nobody's, or if that is not known
 * @param rows how many rows, at most; -1 if that is not known
 * @param reason what is wrong, in a few words
 */
public record SetAside(String what, String where, @Nullable String clientId, long rows, String reason) {

    /** A sentence for the user. */
    @Override
    public String toString() {
        return what
                + (clientId == null ? "" : " of client '" + clientId + "'")
                + ", " + where
                + (rows < 0 ? "" : ", " + rows + (rows == 1 ? " row" : " rows") + " at most")
                + ": " + reason;
    }
}

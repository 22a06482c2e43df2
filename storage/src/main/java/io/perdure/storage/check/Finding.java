package io.perdure.storage.check;

import io.perdure.storage.format.Family;
import org.jspecify.annotations.Nullable;

/** Something in a store that is not as the ledger would have left it. What follows from it: {@link Rules}. */
public sealed interface Finding {

    /** Where it was found; null if it is about a file. */
    @Nullable
    Family family();

    /** The Client Identifier of the session that it concerns; null if it is another's, or nobody knows whose. */
    @Nullable
    String clientId();

    /** The key or file, in words. */
    String where();

    /** What is wrong. */
    String what();

    /**
     * A part of a family that can't be read.
     *
     * @param after the last key that could be read before it, in words
     * @param before the first one after it; null if it reaches to the end
     */
    record Unreadable(Family family, String after, @Nullable String before, String what) implements Finding {
        @Override
        public @Nullable String clientId() {
            return null;
        }

        @Override
        public String where() {
            return "after " + after + (before == null ? " to the end" : ", before " + before);
        }
    }

    /** A session some of whose rows may have been in a part that can't be read. */
    record Incomplete(Family family, String clientId) implements Finding {
        @Override
        public String where() {
            return "session";
        }

        @Override
        public String what() {
            return "rows of this session may be in a part that can't be read";
        }
    }

    /** A row that makes no sense. */
    record BadRow(Family family, @Nullable String clientId, String where, String what) implements Finding {}

    /** Rows of a session that is not there. */
    record Ownerless(Family family, long sessionId, long rows) implements Finding {
        @Override
        public @Nullable String clientId() {
            return null;
        }

        @Override
        public String where() {
            return "session id " + Long.toUnsignedString(sessionId);
        }

        @Override
        public String what() {
            return Texts.count(rows, "row") + " of a session that is not there";
        }
    }

    /** Messages of a queue that are neither there nor finished: {@code count} in {@code [from, to)}. */
    record LostEntries(String clientId, long from, long to, long count) implements Finding {
        @Override
        public Family family() {
            return Family.QUEUE;
        }

        @Override
        public String where() {
            return to == from + 1 ? "sequence " + from : "sequences " + from + " to " + (to - 1);
        }

        @Override
        public String what() {
            return Texts.count(count, "message") + " neither there nor finished";
        }
    }

    /** A queued message whose body is not there. */
    record MissingBody(String clientId, long sequence, long bodyId) implements Finding {
        @Override
        public Family family() {
            return Family.QUEUE;
        }

        @Override
        public String where() {
            return "sequence " + sequence;
        }

        @Override
        public String what() {
            return "its message, body " + bodyId + ", is not there";
        }
    }

    /** The cursor of a session is missing, or contradicts itself. */
    record BadCursor(String clientId, String what) implements Finding {
        @Override
        public Family family() {
            return Family.CURSOR;
        }

        @Override
        public String where() {
            return "cursor";
        }
    }

    /** A session row that contradicts what the session holds. */
    record BadSession(String clientId, String what) implements Finding {
        @Override
        public Family family() {
            return Family.SESSION;
        }

        @Override
        public String where() {
            return "session";
        }
    }

    /** A message with a deadline that is not in the index of deadlines. */
    record NeverExpires(Family family, @Nullable String clientId, String where, long deadlineMs) implements Finding {
        @Override
        public String what() {
            return "the index of deadlines lacks it";
        }
    }

    /** A row that says something of the whole store is missing or wrong. */
    record BadMeta(String name, String what) implements Finding {
        @Override
        public Family family() {
            return Family.META;
        }

        @Override
        public @Nullable String clientId() {
            return null;
        }

        @Override
        public String where() {
            return name;
        }
    }

    /** A file that is missing or can't be read. */
    record BadFile(String where, String what) implements Finding {
        @Override
        public @Nullable Family family() {
            return null;
        }

        @Override
        public @Nullable String clientId() {
            return null;
        }
    }
}

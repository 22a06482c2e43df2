package io.perdure.recovery.power;

import java.util.Set;

/**
 * Operations that fail.
 *
 * @param name pattern, as of the shell, for the last part of the path; of a rename the new one
 * @param error what they fail with, one of the constants here or another errno
 * @param partial a write has written half of its bytes before it fails
 * @param skip so many such operations go on as ever first
 * @param times so many fail then, and those after them go on
 */
public record Fault(String name, Set<Operation> operations, int error, boolean partial, long skip, long times) {

    /** Input/output error. */
    public static final int EIO = 5;

    /** No space left on device. */
    public static final int ENOSPC = 28;

    /** Quota exceeded. */
    public static final int EDQUOT = 122;

    /** No error: the process is killed before the operation. */
    public static final int KILL = -1;

    /** All such operations fail. */
    public static Fault always(int error, String name, Operation... operations) {
        return new Fault(name, Set.of(operations), error, false, 0, Long.MAX_VALUE);
    }

    public Fault after(long count) {
        return new Fault(name, operations, error, partial, count, times);
    }

    public Fault times(long count) {
        return new Fault(name, operations, error, partial, skip, count);
    }

    public Fault partially() {
        return new Fault(name, operations, error, true, skip, times);
    }
}

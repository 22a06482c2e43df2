package io.perdure.recovery.power;

/** What a broker does to files, and what a {@link Fault} can hit. In the order of the library's bits. */
public enum Operation {
    /** For reading or writing. */
    OPEN,
    READ,
    WRITE,
    /** Of a file: fsync, fdatasync, sync_file_range. */
    SYNC,
    SYNC_DIRECTORY,
    ALLOCATE,
    TRUNCATE,
    /** Opening a file that is not there. */
    CREATE,
    RENAME,
    UNLINK,
    LINK,
    MAKE_DIRECTORY
}

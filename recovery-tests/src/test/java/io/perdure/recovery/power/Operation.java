package io.perdure.recovery.power;

/** What a broker does to files, and what a {@link Fault} can hit. */
public enum Operation {
    /** For reading or writing. */
    OPEN(1),
    READ(2),
    WRITE(4),
    /** Of a file: fsync, fdatasync, sync_file_range. */
    SYNC(8),
    SYNC_DIRECTORY(16),
    ALLOCATE(32),
    TRUNCATE(64),
    /** Opening a file that is not there. */
    CREATE(128),
    RENAME(256),
    UNLINK(512),
    LINK(1024),
    MAKE_DIRECTORY(2048);

    /** The library's number. */
    final int bit;

    Operation(int bit) {
        this.bit = bit;
    }
}

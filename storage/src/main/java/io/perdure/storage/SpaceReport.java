package io.perdure.storage;

/**
 * How a store is off for space.
 *
 * @param freeBytes what may still be written, when it was last looked at
 * @param totalBytes the size of its file system; 0 if it is unknown
 * @param sinceMs when the stage began, by {@link Store#nowMs}
 */
public record SpaceReport(SpaceStage stage, long freeBytes, long totalBytes, long sinceMs) {

    /** Of a store that does not know its file system: nothing is refused. */
    public static SpaceReport unlimited() {
        return new SpaceReport(SpaceStage.OK, 0, 0, 0);
    }
}

package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says what RocksDB reports in words for the user: one line, what, where, what to do. */
final class Failures {

    private Failures() {}

    /** @param what what could not be done, with the directory */
    static StoreException of(String what, RocksDBException e) {
        return new StoreException(kind(e), what + ": " + reason(e), e);
    }

    private static StoreException.Kind kind(RocksDBException e) {
        if (isDamage(e)) {
            return StoreException.Kind.DAMAGED;
        }
        return isNoSpace(e) ? StoreException.Kind.NO_SPACE : StoreException.Kind.OTHER;
    }

    private static boolean isNoSpace(RocksDBException e) {
        Status status = e.getStatus();
        return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
                || oneLine(e).contains("quota exceeded"); // RocksDB has no code for EDQUOT
    }

    static boolean isDamage(RocksDBException e) {
        Status status = e.getStatus();
        return status != null && status.getCode() == Status.Code.Corruption;
    }

    /** Whether a file was gone that RocksDB had just read the name of. */
    static boolean isFileGone(RocksDBException e) {
        String text = oneLine(e).toLowerCase(Locale.ROOT);
        return text.contains("no such file") || text.contains("path not found");
    }

    static boolean isLocked(RocksDBException e) {
        String text = oneLine(e);
        return text.contains("lock hold by current process")
                || (text.contains("/LOCK") && text.contains("temporarily unavailable"));
    }

    private static String reason(RocksDBException e) {
        String text = oneLine(e);
        if (isNoSpace(e)) {
            return "no space is left on the device; free some (" + text + ")";
        }
        if (text.contains("Permission denied") || text.contains("Read-only file system")) {
            return "no permission; run as the owner of the files, or change their permissions (" + text + ")";
        }
        return text;
    }

    /** The message without line breaks. */
    static String oneLine(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.strip().replaceAll("\\s+", " ");
    }
}

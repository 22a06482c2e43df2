package io.perdure.storage.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Looks at a store without changing it, before it is opened for good. */
final class StoreContents {

    private static final String DEFAULT_FAMILY = new String(RocksDB.DEFAULT_COLUMN_FAMILY, StandardCharsets.UTF_8);
    private static final String LOG_EXISTS = "WAL file";

    /** Bounds what is read: the sizes of all tables are checked, but only some are opened. */
    private static final int OPEN_TABLES = 128;

    private StoreContents() {}

    /** Checks whose store it is and that its tables are there. */
    static void checkForWriting(Path directory, List<Engine.Family> families) throws RocksDBException {
        Set<String> found = familiesOf(directory);
        checkNoOthers(directory, found, families);
        // a start that was interrupted leaves some families or none, and no rows
        boolean none = found.size() == 1;
        List<ColumnFamilyDescriptor> descriptors = found.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8)))
                .toList();
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions().setMaxOpenFiles(OPEN_TABLES);
                RocksDB db = RocksDB.openReadOnly(options, directory.toString(), descriptors, handles, !none);
                RocksIterator rows = db.newIterator(handles.get(0))) {
            rows.seekToFirst();
            if (rows.isValid()) {
                throw StoreDirectory.foreign(directory, "it has rows in the default column family");
            }
        } catch (RocksDBException e) {
            // all but the log has been read then, and that may take a while
            if (!Failures.oneLine(e).contains(LOG_EXISTS)) {
                throw e;
            }
        } finally {
            // the database has closed the handles
            descriptors.forEach(d -> d.getOptions().close());
        }
    }

    /** Checks whose store it is and that it is complete. */
    static void checkForReading(Path directory, List<Engine.Family> families) throws RocksDBException {
        Set<String> found = familiesOf(directory);
        checkNoOthers(directory, found, families);
        List<String> missing = families.stream()
                .map(Engine.Family::name)
                .filter(n -> !found.contains(n))
                .toList();
        if (!missing.isEmpty()) {
            throw StoreDirectory.foreign(directory, "it lacks the column families " + String.join(", ", missing));
        }
    }

    private static void checkNoOthers(Path directory, Set<String> found, List<Engine.Family> families) {
        Set<String> others = new LinkedHashSet<>(found);
        others.remove(DEFAULT_FAMILY);
        families.forEach(f -> others.remove(f.name()));
        if (!others.isEmpty()) {
            throw StoreDirectory.foreign(directory, "it has the column families " + String.join(", ", others));
        }
    }

    private static Set<String> familiesOf(Path directory) throws RocksDBException {
        Set<String> names = new LinkedHashSet<>();
        try (Options options = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(options, directory.toString())) {
                names.add(new String(name, StandardCharsets.UTF_8));
            }
            if (names.isEmpty()) {
                // it does not say why; this does
                RocksDB.openReadOnly(options, directory.toString()).close();
                throw StoreDirectory.damaged(directory, "its MANIFEST can't be read");
            }
        }
        return names;
    }
}

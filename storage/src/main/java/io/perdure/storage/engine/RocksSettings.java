package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksObject;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBufferManager;

/**
 * How RocksDB is set up; the reasons are in docs/adr/0001. Owns the native options, which are to be closed after the
 * database that was opened with them.
 */
final class RocksSettings implements AutoCloseable {

    /** Blocks, indexes and memtables together. */
    private static final long NATIVE_MEMORY_BYTES = 448L << 20;

    private static final long MEMTABLE_BYTES = 320L << 20;
    private static final long READER_CACHE_BYTES = 64L << 20;
    private static final int BUSY_BUFFERS = 4;
    /** Parts of the largest log that one memtable of a family takes: 64 MB and 16 MB where there is room. */
    private static final int BUSY_PARTS = 4;

    private static final int QUIET_PARTS = 16;
    /** Tables of a family's first level, in memtables. */
    private static final int LEVEL_BUFFERS = 4;

    private static final int QUIET_BUFFERS = 2;
    private static final long BLOCK_BYTES = 16L << 10;
    private static final long WRITE_BACK_BYTES = 1L << 20;
    private static final long INFO_LOG_BYTES = 4L << 20;
    private static final int INFO_LOGS = 4;
    private static final long MANIFEST_BYTES = 16L << 20;
    private static final int OPEN_TABLES = 512;

    /** What RocksDB may switch off or on without an error, as it writes it to its OPTIONS file. */
    private static final Map<String, String> REQUIRED = Map.of(
            "wal_recovery_mode", "kPointInTimeRecovery",
            "recycle_log_file_num", "0",
            "manual_wal_flush", "false",
            "WAL_ttl_seconds", "0");

    private final Deque<RocksObject> natives = new ArrayDeque<>();
    private final Room room;
    private final Cache cache;
    private final DBOptions database;
    private final List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();

    private RocksSettings(List<Engine.Family> families, long cacheBytes, Room room) {
        this.room = room;
        cache = own(new LRUCache(cacheBytes));
        BlockBasedTableConfig tables = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(BLOCK_BYTES)
                .setCacheIndexAndFilterBlocks(true)
                .setCacheIndexAndFilterBlocksWithHighPriority(true)
                .setPinL0FilterAndIndexBlocksInCache(true);
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, quiet(new Properties(), tables)));
        for (Engine.Family family : families) {
            Properties properties = new Properties();
            if (family.appendPrefixBytes() > 0) {
                // only to be had by name
                properties.setProperty(
                        "memtable_insert_with_hint_prefix_extractor", "fixed:" + family.appendPrefixBytes());
            }
            ColumnFamilyOptions options =
                    switch (family.use()) {
                        case QUIET -> quiet(properties, tables);
                        case BUSY -> busy(properties, tables);
                    };
            descriptors.add(new ColumnFamilyDescriptor(family.name().getBytes(StandardCharsets.UTF_8), options));
        }
        database = own(new DBOptions())
                .setParanoidChecks(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setRecycleLogFileNum(0)
                .setManualWalFlush(false)
                .setWalTtlSeconds(0)
                .setMaxTotalWalSize(room.maxLogBytes())
                .setAvoidFlushDuringRecovery(room.isTight())
                .setAvoidUnnecessaryBlockingIO(true)
                .setMaxBackgroundJobs(2)
                .setBytesPerSync(WRITE_BACK_BYTES)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setMaxLogFileSize(INFO_LOG_BYTES)
                .setKeepLogFileNum(INFO_LOGS)
                .setMaxManifestFileSize(MANIFEST_BYTES);
    }

    /** For the one process that writes. */
    static RocksSettings forWriting(List<Engine.Family> families, Room room) {
        RocksSettings settings = new RocksSettings(families, NATIVE_MEMORY_BYTES, room);
        settings.database
                .setCreateIfMissing(true)
                // a failed group must not reach the tables of some families only, should RocksDB resume after it
                .setAtomicFlush(true)
                .setCreateMissingColumnFamilies(true)
                .setMaxOpenFiles(OPEN_TABLES)
                .setWriteBufferManager(settings.own(new WriteBufferManager(MEMTABLE_BYTES, settings.cache)));
        return settings;
    }

    /** For tools; a secondary needs to keep its tables open, since the writer deletes them. */
    static RocksSettings forReading(List<Engine.Family> families) {
        RocksSettings settings = new RocksSettings(families, READER_CACHE_BYTES, Room.PLENTY);
        settings.database.setMaxOpenFiles(-1);
        return settings;
    }

    /** For reading what is left of a damaged store: a table that can't be opened is found when it is read. */
    static RocksSettings forSalvage(List<Engine.Family> families) {
        RocksSettings settings = forReading(families);
        settings.database.setParanoidChecks(false).setMaxOpenFiles(OPEN_TABLES);
        return settings;
    }

    DBOptions database() {
        return database;
    }

    /** The default family, which stays empty, and those given. */
    List<ColumnFamilyDescriptor> descriptors() {
        return descriptors;
    }

    /** Checks that an open store runs with what durability rests on. */
    void checkEffective(Path directory) {
        Map<String, String> effective = effective(directory);
        REQUIRED.forEach((name, wanted) -> checkEffective(directory, effective, name, wanted));
        checkEffective(directory, effective, "max_total_wal_size", Long.toString(room.maxLogBytes()));
        checkEffective(directory, effective, "avoid_flush_during_recovery", Boolean.toString(room.isTight()));
    }

    private static void checkEffective(Path directory, Map<String, String> effective, String name, String wanted) {
        String found = effective.get(name);
        if (!wanted.equals(found)) {
            throw new StoreException("the store in " + directory + " was opened with " + name + "=" + found
                    + " instead of " + wanted + "; this version of RocksDB can't be used");
        }
    }

    /** The options that RocksDB has noted for the store, after its own corrections. */
    static Map<String, String> effective(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            Path newest = files.filter(f -> name(f).startsWith("OPTIONS-") && !name(f).endsWith(".dbtmp"))
                    .max(Comparator.comparing(RocksSettings::name))
                    .orElseThrow(() -> new IOException("it has no OPTIONS file"));
            Map<String, String> options = new HashMap<>();
            for (String line : Files.readAllLines(newest)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    options.putIfAbsent(line.substring(0, equals).strip(), line.substring(equals + 1));
                }
            }
            return options;
        } catch (IOException e) {
            throw new StoreException(
                    "the options of the store in " + directory + " can't be read: " + Failures.oneLine(e), e);
        }
    }

    @Override
    public void close() {
        while (!natives.isEmpty()) {
            natives.removeLast().close();
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private ColumnFamilyOptions busy(Properties properties, BlockBasedTableConfig tables) {
        return family(properties, tables)
                .setWriteBufferSize(room.maxLogBytes() / BUSY_PARTS)
                .setTargetFileSizeBase(room.maxLogBytes() / BUSY_PARTS)
                .setMaxBytesForLevelBase(room.maxLogBytes() / BUSY_PARTS * LEVEL_BUFFERS)
                .setMaxWriteBufferNumber(BUSY_BUFFERS)
                .setCompressionType(CompressionType.NO_COMPRESSION);
    }

    private ColumnFamilyOptions quiet(Properties properties, BlockBasedTableConfig tables) {
        return family(properties, tables)
                .setWriteBufferSize(room.maxLogBytes() / QUIET_PARTS)
                .setMaxWriteBufferNumber(QUIET_BUFFERS)
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    private ColumnFamilyOptions family(Properties properties, BlockBasedTableConfig tables) {
        ColumnFamilyOptions options = properties.isEmpty()
                ? new ColumnFamilyOptions()
                : ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties);
        if (options == null) {
            throw new IllegalStateException("RocksDB doesn't know one of " + properties);
        }
        return own(options).setTableFormatConfig(tables).setMemtableMaxRangeDeletions(0);
    }

    private <T extends RocksObject> T own(T object) {
        natives.addLast(object);
        return object;
    }
}

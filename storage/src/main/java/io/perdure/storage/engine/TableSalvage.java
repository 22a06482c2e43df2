package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileReaderIterator;
import org.rocksdb.TableProperties;

/**
 * Makes a directory that can be opened for reading out of the tables and logs of a store whose MANIFEST is lost: links to
 * them, and a MANIFEST that names all of them. The store itself is only read.
 *
 * <p>The new MANIFEST puts all tables side by side in the first level, where they may overlap. Rows and deletions have their
 * sequence numbers in the tables and logs, so that the newest wins whichever file it is in. A table that RocksDB had done
 * with, but not deleted yet, may bring back what it had forgotten the deletion of.
 */
final class TableSalvage {

    private static final Pattern TABLE_OR_LOG = Pattern.compile("(\\d{6,})\\.(sst|log)");
    private static final String DEFAULT_FAMILY = new String(RocksDB.DEFAULT_COLUMN_FAMILY, StandardCharsets.UTF_8);
    private static final String COMPARATOR = "leveldb.BytewiseComparator";

    /** Fields of an edit in a MANIFEST. */
    private static final int TAG_COMPARATOR = 1;

    private static final int TAG_LOG_NUMBER = 2;
    private static final int TAG_NEXT_FILE = 3;
    private static final int TAG_LAST_SEQUENCE = 4;
    private static final int TAG_NEW_FILE = 103;
    private static final int TAG_FAMILY = 200;
    private static final int TAG_FAMILY_ADDED = 201;
    private static final int TAG_MOST_FAMILIES = 203;
    private static final int END_OF_FILE_FIELDS = 1;

    private static final int BLOCK = 32_768;
    private static final int RECORD_HEADER = 7;
    private static final int MASK_DELTA = 0xa282ead8;

    /** Greater than all that was ever given. */
    private static final long LAST_SEQUENCE = 1L << 55;

    private static final int TYPE_VALUE = 1;
    private static final byte[] GREATEST_KEY = new byte[16];

    static {
        Arrays.fill(GREATEST_KEY, (byte) 0xff);
    }

    private record Table(long number, long sizeBytes, String family, byte[] least, byte[] greatest) {}

    private final Path directory;
    private final List<String> problems = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final Map<String, Integer> numbers = new TreeMap<>();
    private final ByteArrayOutputStream manifest = new ByteArrayOutputStream();
    private long firstLog = Long.MAX_VALUE;
    private long lastFile;

    private TableSalvage(Path directory, List<Engine.Family> families) {
        this.directory = directory;
        numbers.put(DEFAULT_FAMILY, 0);
        for (int i = 0; i < families.size(); i++) {
            numbers.put(families.get(i).name(), i + 1); // as they were made
        }
    }

    /**
     * Fills a directory.
     *
     * @param directory of the store
     * @param scratch empty
     * @return what could not be taken, a line for each table
     */
    static List<String> link(Path directory, Path scratch, List<Engine.Family> families) {
        NativeLibrary.load();
        try {
            TableSalvage salvage = new TableSalvage(directory, families);
            salvage.collect(scratch);
            salvage.writeManifest(scratch);
            return salvage.problems;
        } catch (IOException e) {
            throw new StoreException("the tables in " + directory + " can't be read: " + Failures.oneLine(e), e);
        }
    }

    private void collect(Path scratch) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                Matcher name = TABLE_OR_LOG.matcher(file.getFileName().toString());
                if (!name.matches()) {
                    continue;
                }
                long number = Long.parseLong(name.group(1));
                lastFile = Math.max(lastFile, number);
                if (name.group(2).equals("log")) {
                    firstLog = Math.min(firstLog, number);
                } else {
                    Table table = table(file, number);
                    if (table == null) {
                        continue;
                    }
                    tables.add(table);
                }
                Files.createSymbolicLink(scratch.resolve(file.getFileName()), file.toRealPath());
            }
        }
    }

    /** What the MANIFEST has to say of a table; null if it can't be read. */
    private @Nullable Table table(Path file, long number) throws IOException {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(file.toString());
            TableProperties properties = reader.getTableProperties();
            String family = new String(properties.getColumnFamilyName(), StandardCharsets.UTF_8);
            if (!numbers.containsKey(family)) {
                problems.add(file.getFileName() + ": it is of the family " + family + ", which is unknown");
                return null;
            }
            numbers.put(family, (int) properties.getColumnFamilyId());
            checkIndex(reader);
            // where deletions begin and end can't be seen
            return new Table(number, Files.size(file), family, new byte[0], GREATEST_KEY);
        } catch (RocksDBException e) {
            problems.add(file.getFileName() + ": " + Failures.oneLine(e));
            return null;
        }
    }

    /** A table of which no block can be found would make the whole family unreadable. */
    private static void checkIndex(SstFileReader reader) throws RocksDBException {
        try (ReadOptions options = new ReadOptions();
                SstFileReaderIterator rows = reader.newIterator(options)) {
            rows.seek(GREATEST_KEY);
            if (!rows.isValid()) {
                rows.status();
            }
        }
    }

    private void writeManifest(Path scratch) throws IOException {
        long number = lastFile + 1;
        long log = firstLog == Long.MAX_VALUE ? number : firstLog;
        Edit start = new Edit();
        start.number(TAG_NEXT_FILE, number + 1);
        start.number(TAG_LAST_SEQUENCE, LAST_SEQUENCE);
        start.number(
                TAG_MOST_FAMILIES,
                numbers.values().stream().mapToInt(Integer::intValue).max().orElse(0));
        start.text(TAG_COMPARATOR, COMPARATOR);
        start.number(TAG_LOG_NUMBER, log);
        record(start);
        for (Map.Entry<String, Integer> family : numbers.entrySet()) {
            if (family.getValue() != 0) {
                Edit added = new Edit();
                added.number(TAG_FAMILY, family.getValue());
                added.text(TAG_FAMILY_ADDED, family.getKey());
                added.text(TAG_COMPARATOR, COMPARATOR);
                added.number(TAG_LOG_NUMBER, log);
                record(added);
            }
        }
        long place = 1;
        for (Table table : tables) {
            Edit file = new Edit();
            file.number(TAG_FAMILY, numbers.getOrDefault(table.family, 0));
            file.file(table, place++);
            record(file);
        }
        String name = "MANIFEST-%06d".formatted(number);
        Files.write(scratch.resolve(name), manifest.toByteArray());
        Files.writeString(scratch.resolve("CURRENT"), name + "\n");
    }

    /** Appends a record in the format of RocksDB's logs; an edit is much smaller than a block. */
    private void record(Edit edit) {
        byte[] payload = edit.bytes.toByteArray();
        int left = BLOCK - manifest.size() % BLOCK;
        if (left < RECORD_HEADER + payload.length) {
            // a block ends with less than a header: fill it up with a record of a type that may be ignored
            if (left >= RECORD_HEADER) {
                piece(1 << 7, new byte[left - RECORD_HEADER]);
            } else {
                manifest.writeBytes(new byte[left]);
            }
        }
        piece(1, payload);
    }

    private void piece(int type, byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(type);
        crc.update(payload);
        int sum = (int) crc.getValue();
        manifest.writeBytes(ByteBuffer.allocate(RECORD_HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt((sum >>> 15 | sum << 17) + MASK_DELTA)
                .putShort((short) payload.length)
                .put((byte) type)
                .array());
        manifest.writeBytes(payload);
    }

    /** One record of a MANIFEST. */
    private static final class Edit {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void number(int tag, long value) {
            varint(tag);
            varint(value);
        }

        void text(int tag, String value) {
            varint(tag);
            string(value.getBytes(StandardCharsets.UTF_8));
        }

        /** @param place orders files, with no meaning here */
        void file(Table table, long place) {
            varint(TAG_NEW_FILE);
            varint(0); // level
            varint(table.number);
            varint(table.sizeBytes);
            string(internal(table.least, LAST_SEQUENCE));
            string(internal(table.greatest, 0));
            varint(2 * place);
            varint(2 * place + 1);
            varint(END_OF_FILE_FIELDS);
        }

        private static byte[] internal(byte[] key, long sequence) {
            return ByteBuffer.allocate(key.length + Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(key)
                    .putLong(sequence << 8 | TYPE_VALUE)
                    .array();
        }

        private void string(byte[] value) {
            varint(value.length);
            bytes.writeBytes(value);
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes.write((int) (rest | 0x80) & 0xff);
                rest >>>= 7;
            }
            bytes.write((int) rest);
        }
    }
}

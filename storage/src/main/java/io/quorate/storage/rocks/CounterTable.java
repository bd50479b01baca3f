package io.quorate.storage.rocks;

import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.QuotaKey;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.CounterCodec;
import io.quorate.storage.codec.MalformedException;
import io.quorate.storage.codec.StateKeys;
import io.quorate.storage.rocks.CounterCache.DirtyRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.RocksIterator;

/** The counters: those in the cache before those in the database. Not thread-safe. */
final class CounterTable {
    private final Database database;
    private final CounterCache cache;
    private final ByteReader reader = new ByteReader(new byte[0]);
    private final byte[] keyBuffer = new byte[1 + QuotaKey.BYTES_MAX];
    private byte[] valueBuffer = new byte[512];

    CounterTable(Database database, long cacheBytes) {
        this.database = database;
        this.cache = new CounterCache(cacheBytes);
        keyBuffer[0] = StateKeys.COUNTERS;
    }

    CounterRow row(QuotaKey key) {
        CounterRow row = cache.get(key);
        if (row == null) {
            row = stored(key);
            cache.putClean(key, row);
        }
        return row;
    }

    /** Changes a row; a fresh one is removed. */
    void put(QuotaKey key, CounterRow row) {
        cache.putDirty(key, row);
    }

    /**
     * Up to {@code countMax} rows with the lowest keys above {@code cursor}.
     *
     * <p>What the database has, with dirty rows in the place of those of the same key. Only so many dirty rows
     * are looked at as there may be rows; beyond the last of them the merge goes on with the next ones.
     */
    List<CounterEntry> rowsAfter(byte[] cursor, int countMax) {
        List<CounterEntry> found = new ArrayList<>(Math.min(countMax, 1024));
        try (RocksIterator stored = database.scan()) {
            seekAbove(stored, cursor);
            byte[] from = cursor;
            while (found.size() < countMax) {
                List<DirtyRow> dirty = cache.dirtyAfter(from, countMax);
                boolean all = dirty.size() < countMax;
                merge(stored, dirty, all, countMax, found);
                if (all) {
                    break;
                }
                from = dirty.get(dirty.size() - 1).key();
            }
            database.check(stored);
        }
        return found;
    }

    /** Merges stored rows and dirty ones; unless these are all that there are, only up to the last of them. */
    private void merge(
            RocksIterator stored, List<DirtyRow> dirty, boolean all, int countMax, List<CounterEntry> found) {
        int next = 0;
        while (found.size() < countMax && (next < dirty.size() || all && isCounter(stored))) {
            int order = next == dirty.size()
                    ? -1
                    : isCounter(stored) ? compare(stored.key(), dirty.get(next).key()) : 1;
            if (order < 0) {
                found.add(storedEntry(stored));
                stored.next();
                continue;
            }
            if (order == 0) {
                stored.next();
            }
            DirtyRow row = dirty.get(next++);
            if (!row.row().isFresh()) {
                found.add(new CounterEntry(QuotaKey.ofBytes(row.key()), row.row()));
            }
        }
    }

    int dirtyCount() {
        return cache.dirtyCount();
    }

    boolean isDirtyBeyond(long rows, long bytes) {
        return cache.dirtyCount() >= rows || cache.dirtyBytes() >= bytes;
    }

    /** Adds all dirty rows to a batch, and takes them for clean. */
    void writeDirty(RowBatch batch) {
        cache.writeDirty(batch);
    }

    /** Whether clean rows may be forgotten: not before the batch that made them clean is written. */
    void allowEviction(boolean allowed) {
        cache.allowEviction(allowed);
    }

    long memoryBytes() {
        return cache.memoryBytes();
    }

    private CounterRow stored(QuotaKey key) {
        byte[] bytes = key.bytes();
        System.arraycopy(bytes, 0, keyBuffer, 1, bytes.length);
        int count = database.get(keyBuffer, 1 + bytes.length, valueBuffer);
        if (count > valueBuffer.length) {
            valueBuffer = new byte[count];
            count = database.get(keyBuffer, 1 + bytes.length, valueBuffer);
        }
        if (count == Database.NOT_FOUND) {
            return CounterRow.FRESH;
        }
        reader.reset(valueBuffer, 0, count);
        return decode(key);
    }

    private CounterRow decode(QuotaKey key) {
        try {
            return CounterCodec.readRow(reader);
        } catch (MalformedException e) {
            throw new StoreException("the row of counter " + key + " is unreadable: " + e.getMessage(), e);
        }
    }

    private CounterEntry storedEntry(RocksIterator stored) {
        byte[] storedKey = stored.key();
        byte[] value = stored.value();
        QuotaKey key;
        try {
            key = QuotaKey.ofBytes(Arrays.copyOfRange(storedKey, 1, storedKey.length));
        } catch (IllegalArgumentException e) {
            throw new StoreException("a counter's key is unreadable: " + e.getMessage(), e);
        }
        reader.reset(value, 0, value.length);
        return new CounterEntry(key, decode(key));
    }

    private static void seekAbove(RocksIterator stored, byte[] cursor) {
        byte[] from = new byte[1 + cursor.length];
        from[0] = StateKeys.COUNTERS;
        System.arraycopy(cursor, 0, from, 1, cursor.length);
        stored.seek(from);
        if (stored.isValid() && Arrays.equals(stored.key(), from)) {
            stored.next();
        }
    }

    private static boolean isCounter(RocksIterator stored) {
        return stored.isValid(); // the counters are the last table
    }

    private static int compare(byte[] storedKey, byte[] key) {
        return Arrays.compareUnsigned(storedKey, 1, storedKey.length, key, 0, key.length);
    }
}

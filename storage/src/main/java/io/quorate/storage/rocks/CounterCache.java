package io.quorate.storage.rocks;

import io.quorate.core.machine.CounterRow;
import io.quorate.core.quota.QuotaKey;
import io.quorate.storage.codec.ByteReader;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.CounterCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/*
 * How the cache lies in memory.
 *
 * Entries stand one behind the other in segments (Segments), and an index of long[] finds them: open addressing
 * with linear probing, the upper half of a slot 32 bits of the key's hash, the lower the entry's address + 1. So
 * a hit is one probe, one comparison of the key's bytes and one decoding, and a counter takes some 80 bytes where
 * objects in a map would take 300.
 *
 * Room is made as in a log-structured store (Rosenblum and Ousterhout, "The Design and Implementation of a
 * Log-Structured File System", 1991): the oldest segment is emptied into the youngest and dropped. Of its
 * entries, those that are dirty always move on; clean ones move on if they were read since they last moved (the
 * second chance of the CLOCK algorithm), and are forgotten if not. No entry's size ever ties up memory for
 * entries of other sizes.
 *
 * Large states (long sliding logs, many holders of permits or of leases) are kept as objects, since to decode and
 * encode a thousand entries at each touch costs more than the memory is worth; their entry holds their number.
 */

/**
 * Counters in memory before RocksDB, those that changed since they were last written back among them.
 *
 * <p>Also remembers that a counter is absent. Clean entries are forgotten when memory is short; dirty ones never
 * are, so memory may exceed the capacity until they are written back. Not thread-safe.
 */
final class CounterCache {
    /** States of more items than this are kept as objects. */
    private static final int ITEMS_ENCODED_MAX = 16;

    private static final int INDEX_SLOTS_MIN = 1 << 10;
    /** What a slot takes, at the usual load of the index. */
    private static final int INDEX_BYTES_PER_ENTRY = 16;
    /** At most so many segments are emptied at once with a second chance; then without. Bounds a commit's pause. */
    private static final int GENTLE_PASSES = 2;

    private final long capacityBytes;
    private final Segments segments;
    private final LargeRows largeRows = new LargeRows();
    private final ByteWriter scratch = new ByteWriter(256);
    private final ByteReader reader = new ByteReader(new byte[0]);

    private long[] index = new long[INDEX_SLOTS_MIN];
    private int entries;
    private int[] dirty = new int[256];
    private int dirtyCount;
    private long dirtyBytes;
    private boolean evicting = true;

    CounterCache(long capacityBytes) {
        this.capacityBytes = capacityBytes;
        this.segments = new Segments(capacityBytes);
    }

    /** The row of a counter, {@link CounterRow#FRESH} if it is known to be absent, or null if it isn't known. */
    @Nullable
    CounterRow get(QuotaKey key) {
        int slot = find(key);
        if (slot < 0) {
            return null;
        }
        int address = address(index[slot]);
        segments.markRead(address);
        return row(address);
    }

    /** Remembers a row as it is in the database; a fresh row for a counter that isn't. */
    void putClean(QuotaKey key, CounterRow row) {
        put(key, row);
        trim();
    }

    /** Remembers a row that the database doesn't have yet; a fresh row for a counter to be removed. */
    void putDirty(QuotaKey key, CounterRow row) {
        int address = put(key, row);
        if (!segments.isDirty(address)) {
            if (dirtyCount == dirty.length) {
                dirty = Arrays.copyOf(dirty, 2 * dirty.length);
            }
            dirty[dirtyCount] = address;
            segments.markDirty(address, dirtyCount);
            dirtyCount++;
            dirtyBytes += segments.entryBytes(address) + largeRows.bytes(row);
        }
    }

    int dirtyCount() {
        return dirtyCount;
    }

    /** Roughly what is to be written back. */
    long dirtyBytes() {
        return dirtyBytes;
    }

    /** Adds all dirty rows to a batch, and takes them for clean. */
    void writeDirty(RowBatch batch) {
        for (int i = 0; i < dirtyCount; i++) {
            int address = dirty[i];
            segments.markClean(address);
            write(address, batch);
        }
        dirtyCount = 0;
        dirtyBytes = 0;
    }

    /** Up to {@code countMax} dirty rows with the lowest keys above {@code cursor}, ascending; fresh ones too. */
    List<DirtyRow> dirtyAfter(byte[] cursor, int countMax) {
        PriorityQueue<Integer> highestFirst =
                new PriorityQueue<>(Comparator.<Integer, Segments.KeyAt>comparing(segments::key, Segments.KeyAt.ORDER)
                        .reversed());
        for (int i = 0; i < dirtyCount; i++) {
            int address = dirty[i];
            if (segments.compareKey(address, cursor) <= 0) {
                continue;
            }
            if (highestFirst.size() < countMax) {
                highestFirst.add(address);
            } else if (segments.compareKeys(address, highestFirst.element()) < 0) {
                highestFirst.remove();
                highestFirst.add(address);
            }
        }
        DirtyRow[] rows = new DirtyRow[highestFirst.size()];
        for (int i = rows.length - 1; i >= 0; i--) {
            int address = highestFirst.remove();
            rows[i] = new DirtyRow(segments.copyKey(address), row(address));
        }
        return new ArrayList<>(Arrays.asList(rows));
    }

    /** A row that the database doesn't have yet. */
    record DirtyRow(byte[] key, CounterRow row) {}

    /** Whether clean entries may be forgotten: not while rows that were taken for clean are still being written. */
    void allowEviction(boolean allowed) {
        evicting = allowed;
        trim();
    }

    long memoryBytes() {
        return segments.memoryBytes() + largeRows.memoryBytes() + 8L * index.length + 4L * dirty.length;
    }

    int entryCount() {
        return entries;
    }

    private int put(QuotaKey key, CounterRow row) {
        boolean large = LargeRows.items(row.state()) > ITEMS_ENCODED_MAX;
        int slot = find(key);
        int largeNumber = slot >= 0 ? largeNumber(address(index[slot])) : -1;
        scratch.clear();
        if (large) {
            scratch.putFixedInt(largeRows.put(largeNumber, row));
        } else {
            if (largeNumber >= 0) {
                largeRows.remove(largeNumber);
            }
            if (!row.isFresh()) {
                CounterCodec.write(row, scratch);
            }
        }
        if (slot < 0) {
            return insert(key, large);
        }
        int old = address(index[slot]);
        if (segments.replaceRow(old, scratch, large)) {
            return old;
        }
        int moved = segments.append(key.bytes(), tag(key), scratch, large);
        if (segments.isDirty(old)) {
            int place = segments.dirtyPlace(old);
            dirty[place] = moved;
            segments.markDirty(moved, place);
        }
        segments.markDead(old);
        index[slot] = slotOf(tag(key), moved);
        return moved;
    }

    private int insert(QuotaKey key, boolean large) {
        if (4L * (entries + 1) > 3L * index.length) {
            grow();
        }
        int address = segments.append(key.bytes(), tag(key), scratch, large);
        int slot = home(tag(key));
        while (index[slot] != 0) {
            slot = slot + 1 & index.length - 1;
        }
        index[slot] = slotOf(tag(key), address);
        entries++;
        return address;
    }

    private CounterRow row(int address) {
        int large = largeNumber(address);
        if (large >= 0) {
            return largeRows.get(large);
        }
        int count = segments.rowBytes(address);
        if (count == 0) {
            return CounterRow.FRESH;
        }
        reader.reset(segments.bytes(address), segments.rowFrom(address), count);
        return CounterCodec.read(reader);
    }

    private int largeNumber(int address) {
        if (!segments.isLarge(address)) {
            return -1;
        }
        reader.reset(segments.bytes(address), segments.rowFrom(address), Integer.BYTES);
        return reader.readFixedInt();
    }

    private void write(int address, RowBatch batch) {
        byte[] bytes = segments.bytes(address);
        int keyFrom = segments.keyFrom(address);
        int keyBytes = segments.keyBytes(address);
        int large = largeNumber(address);
        if (large >= 0) {
            scratch.clear();
            CounterCodec.write(largeRows.get(large), scratch);
            batch.putCounter(bytes, keyFrom, keyBytes, scratch.array(), 0, scratch.size());
        } else if (segments.rowBytes(address) == 0) {
            batch.deleteCounter(bytes, keyFrom, keyBytes);
        } else {
            batch.putCounter(bytes, keyFrom, keyBytes, bytes, segments.rowFrom(address), segments.rowBytes(address));
        }
    }

    /** Forgets clean entries until the rest fits, as far as a short time allows. */
    private void trim() {
        for (int pass = 0; evicting && usedBytes() > capacityBytes; pass++) {
            boolean gentle = pass < GENTLE_PASSES;
            long before = usedBytes();
            segments.emptyOldest((oldest, tag) -> keepOrForget(oldest, tag, gentle));
            if (!gentle && usedBytes() >= before) {
                return; // dirty entries alone, which the store is about to write back
            }
        }
    }

    /** What counts against the capacity: memory that is free again when entries are forgotten. */
    private long usedBytes() {
        return segments.memoryBytes() + largeRows.memoryBytes() + (long) INDEX_BYTES_PER_ENTRY * entries;
    }

    /** Moves an entry out of a segment that is being dropped, or forgets it. */
    private void keepOrForget(int address, int tag, boolean gentle) {
        boolean isDirty = segments.isDirty(address);
        int slot = slot(tag, address);
        if (isDirty || gentle && segments.wasRead(address)) {
            int moved = segments.copy(address);
            if (isDirty) {
                dirty[segments.dirtyPlace(address)] = moved;
            }
            index[slot] = slotOf(tag, moved);
            return;
        }
        int large = largeNumber(address);
        if (large >= 0) {
            largeRows.remove(large);
        }
        removeSlot(slot);
        entries--;
    }

    private int find(QuotaKey key) {
        int tag = tag(key);
        byte[] bytes = key.bytes();
        int mask = index.length - 1;
        for (int slot = home(tag); index[slot] != 0; slot = slot + 1 & mask) {
            long entry = index[slot];
            if ((int) (entry >>> 32) == tag && segments.hasKey(address(entry), bytes)) {
                return slot;
            }
        }
        return -1;
    }

    /** The slot that holds this address, which is there. */
    private int slot(int tag, int address) {
        long wanted = slotOf(tag, address);
        int slot = home(tag);
        while (index[slot] != wanted) {
            slot = slot + 1 & index.length - 1;
        }
        return slot;
    }

    /** Empties a slot and moves up those behind it that would otherwise not be found (Knuth, 6.4, algorithm R). */
    private void removeSlot(int emptied) {
        int mask = index.length - 1;
        int hole = emptied;
        for (int slot = hole + 1 & mask; index[slot] != 0; slot = slot + 1 & mask) {
            int home = home((int) (index[slot] >>> 32));
            if ((slot - home & mask) >= (slot - hole & mask)) {
                index[hole] = index[slot];
                hole = slot;
            }
        }
        index[hole] = 0;
    }

    private void grow() {
        long[] old = index;
        index = new long[2 * old.length];
        for (long entry : old) {
            if (entry != 0) {
                int slot = home((int) (entry >>> 32));
                while (index[slot] != 0) {
                    slot = slot + 1 & index.length - 1;
                }
                index[slot] = entry;
            }
        }
    }

    private int home(int tag) {
        return tag & index.length - 1;
    }

    private static int tag(QuotaKey key) {
        return (int) (key.hash64() >>> 32);
    }

    private static long slotOf(int tag, int address) {
        return (long) tag << 32 | address + 1 & 0xffff_ffffL;
    }

    private static int address(long slot) {
        return (int) slot - 1;
    }
}

package io.quorate.storage.rocks;

import io.quorate.storage.codec.ByteWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;

/**
 * The cache's memory: entries one behind the other in byte arrays of one size, filled one after the other.
 *
 * <p>An address is a segment's number and an entry's place in it, in units of eight bytes. An entry is
 * sixteen bytes of header (size and flags; key length and row length; the hash's tag; its place among the dirty
 * ones), the key's bytes, the row's bytes, and a little room for the row to grow. Not thread-safe.
 */
final class Segments {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private static final int SEGMENT_BYTES_MAX = 1 << 18;
    private static final int SEGMENT_BYTES_MIN = 1 << 13;
    /** A segment should be a small part of the cache, since a whole one is emptied at once. */
    private static final int SEGMENTS_MIN = 16;

    private static final int ENTRY_HEADER_BYTES = 16;
    private static final int SPARE_BYTES = 4;
    private static final int UNIT_SHIFT = 3;

    private static final byte[] NONE = new byte[0];

    private static final int DIRTY = 1;
    private static final int READ = 2;
    private static final int LARGE = 4;
    private static final int DEAD = 8;
    private static final int SIZE_SHIFT = 8;

    private final int segmentBytes;
    private final int placeBits;
    private final ArrayDeque<Integer> oldestFirst = new ArrayDeque<>();
    private final ArrayDeque<Integer> freeNumbers = new ArrayDeque<>();
    private byte[][] segments = new byte[16][];
    private int[] filled = new int[16];
    private int numbers;
    private byte[] head = NONE;
    private int headNumber = -1;
    private int headFilled;

    Segments(long capacityBytes) {
        long wanted = Math.min(SEGMENT_BYTES_MAX, Math.max(SEGMENT_BYTES_MIN, capacityBytes / SEGMENTS_MIN));
        segmentBytes = (int) Long.highestOneBit(wanted);
        placeBits = Integer.numberOfTrailingZeros(segmentBytes) - UNIT_SHIFT;
    }

    /** Takes each entry of a segment that is being emptied. */
    @FunctionalInterface
    interface Emptying {
        void take(int address, int tag);
    }

    /** Where a key is, for comparing. */
    record KeyAt(byte[] bytes, int from, int count) {
        static final Comparator<KeyAt> ORDER =
                (a, b) -> Arrays.compareUnsigned(a.bytes, a.from, a.from + a.count, b.bytes, b.from, b.from + b.count);
    }

    int count() {
        return oldestFirst.size();
    }

    long memoryBytes() {
        return (long) segmentBytes * oldestFirst.size();
    }

    /** Adds an entry; returns its address, which is good until it moves. */
    int append(byte[] key, int tag, ByteWriter row, boolean large) {
        int size = align(ENTRY_HEADER_BYTES + key.length + row.size() + SPARE_BYTES);
        room(size);
        int at = headFilled;
        INT.set(head, at, size << SIZE_SHIFT | (large ? LARGE : 0));
        INT.set(head, at + 4, key.length << 16 | row.size());
        INT.set(head, at + 8, tag);
        System.arraycopy(key, 0, head, at + ENTRY_HEADER_BYTES, key.length);
        System.arraycopy(row.array(), 0, head, at + ENTRY_HEADER_BYTES + key.length, row.size());
        headFilled += size;
        return headNumber << placeBits | at >>> UNIT_SHIFT;
    }

    /** Adds an entry equal to another one, as not read; returns its address. */
    int copy(int address) {
        byte[] from = bytes(address);
        int at = at(address);
        int size = entryBytes(address);
        room(size);
        int to = headFilled;
        System.arraycopy(from, at, head, to, size);
        INT.set(head, to, (int) INT.get(head, to) & ~READ);
        headFilled += size;
        return headNumber << placeBits | to >>> UNIT_SHIFT;
    }

    /** Replaces an entry's row if the new one fits. */
    boolean replaceRow(int address, ByteWriter row, boolean large) {
        byte[] bytes = bytes(address);
        int at = at(address);
        int key = keyBytes(address);
        if (ENTRY_HEADER_BYTES + key + row.size() > entryBytes(address)) {
            return false;
        }
        INT.set(bytes, at, (int) INT.get(bytes, at) & ~LARGE | (large ? LARGE : 0));
        INT.set(bytes, at + 4, key << 16 | row.size());
        System.arraycopy(row.array(), 0, bytes, at + ENTRY_HEADER_BYTES + key, row.size());
        return true;
    }

    /** Hands over every entry of the oldest segment, dead ones not, and drops it. */
    void emptyOldest(Emptying emptying) {
        if (oldestFirst.isEmpty()) {
            return;
        }
        int number = oldestFirst.remove();
        if (number == headNumber) {
            filled[number] = headFilled;
            headNumber = -1;
            head = NONE;
            headFilled = 0;
        }
        byte[] bytes = segment(number);
        for (int at = 0; at < filled[number]; ) {
            int sizeAndFlags = (int) INT.get(bytes, at);
            if ((sizeAndFlags & DEAD) == 0) {
                emptying.take(number << placeBits | at >>> UNIT_SHIFT, (int) INT.get(bytes, at + 8));
            }
            at += sizeAndFlags >>> SIZE_SHIFT;
        }
        segments[number] = NONE;
        freeNumbers.add(number);
    }

    boolean hasKey(int address, byte[] key) {
        byte[] bytes = bytes(address);
        int from = keyFrom(address);
        int count = keyBytes(address);
        return count == key.length && Arrays.equals(bytes, from, from + count, key, 0, count);
    }

    int compareKey(int address, byte[] key) {
        int from = keyFrom(address);
        return Arrays.compareUnsigned(bytes(address), from, from + keyBytes(address), key, 0, key.length);
    }

    int compareKeys(int address, int other) {
        return KeyAt.ORDER.compare(key(address), key(other));
    }

    KeyAt key(int address) {
        return new KeyAt(bytes(address), keyFrom(address), keyBytes(address));
    }

    byte[] copyKey(int address) {
        int from = keyFrom(address);
        return Arrays.copyOfRange(bytes(address), from, from + keyBytes(address));
    }

    /** The array that an entry is in. */
    byte[] bytes(int address) {
        return segment(address >>> placeBits);
    }

    int keyFrom(int address) {
        return at(address) + ENTRY_HEADER_BYTES;
    }

    int keyBytes(int address) {
        return (int) INT.get(bytes(address), at(address) + 4) >>> 16;
    }

    int rowFrom(int address) {
        return keyFrom(address) + keyBytes(address);
    }

    int rowBytes(int address) {
        return (int) INT.get(bytes(address), at(address) + 4) & 0xffff;
    }

    int entryBytes(int address) {
        return flags(address) >>> SIZE_SHIFT;
    }

    boolean isDirty(int address) {
        return (flags(address) & DIRTY) != 0;
    }

    /** Where a dirty entry is noted. */
    int dirtyPlace(int address) {
        return (int) INT.get(bytes(address), at(address) + 12);
    }

    void markDirty(int address, int place) {
        INT.set(bytes(address), at(address), flags(address) | DIRTY);
        INT.set(bytes(address), at(address) + 12, place);
    }

    void markClean(int address) {
        INT.set(bytes(address), at(address), flags(address) & ~DIRTY);
    }

    void markDead(int address) {
        INT.set(bytes(address), at(address), flags(address) | DEAD);
    }

    boolean wasRead(int address) {
        return (flags(address) & READ) != 0;
    }

    void markRead(int address) {
        int flags = flags(address);
        if ((flags & READ) == 0) {
            INT.set(bytes(address), at(address), flags | READ);
        }
    }

    boolean isLarge(int address) {
        return (flags(address) & LARGE) != 0;
    }

    private int flags(int address) {
        return (int) INT.get(bytes(address), at(address));
    }

    private int at(int address) {
        return (address & (1 << placeBits) - 1) << UNIT_SHIFT;
    }

    private byte[] segment(int number) {
        return segments[number];
    }

    /** Goes to a new segment if so many bytes don't fit into the youngest. */
    private void room(int size) {
        if (headFilled + size <= head.length) {
            return;
        }
        if (headNumber >= 0) {
            filled[headNumber] = headFilled;
        }
        Integer reused = freeNumbers.poll();
        headNumber = reused != null ? reused : numbers++;
        if (headNumber == segments.length) {
            segments = Arrays.copyOf(segments, 2 * segments.length);
            filled = Arrays.copyOf(filled, 2 * filled.length);
        }
        head = new byte[segmentBytes];
        segments[headNumber] = head;
        headFilled = 0;
        oldestFirst.add(headNumber);
    }

    private static int align(int size) {
        return size + 7 & -8;
    }
}

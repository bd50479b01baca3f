package io.quorate.raft.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing run of bytes with the encodings that entries use; little-endian. Not thread-safe. */
final class EntryWriter {
    /** A buffer that grew beyond this is not kept for the next entry. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private static final int INITIAL_BYTES = 1 << 14;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size;

    int size() {
        return size;
    }

    /** Starts over with {@code size} bytes that are set later. */
    void restart(int size) {
        if (bytes.length > KEPT_BYTES_MAX) {
            bytes = new byte[INITIAL_BYTES];
        }
        this.size = size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    void u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    void i64(long value) {
        room(Long.BYTES);
        size = putI64(bytes, size, value);
    }

    /** Seven bits a byte, lowest first; a negative value takes ten bytes. */
    void varint(long value) {
        room(10);
        byte[] to = bytes;
        int at = size;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            to[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[at++] = (byte) rest;
        size = at;
    }

    /** A varint of 32 bits, whatever the sign. */
    void u32(int value) {
        varint(value & 0xffffffffL);
    }

    /** A varint that is short for small negative values too. */
    void zigzag(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void blob(byte[] value) {
        varint(value.length);
        room(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void text(String value) {
        blob(value.getBytes(StandardCharsets.UTF_8));
    }

    static int putI64(byte[] to, int at, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            to[at + i] = (byte) (value >>> (8 * i));
        }
        return at + Long.BYTES;
    }

    private void room(int count) {
        if (bytes.length - size < count) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
        }
    }
}

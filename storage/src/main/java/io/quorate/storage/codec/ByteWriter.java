package io.quorate.storage.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes being written: an array that grows, with compact integers.
 *
 * <p>Integers of small value take few bytes (LEB128: seven bits a byte, least significant first), and each
 * value has exactly one form, which {@link ByteReader} insists on: 300 is always {@code ac 02}. Numbers that
 * may be negative go zigzag (0, -1, 1, -2 become 0, 1, 2, 3). Fixed-width integers are little-endian.
 *
 * <p>Reusable by {@link #clear}. Not thread-safe.
 */
public final class ByteWriter {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** A little below the largest array of every JVM. */
    private static final int SIZE_BYTES_MAX = Integer.MAX_VALUE - 64;

    private byte[] bytes;
    private int size;

    public ByteWriter() {
        this(64);
    }

    /** A writer with room for so many bytes before it has to grow. */
    public ByteWriter(int initialBytes) {
        bytes = new byte[Math.max(16, initialBytes)];
    }

    /** Forgets what was written and keeps the room. */
    public void clear() {
        size = 0;
    }

    /** Forgets what was written beyond the first {@code sizeBytes} bytes. */
    public void truncate(int sizeBytes) {
        if (sizeBytes < 0 || sizeBytes > size) {
            throw new IndexOutOfBoundsException("can't truncate " + size + " bytes to " + sizeBytes);
        }
        size = sizeBytes;
    }

    /** Bytes written. */
    public int size() {
        return size;
    }

    /** The array written to, of which the first {@link #size} bytes count; another one after it grows. */
    public byte[] array() {
        return bytes;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Writes the low eight bits. */
    public ByteWriter putByte(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    public ByteWriter putBoolean(boolean value) {
        return putByte(value ? 1 : 0);
    }

    /** Writes four bytes. */
    public ByteWriter putFixedInt(int value) {
        room(Integer.BYTES);
        INT.set(bytes, size, value);
        size += Integer.BYTES;
        return this;
    }

    /** Writes eight bytes. */
    public ByteWriter putFixedLong(long value) {
        room(Long.BYTES);
        LONG.set(bytes, size, value);
        size += Long.BYTES;
        return this;
    }

    /** Overwrites four bytes written earlier, at {@code at}. */
    public void setFixedInt(int at, int value) {
        if (at < 0 || at > size - Integer.BYTES) {
            throw new IndexOutOfBoundsException("no four bytes at " + at + " of " + size);
        }
        INT.set(bytes, at, value);
    }

    /** Writes one to five bytes; a negative number takes five. */
    public ByteWriter putVarInt(int value) {
        return putVarLong(value & 0xffff_ffffL);
    }

    /** Writes one to ten bytes; a negative number takes ten. */
    public ByteWriter putVarLong(long value) {
        room(10);
        long rest = value;
        int at = size;
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
        size = at;
        return this;
    }

    /** Writes one to ten bytes; few for a number near zero, of either sign. */
    public ByteWriter putZigzag(long value) {
        return putVarLong(value << 1 ^ value >> 63);
    }

    /** Writes bytes without their length. */
    public ByteWriter putRaw(byte[] source) {
        return putRaw(source, 0, source.length);
    }

    /** Writes a part of an array without its length. */
    public ByteWriter putRaw(byte[] source, int from, int count) {
        room(count);
        System.arraycopy(source, from, bytes, size, count);
        size += count;
        return this;
    }

    /** Writes bytes after their length. */
    public ByteWriter putBytes(byte[] source) {
        return putVarInt(source.length).putRaw(source);
    }

    /** Writes a text as UTF-8 after its length in bytes. */
    public ByteWriter putString(String text) {
        return putBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes the CRC32C of everything from {@code from} on, in four bytes. */
    public ByteWriter putChecksum(int from) {
        return putFixedInt(Checksum.of(bytes, from, size - from));
    }

    private void room(int count) {
        if (count > bytes.length - size) {
            grow(count);
        }
    }

    private void grow(int count) {
        long needed = (long) size + count;
        if (needed > SIZE_BYTES_MAX) {
            throw new IllegalStateException("more than " + SIZE_BYTES_MAX + " bytes in one array");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(SIZE_BYTES_MAX, Math.max(needed, 2L * bytes.length)));
    }
}

package io.quorate.storage.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes being read: what {@link ByteWriter} wrote, and nothing else.
 *
 * <p>Every method throws {@link MalformedException} for bytes that the writer can't have written: the end
 * reached too early, an integer that isn't in its shortest form, a length or count beyond its bound or beyond
 * the bytes that are left. So a lying length never makes it allocate more than there are bytes, and what it
 * accepts would be written again as the same bytes.
 *
 * <p>Reusable by {@link #reset}. Not thread-safe.
 */
public final class ByteReader {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int at;
    private int end;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** A reader of {@code count} bytes from {@code from} on. */
    public ByteReader(byte[] bytes, int from, int count) {
        this.bytes = bytes;
        reset(bytes, from, count);
    }

    /** Starts again on other bytes. */
    public void reset(byte[] newBytes, int from, int count) {
        if (from < 0 || count < 0 || from > newBytes.length - count) {
            throw new IndexOutOfBoundsException(from + " + " + count + " is outside of " + newBytes.length + " bytes");
        }
        bytes = newBytes;
        at = from;
        end = from + count;
    }

    /** Where the next byte is in the array. */
    public int position() {
        return at;
    }

    /** Bytes left. */
    public int remaining() {
        return end - at;
    }

    /** Throws unless everything was read. */
    public void expectEnd() {
        if (at != end) {
            throw new MalformedException(remaining() + " bytes too many at " + at);
        }
    }

    /** Reads one byte: 0 to 255. */
    public int readByte() {
        need(1);
        return bytes[at++] & 0xff;
    }

    public boolean readBoolean() {
        int value = readByte();
        if (value > 1) {
            throw new MalformedException("a boolean is 0 or 1, not " + value + ", at " + (at - 1));
        }
        return value == 1;
    }

    /** Reads four bytes. */
    public int readFixedInt() {
        need(Integer.BYTES);
        int value = (int) INT.get(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    /** Reads eight bytes. */
    public long readFixedLong() {
        need(Long.BYTES);
        long value = (long) LONG.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    public int readVarInt() {
        long value = readVarLong();
        if (value >>> 32 != 0) {
            throw new MalformedException("an integer of more than 32 bits before " + at);
        }
        return (int) value;
    }

    public long readVarLong() {
        need(1);
        byte first = bytes[at];
        if (first >= 0) {
            at++;
            return first;
        }
        return readLongVarLong();
    }

    private long readLongVarLong() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            need(1);
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                if (b == 0 && shift > 0 || shift == 63 && b > 1) {
                    throw new MalformedException("an integer isn't in its shortest form before " + at);
                }
                return value;
            }
        }
        throw new MalformedException("an integer of more than ten bytes before " + at);
    }

    public long readZigzag() {
        long value = readVarLong();
        return value >>> 1 ^ -(value & 1);
    }

    /**
     * Reads how many items follow.
     *
     * @param countMax the most that there may be
     * @param itemBytesMin the fewest bytes that each takes; so that a list can be made as large as its count
     */
    public int readCount(int countMax, int itemBytesMin) {
        long count = readVarLong();
        if (count < 0 || count > countMax) {
            throw new MalformedException("at most " + countMax + " items are allowed, not "
                    + Long.toUnsignedString(count) + ", before " + at);
        }
        if (count * itemBytesMin > remaining()) {
            throw new MalformedException(count + " items can't be in the " + remaining() + " bytes left at " + at);
        }
        return (int) count;
    }

    /** Reads so many bytes, into an array of their own. */
    public byte[] readRaw(int count) {
        need(count);
        byte[] copy = Arrays.copyOfRange(bytes, at, at + count);
        at += count;
        return copy;
    }

    /** Reads bytes after their length, into an array of their own. */
    public byte[] readBytes(int bytesMax) {
        return readRaw(readCount(bytesMax, 1));
    }

    /** Reads a text of UTF-8 after its length in bytes. */
    public String readString(int bytesMax) {
        int count = readCount(bytesMax, 1);
        String text = isAscii(count) ? new String(bytes, at, count, StandardCharsets.ISO_8859_1) : readUtf8(count);
        at += count;
        return text;
    }

    private boolean isAscii(int count) {
        for (int i = at; i < at + count; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private String readUtf8(int count) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at, count))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("a text isn't UTF-8 at " + at, e);
        }
    }

    /** Skips so many bytes. */
    public void skip(int count) {
        need(count);
        at += count;
    }

    /** Checks and drops the last four of the bytes left: the CRC32C of the others from {@code from} on. */
    public void readChecksumAtEnd(int from) {
        need(Integer.BYTES);
        int sumAt = end - Integer.BYTES;
        if (from < 0 || from > sumAt) {
            throw new MalformedException("nothing to check before " + sumAt);
        }
        if ((int) INT.get(bytes, sumAt) != Checksum.of(bytes, from, sumAt - from)) {
            throw new MalformedException("the checksum doesn't match: the bytes are damaged");
        }
        end = sumAt;
    }

    private void need(int count) {
        if (count < 0 || count > end - at) {
            throw new MalformedException(
                    "the bytes end too early: " + count + " needed at " + at + ", " + remaining() + " left");
        }
    }
}

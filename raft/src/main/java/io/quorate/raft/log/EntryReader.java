package io.quorate.raft.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A run of bytes, read from its start; the counterpart of {@link EntryWriter}. Not thread-safe.
 *
 * <p>Never reads beyond the end and never allocates more than there is left to read.
 */
final class EntryReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    EntryReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean hasMore() {
        return at < end;
    }

    int remaining() {
        return end - at;
    }

    int u8() {
        need(1);
        return bytes[at++] & 0xff;
    }

    int u16() {
        return u8() | u8() << 8;
    }

    long i64() {
        need(Long.BYTES);
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value |= (bytes[at + i] & 0xffL) << (8 * i);
        }
        at += Long.BYTES;
        return value;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int b = u8();
            value |= (long) (b & 0x7f) << shift;
            if (b < 0x80) {
                if (shift == 63 && b > 1) {
                    break;
                }
                return value;
            }
        }
        throw new MalformedEntryException("a number has more than 64 bits");
    }

    int u32() {
        long value = varint();
        if (value >>> 32 != 0) {
            throw new MalformedEntryException("a number has more than 32 bits");
        }
        return (int) value;
    }

    long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A varint that counts {@code what}, 0 to {@code max}. */
    int count(String what, int max) {
        long value = varint();
        if (value < 0 || value > max) {
            throw new MalformedEntryException(what + " must be 0 to " + max + ", not " + value);
        }
        return (int) value;
    }

    /** A byte that is 0 or 1. */
    boolean flag() {
        int value = u8();
        if (value > 1) {
            throw new MalformedEntryException("a flag must be 0 or 1, not " + value);
        }
        return value == 1;
    }

    byte[] blob(String what, int max) {
        int length = length(what, max);
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    String text(String what, int max) {
        int length = length(what, max);
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    private int length(String what, int max) {
        int length = count("bytes of " + what, max);
        need(length);
        return length;
    }

    private void need(int count) {
        if (end - at < count) {
            throw new MalformedEntryException("entry ends " + (count - (end - at)) + " bytes too early");
        }
    }
}

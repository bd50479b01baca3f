package io.quorate.storage.codec;

import java.util.zip.CRC32C;

/** CRC32C (Castagnoli), the checksum of everything stored or logged. */
public final class Checksum {
    private Checksum() {}

    /** The checksum of a part of an array. */
    public static int of(byte[] bytes, int from, int count) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, count);
        return (int) crc.getValue();
    }
}

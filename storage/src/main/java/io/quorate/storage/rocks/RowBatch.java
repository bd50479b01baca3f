package io.quorate.storage.rocks;

import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.CounterCodec;
import io.quorate.storage.codec.RowKind;
import io.quorate.storage.codec.StateKeys;

/**
 * A RocksDB write batch being built, in the batch's own bytes.
 *
 * <p>One call into native code then takes the whole batch, where a call per row would cost more than the row.
 * The form is that of RocksDB's write-ahead log, which every version of it reads: eight bytes of sequence
 * number (zero: RocksDB gives it), four bytes of count, and per row a tag, then key and value, each after its
 * length.
 */
final class RowBatch {
    private static final int COUNT_AT = 8;
    private static final int DELETE = 0;
    private static final int PUT = 1;

    private final ByteWriter out = new ByteWriter(1 << 12);
    private int count;

    RowBatch() {
        clear();
    }

    void clear() {
        out.clear();
        out.putFixedLong(0).putFixedInt(0);
        count = 0;
    }

    int sizeBytes() {
        return out.size();
    }

    /** Puts a counter's row, whose content is wrapped for storing. */
    void putCounter(byte[] key, int keyFrom, int keyBytes, byte[] content, int contentFrom, int contentBytes) {
        count++;
        out.putByte(PUT).putVarInt(1 + keyBytes).putByte(StateKeys.COUNTERS).putRaw(key, keyFrom, keyBytes);
        out.putVarInt(contentBytes + RowKind.OVERHEAD_BYTES);
        CounterCodec.wrapRow(content, contentFrom, contentBytes, out);
    }

    void deleteCounter(byte[] key, int keyFrom, int keyBytes) {
        count++;
        out.putByte(DELETE).putVarInt(1 + keyBytes).putByte(StateKeys.COUNTERS).putRaw(key, keyFrom, keyBytes);
    }

    void put(byte[] key, ByteWriter value) {
        count++;
        out.putByte(PUT).putBytes(key).putVarInt(value.size()).putRaw(value.array(), 0, value.size());
    }

    void delete(byte[] key) {
        count++;
        out.putByte(DELETE).putBytes(key);
    }

    /** The batch's bytes. */
    byte[] toByteArray() {
        out.setFixedInt(COUNT_AT, count);
        return out.toByteArray();
    }
}

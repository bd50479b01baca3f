package io.quorate.storage.codec;

import io.quorate.core.machine.Header;
import io.quorate.core.quota.QuotaKey;

/** The bytes of the header. */
public final class HeaderCodec {
    private HeaderCodec() {}

    public static void writeRow(Header header, ByteWriter out) {
        int from = RowKind.HEADER.begin(out);
        out.putVarLong(header.appliedIndex())
                .putVarLong(header.appliedTerm())
                .putZigzag(header.logTimeMillis())
                .putVarLong(header.rulesVersion())
                .putVarLong(header.nextSessionId())
                .putVarInt(header.nextLimitId())
                .putBytes(header.sweepCursor())
                .putVarLong(header.counters())
                .putFixedLong(header.digest());
        RowKind.HEADER.end(out, from);
    }

    /** Reads a stored row that takes all the bytes left. */
    public static Header readRow(ByteReader in) {
        RowKind.HEADER.open(in);
        Header header = new Header(
                in.readVarLong(),
                in.readVarLong(),
                in.readZigzag(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarInt(),
                in.readBytes(QuotaKey.BYTES_MAX + 1),
                in.readVarLong(),
                in.readFixedLong());
        in.expectEnd();
        return header;
    }
}

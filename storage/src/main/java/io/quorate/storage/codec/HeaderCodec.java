package io.quorate.storage.codec;

import io.quorate.core.machine.Header;
import io.quorate.core.machine.LimitSweep;
import io.quorate.core.quota.QuotaKey;

/** The bytes of the header. */
public final class HeaderCodec {
    /** Before it, limits were never removed. */
    private static final int SINCE_LIMIT_SWEEP = 2;
    /** Before it, what clients hold wasn't counted: from 0 on then, at whatever index each replica's row has. */
    private static final int SINCE_LEASED_TOKENS = 3;

    private HeaderCodec() {}

    public static void writeRow(Header header, ByteWriter out) {
        int from = RowKind.HEADER.begin(out);
        out.putVarLong(header.appliedIndex())
                .putVarLong(header.appliedTerm())
                .putZigzag(header.logTimeMillis())
                .putVarLong(header.rulesVersion())
                .putVarLong(header.nextSessionId())
                .putVarInt(header.nextLimitId())
                .putBytes(header.sweepCursor());
        LimitSweep limits = header.limitSweep();
        out.putVarInt(limits.cursor()).putVarInt(limits.idleCount());
        int last = 0;
        for (int place = 0; place < limits.idleCount(); place++) {
            out.putVarInt(limits.idle(place) - last);
            last = limits.idle(place);
        }
        out.putVarLong(header.counters()).putVarLong(header.leasedTokens()).putFixedLong(header.digest());
        RowKind.HEADER.end(out, from);
    }

    /** Reads a stored row that takes all the bytes left. */
    public static Header readRow(ByteReader in) {
        int version = RowKind.HEADER.open(in);
        Header header = new Header(
                in.readVarLong(),
                in.readVarLong(),
                in.readZigzag(),
                in.readVarLong(),
                in.readVarLong(),
                in.readVarInt(),
                in.readBytes(QuotaKey.BYTES_MAX + 1),
                version < SINCE_LIMIT_SWEEP ? LimitSweep.EMPTY : readLimitSweep(in),
                in.readVarLong(),
                version < SINCE_LEASED_TOKENS ? 0 : in.readVarLong(),
                in.readFixedLong());
        in.expectEnd();
        return header;
    }

    private static LimitSweep readLimitSweep(ByteReader in) {
        int cursor = in.readVarInt();
        int count = in.readVarInt();
        if (count < 0 || count > in.remaining()) {
            throw new MalformedException("a header can't have " + count + " idle limits");
        }
        int[] idle = new int[count];
        int last = 0;
        for (int place = 0; place < count; place++) {
            last += in.readVarInt();
            idle[place] = last;
        }
        try {
            return LimitSweep.of(cursor, idle);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a header is impossible: " + e.getMessage(), e);
        }
    }
}

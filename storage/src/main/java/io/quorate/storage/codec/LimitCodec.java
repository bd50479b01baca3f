package io.quorate.storage.codec;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;

/** The bytes of a limit: as a row of its own, with its number, and as a part of rules. */
public final class LimitCodec {
    private LimitCodec() {}

    public static void writeRow(LimitDefinition definition, ByteWriter out) {
        int from = RowKind.LIMIT.begin(out);
        out.putVarInt(definition.limitId());
        write(definition.limit(), out);
        RowKind.LIMIT.end(out, from);
    }

    /** Reads a stored row that takes all the bytes left. */
    public static LimitDefinition readRow(ByteReader in) {
        RowKind.LIMIT.open(in);
        LimitDefinition definition = new LimitDefinition(in.readVarInt(), read(in));
        in.expectEnd();
        return definition;
    }

    /** Writes the terms alone. */
    public static void write(Limit limit, ByteWriter out) {
        out.putByte(limit.algorithm().id())
                .putVarLong(limit.amount())
                .putVarLong(limit.periodMillis())
                .putVarLong(limit.burst());
    }

    /** Reads the terms alone. */
    public static Limit read(ByteReader in) {
        return read(in.readByte(), in);
    }

    /** Reads the terms whose algorithm's number has been read. */
    static Limit read(int id, ByteReader in) {
        Algorithm algorithm =
                Algorithm.ofId(id).orElseThrow(() -> new MalformedException("no algorithm has the number " + id));
        try {
            return new Limit(algorithm, in.readVarLong(), in.readVarLong(), in.readVarLong());
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a limit is impossible: " + e.getMessage(), e);
        }
    }
}

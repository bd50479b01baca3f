package io.quorate.storage.codec;

import io.quorate.core.machine.CounterRow;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Bucket;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.CounterState.Holder;
import io.quorate.core.quota.CounterState.Leased;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.CounterState.Permits;
import io.quorate.core.quota.CounterState.Sliding;
import io.quorate.core.quota.CounterState.Window;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.Ledger.Lease;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a counter's row: the limit's number, the kind of state, the state.
 *
 * <p>Content alone ({@link #write}, {@link #read}) is what a cache in memory holds; a stored row has version
 * and checksum around it. A row of GCRA takes about 9 bytes of content. Fresh counters have no row.
 */
public final class CounterCodec {
    private static final int BUCKET = 1;
    private static final int WINDOW = 2;
    private static final int SLIDING = 3;
    private static final int LOG = 4;
    private static final int PERMITS = 5;
    private static final int LEASED = 6;
    /** Only inside a leased counter. */
    private static final int FRESH = 0;

    /** More than any state may hold: a bound for reading only. */
    private static final int ITEMS_MAX = 1 << 20;

    private CounterCodec() {}

    /** The stored row. */
    public static void writeRow(CounterRow row, ByteWriter out) {
        int from = RowKind.COUNTER.begin(out);
        write(row, out);
        RowKind.COUNTER.end(out, from);
    }

    /** Puts version and checksum around content that {@link #write} wrote. */
    public static void wrapRow(byte[] content, int at, int count, ByteWriter out) {
        int from = RowKind.COUNTER.begin(out);
        out.putRaw(content, at, count);
        RowKind.COUNTER.end(out, from);
    }

    /** Reads a stored row that takes all the bytes left. */
    public static CounterRow readRow(ByteReader in) {
        RowKind.COUNTER.open(in);
        CounterRow row = read(in);
        in.expectEnd();
        return row;
    }

    /** Writes the content of a row that isn't fresh. */
    public static void write(CounterRow row, ByteWriter out) {
        out.putVarInt(row.limitId());
        row.state().accept(new StateWriter(out));
    }

    /** Reads the content of a row. */
    public static CounterRow read(ByteReader in) {
        int limitId = in.readVarInt();
        int kind = in.readByte();
        try {
            return new CounterRow(limitId, state(kind, in));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new MalformedException("a counter's state is impossible: " + e.getMessage(), e);
        }
    }

    private static CounterState state(int kind, ByteReader in) {
        switch (kind) {
            case BUCKET:
                return new Bucket(in.readZigzag(), in.readZigzag());
            case WINDOW:
                return new Window(in.readZigzag(), in.readZigzag());
            case SLIDING:
                return new Sliding(in.readZigzag(), in.readZigzag(), in.readZigzag());
            case LOG:
                return log(in);
            case PERMITS:
                return permits(in);
            case LEASED:
                return leased(in);
            default:
                throw new MalformedException("no kind of counter has the number " + kind);
        }
    }

    private static Log log(ByteReader in) {
        int count = in.readCount(ITEMS_MAX, 2);
        long[] timesAndCounts = new long[2 * count];
        long atMillis = 0;
        for (int i = 0; i < count; i++) {
            atMillis = i == 0 ? in.readZigzag() : atMillis + in.readVarLong();
            timesAndCounts[2 * i] = atMillis;
            timesAndCounts[2 * i + 1] = in.readVarLong();
        }
        return Log.ofTimesAndCounts(timesAndCounts);
    }

    private static Permits permits(ByteReader in) {
        int count = in.readCount(ITEMS_MAX, 4);
        List<Holder> holders = new ArrayList<>(count);
        long expiresAtMillis = 0;
        for (int i = 0; i < count; i++) {
            expiresAtMillis = i == 0 ? in.readZigzag() : expiresAtMillis + in.readVarLong();
            ChargeId id = new ChargeId(in.readVarLong(), in.readVarLong());
            holders.add(new Holder(id, in.readVarLong(), expiresAtMillis));
        }
        return new Permits(holders);
    }

    private static Leased leased(ByteReader in) {
        int count = in.readCount(Ledger.LEASES_MAX, 11);
        List<Lease> leases = new ArrayList<>(count);
        long sessionId = 0;
        long expiresAtMillis = 0;
        for (int i = 0; i < count; i++) {
            sessionId += in.readVarLong();
            expiresAtMillis += in.readZigzag();
            leases.add(new Lease(
                    sessionId,
                    in.readVarLong(),
                    in.readVarLong(),
                    in.readVarLong(),
                    in.readVarLong(),
                    in.readVarLong(),
                    in.readVarLong(),
                    in.readVarLong(),
                    in.readVarLong(),
                    expiresAtMillis,
                    in.readVarInt()));
        }
        Ledger ledger = Ledger.of(leases);
        int kind = in.readByte();
        if (kind == LEASED) {
            throw new MalformedException("a counter has one ledger");
        }
        return new Leased(kind == FRESH ? Fresh.INSTANCE : state(kind, in), ledger);
    }

    /** Writes the kind and the state. Differences wrap around, so every state has bytes. */
    private record StateWriter(ByteWriter out) implements CounterState.Visitor<ByteWriter> {
        @Override
        public ByteWriter fresh(Fresh state) {
            throw new IllegalArgumentException("a fresh counter has no row");
        }

        @Override
        public ByteWriter bucket(Bucket state) {
            return out.putByte(BUCKET).putZigzag(state.tatMillis()).putZigzag(state.remainder());
        }

        @Override
        public ByteWriter window(Window state) {
            return out.putByte(WINDOW).putZigzag(state.index()).putZigzag(state.count());
        }

        @Override
        public ByteWriter sliding(Sliding state) {
            return out.putByte(SLIDING)
                    .putZigzag(state.index())
                    .putZigzag(state.current())
                    .putZigzag(state.previous());
        }

        @Override
        public ByteWriter log(Log state) {
            out.putByte(LOG).putVarInt(state.size());
            long beforeMillis = 0;
            for (int i = 0; i < state.size(); i++) {
                long atMillis = state.atMillis(i);
                putTime(i, atMillis, beforeMillis);
                out.putVarLong(state.count(i));
                beforeMillis = atMillis;
            }
            return out;
        }

        @Override
        public ByteWriter permits(Permits state) {
            out.putByte(PERMITS).putVarInt(state.size());
            long beforeMillis = 0;
            for (int i = 0; i < state.size(); i++) {
                long expiresAtMillis = state.expiresAtMillis(i);
                putTime(i, expiresAtMillis, beforeMillis);
                ChargeId id = state.id(i);
                out.putVarLong(id.sessionId()).putVarLong(id.sequence()).putVarLong(state.count(i));
                beforeMillis = expiresAtMillis;
            }
            return out;
        }

        @Override
        public ByteWriter leased(Leased state) {
            Ledger ledger = state.ledger();
            out.putByte(LEASED).putVarInt(ledger.size());
            long sessionBefore = 0;
            long expiryBefore = 0;
            for (int i = 0; i < ledger.size(); i++) {
                Lease lease = ledger.lease(i);
                out.putVarLong(lease.sessionId() - sessionBefore)
                        .putZigzag(lease.expiresAtMillis() - expiryBefore)
                        .putVarLong(lease.leaseId())
                        .putVarLong(lease.sequence())
                        .putVarLong(lease.lastGranted())
                        .putVarLong(lease.lastConsumed())
                        .putVarLong(lease.lastValidMillis())
                        .putVarLong(lease.granted())
                        .putVarLong(lease.spent())
                        .putVarLong(lease.returned())
                        .putVarInt(lease.limitId());
                sessionBefore = lease.sessionId();
                expiryBefore = lease.expiresAtMillis();
            }
            return state.inner() instanceof Fresh
                    ? out.putByte(FRESH)
                    : state.inner().accept(this);
        }

        private void putTime(int index, long atMillis, long beforeMillis) {
            if (index == 0) {
                out.putZigzag(atMillis);
            } else {
                out.putVarLong(atMillis - beforeMillis);
            }
        }
    }
}

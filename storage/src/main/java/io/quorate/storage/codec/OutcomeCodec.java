package io.quorate.storage.codec;

import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.command.Outcome.Done;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refunded;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.command.Outcome.RulesPut;
import io.quorate.core.command.Outcome.SessionOpened;
import java.util.ArrayList;
import java.util.List;

/** The bytes of an outcome, as part of a larger row: its kind, then its fields. */
public final class OutcomeCodec {
    private static final int ACQUIRED = 1;
    private static final int REFUNDED = 2;
    private static final int SESSION_OPENED = 3;
    private static final int DONE = 4;
    private static final int RULES_PUT = 5;
    private static final int REFUSED = 6;

    private OutcomeCodec() {}

    public static void write(Outcome outcome, ByteWriter out) {
        outcome.accept(new OutcomeWriter(out));
    }

    public static Outcome read(ByteReader in) {
        int kind = in.readByte();
        switch (kind) {
            case ACQUIRED:
                return acquired(in);
            case REFUNDED:
                return new Refunded(in.readZigzag());
            case SESSION_OPENED:
                return new SessionOpened(in.readZigzag(), in.readZigzag());
            case DONE:
                return new Done(in.readZigzag());
            case RULES_PUT:
                return new RulesPut(in.readZigzag(), in.readBoolean());
            case REFUSED:
                return refused(in);
            default:
                throw new MalformedException("no kind of outcome has the number " + kind);
        }
    }

    private static Acquired acquired(ByteReader in) {
        boolean allowed = in.readBoolean();
        int count = in.readCount(Command.CHARGES_MAX, 4);
        List<ChargeResult> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(new ChargeResult(in.readBoolean(), in.readZigzag(), in.readZigzag(), in.readZigzag()));
        }
        return new Acquired(allowed, results);
    }

    private static Refused refused(ByteReader in) {
        try {
            return new Refused(Reason.ofId(in.readByte()));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a reason is impossible: " + e.getMessage(), e);
        }
    }

    private record OutcomeWriter(ByteWriter out) implements Outcome.Visitor<ByteWriter> {
        @Override
        public ByteWriter acquired(Acquired outcome) {
            out.putByte(ACQUIRED)
                    .putBoolean(outcome.allowed())
                    .putVarInt(outcome.results().size());
            for (ChargeResult result : outcome.results()) {
                out.putBoolean(result.allowed())
                        .putZigzag(result.remaining())
                        .putZigzag(result.retryAfterMillis())
                        .putZigzag(result.resetAfterMillis());
            }
            return out;
        }

        @Override
        public ByteWriter refunded(Refunded outcome) {
            return out.putByte(REFUNDED).putZigzag(outcome.refunded());
        }

        @Override
        public ByteWriter sessionOpened(SessionOpened outcome) {
            return out.putByte(SESSION_OPENED).putZigzag(outcome.sessionId()).putZigzag(outcome.ttlMillis());
        }

        @Override
        public ByteWriter done(Done outcome) {
            return out.putByte(DONE).putZigzag(outcome.changed());
        }

        @Override
        public ByteWriter rulesPut(RulesPut outcome) {
            return out.putByte(RULES_PUT).putZigzag(outcome.version()).putBoolean(outcome.changed());
        }

        @Override
        public ByteWriter leaseRenewed(LeaseRenewed outcome) {
            throw new IllegalArgumentException("a renewal's answer is kept in the counter's ledger, not in a session");
        }

        @Override
        public ByteWriter refused(Refused outcome) {
            return out.putByte(REFUSED).putByte(outcome.reason().id());
        }
    }
}

package io.quorate.storage.codec;

import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import java.util.List;

/**
 * The bytes of a rule's mode and of its terms, as rows and log entries alike hold them.
 *
 * <p>Bits of the mode's byte say which terms follow: {@code 10} lease terms, {@code 20} failure terms. Terms that
 * are the default aren't written, so a rule without any has the bytes that it had before there were terms; and a
 * release that doesn't know them refuses the byte.
 */
public final class TermsCodec {
    private static final int LEASE = 0x10;
    private static final int FAILURE = 0x20;

    private TermsCodec() {}

    /** Writes the byte of the mode. */
    public static void writeMode(Rule rule, ByteWriter out) {
        boolean lease = !rule.leaseTerms().equals(LeaseTerms.DEFAULT);
        boolean failure = !rule.failureTerms().equals(FailureTerms.DENY);
        out.putByte(rule.mode().id() | (lease ? LEASE : 0) | (failure ? FAILURE : 0));
    }

    /** Writes those terms that aren't the default. */
    public static void writeTerms(Rule rule, ByteWriter out) {
        LeaseTerms lease = rule.leaseTerms();
        if (!lease.equals(LeaseTerms.DEFAULT)) {
            out.putBoolean(lease.allowed()).putVarLong(lease.tokensMax()).putVarLong(lease.ttlMillis());
        }
        FailureTerms failure = rule.failureTerms();
        if (!failure.equals(FailureTerms.DENY)) {
            out.putVarLong(failure.amount()).putVarLong(failure.periodMillis());
        }
    }

    /**
     * Reads the terms that the mode's byte announces, and gives the rule.
     *
     * @throws IllegalArgumentException if the rule is impossible
     */
    public static Rule readTerms(ByteReader in, int modeByte, String id, List<EntryMatch> match, Limit limit) {
        LeaseTerms lease = LeaseTerms.DEFAULT;
        if ((modeByte & LEASE) != 0) {
            lease = new LeaseTerms(in.readBoolean(), in.readVarLong(), in.readVarLong());
            if (lease.equals(LeaseTerms.DEFAULT)) {
                throw new MalformedException("lease terms that are the default are written");
            }
        }
        FailureTerms failure = FailureTerms.DENY;
        if ((modeByte & FAILURE) != 0) {
            failure = new FailureTerms(in.readVarLong(), in.readVarLong());
            if (failure.denies()) {
                throw new MalformedException("failure terms that are the default are written");
            }
        }
        return new Rule(id, match, limit, Mode.ofId(modeByte & ~(LEASE | FAILURE)), lease, failure);
    }
}

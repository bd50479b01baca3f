package io.quorate.benchmarks;

import io.quorate.client.lease.Renewal;
import io.quorate.client.lease.RenewalReply;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.lease.Lender;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.LedgerDraft;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.server.lease.Ask;
import io.quorate.server.lease.Hint;
import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.lease.LeaseSettings;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One counter with its leader's policy and its ledger, as a node has them, without a log: what is applied is in. */
final class VirtualCounter {
    private static final QuotaKey KEY = QuotaKey.of("virtual", "all", List.of());
    private static final int LIMIT_ID = 1;
    /** Log time when virtual time begins. */
    private static final long START_MILLIS = 1_700_000_000_000L;

    private final LeasePolicy policy = new LeasePolicy(LeaseSettings.DEFAULT);
    private final LedgerDraft ledger = new LedgerDraft();
    private final Meter meter;
    private final boolean sharing;
    private CounterState state = CounterState.Fresh.INSTANCE;
    private long acquires;

    /** {@code sharing}: by the leader's policy; else each renewal gets what it asks for, or what there is. */
    VirtualCounter(Limit limit, boolean sharing) {
        this.meter = Meter.of(limit);
        this.sharing = sharing;
    }

    Limit limit() {
        return meter.limit();
    }

    /** A renewal between the leader's policy and the log. */
    record Asked(LeasePolicy.Renewal wanted, RenewLease command) {}

    /** A renewal came. */
    Asked ask(long session, Renewal renewal, long nowNanos) {
        LeasePolicy.Renewal wanted = new LeasePolicy.Renewal(
                session,
                renewal.leaseId(),
                renewal.spent() + renewal.returned(),
                meter.limit(),
                0,
                0,
                renewal.need(),
                renewal.want(),
                renewal.milliRate(),
                renewal.denied());
        Ask shared = policy.ask(KEY, wanted, nowNanos);
        Ask ask = sharing ? shared : new Ask(renewal.need(), renewal.want(), shared.ttlMillis());
        return new Asked(
                wanted,
                new RenewLease(
                        session,
                        KEY,
                        LIMIT_ID,
                        renewal.leaseId(),
                        renewal.sequence(),
                        renewal.spent(),
                        renewal.returned(),
                        ask.need(),
                        ask.want(),
                        ask.ttlMillis()));
    }

    /** Its entry is applied. */
    RenewalReply apply(Asked asked, long nowNanos) {
        Lender lender = lender(nowNanos);
        state = lender.settle(meter, state, ledger);
        Lender.Renewal renewed = lender.renew(meter, state, ledger, asked.command());
        state = renewed.next();
        LeaseRenewed said = renewed.outcome();
        Hint hint = policy.answered(KEY, asked.wanted(), said, nowNanos);
        return new RenewalReply(
                said.granted(),
                said.consumed(),
                said.validMillis(),
                hint.horizonMillis(),
                hint.contended(),
                hint.roomy(),
                hint.contended() ? hint.retryAfterMillis() : said.retryAfterMillis(),
                hint.recalled(),
                said.available());
    }

    /** An acquire of one token that the leader decides by itself. */
    boolean acquire(long nowNanos) {
        long nowMillis = logTime(nowNanos);
        Lender lender = lender(nowNanos);
        state = lender.settle(meter, state, ledger);
        ChargeId id = new ChargeId(1, ++acquires);
        if (ledger.outstanding() > 0) {
            CounterState seen = meter.lending().seen(state, nowMillis, ledger.outstanding());
            if (!meter.acquire(seen, nowMillis, 1, id).allowed()) {
                return false;
            }
        }
        Verdict verdict = meter.acquire(state, nowMillis, 1, id);
        state = verdict.allowed() ? verdict.next() : state;
        return verdict.allowed();
    }

    private static Lender lender(long nowNanos) {
        return new Lender(LeaseArithmetic.EXACT, logTime(nowNanos));
    }

    private static long logTime(long nowNanos) {
        return START_MILLIS + TimeUnit.NANOSECONDS.toMillis(nowNanos);
    }
}

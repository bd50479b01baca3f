package io.quorate.core.lease;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.LedgerDraft;

/*
 * Why no more is spent than the limit allows (after the token escrow of O'Neil, "The Escrow Transactional Method",
 * 1986). Call what is available and what clients could still spend the stock of a counter.
 *
 *  1. available + outstanding never pass the burst: refill stops there (clamp).
 *  2. What clients could still spend is never more than what is outstanding. It is debited in the log before a client
 *     sees it; it leaves by reports, which clients make after they spent, each counted once because they are
 *     cumulative; or by expiry, at a log time that comes after the client's own deadline, as spent.
 *  3. So the stock rises by refill alone, and each token spent lowers it: in any span no more is spent than the burst
 *     and what was refilled in it. Neither the number of leases nor how long they last is in that sum.
 *
 * Log time is a clock rounded down to the millisecond, so a lease of v ms from log time t may be spent until just
 * before t + v + 1: that is when it expires here.
 */

/** Applies renewals, and the passing of time, to the ledger of one counter at one log time. */
public final class Lender {
    private static final ChargeId NOBODY = new ChargeId(0, 0);

    private final LeaseArithmetic arithmetic;
    private final long nowMillis;

    public Lender(LeaseArithmetic arithmetic, long nowMillis) {
        this.arithmetic = arithmetic;
        this.nowMillis = nowMillis;
    }

    /**
     * Ends the leases that have expired, each at its own time, and brings the state to now.
     *
     * <p>So what a counter has doesn't depend on when it was looked at.
     */
    public CounterState settle(Meter meter, CounterState state, LedgerDraft ledger) {
        Lending lending = meter.lending();
        CounterState next = state;
        if (ledger.nextExpiryMillis() <= nowMillis) {
            for (int lease : ledger.due(nowMillis)) {
                long lastMillis = ledger.expiresAtMillis(lease) - 1;
                next = arithmetic.clamp(lending, next, lastMillis, ledger.outstanding());
                long unreported = ledger.outstanding(lease);
                ledger.expire(lease);
                next = writeOff(lending, next, lastMillis, unreported);
            }
            ledger.removeDue(nowMillis);
        }
        next = arithmetic.clamp(lending, next, nowMillis, ledger.outstanding());
        return ledger.isEmpty() ? meter.settle(next, nowMillis) : next;
    }

    /** The state under another limit: what was spent is adopted, and what is out is out under the new one. */
    public CounterState adopt(Meter previous, Meter next, CounterState state, LedgerDraft ledger) {
        long out = ledger.outstanding();
        CounterState spent = previous.lending().giveBack(state, nowMillis, out);
        CounterState adopted = next.adopt(previous, spent, nowMillis);
        return clamp(next, next.lending().lend(adopted, nowMillis, out), ledger);
    }

    /** The state after a change that knows nothing of leases, such as a refund. */
    public CounterState clamp(Meter meter, CounterState state, LedgerDraft ledger) {
        CounterState clamped = arithmetic.clamp(meter.lending(), state, nowMillis, ledger.outstanding());
        return ledger.isEmpty() ? meter.settle(clamped, nowMillis) : clamped;
    }

    /** A state and the answer to the renewal that made it. */
    public record Renewal(CounterState next, LeaseRenewed outcome) {}

    /**
     * Applies a renewal that isn't a repeat and may be executed, to a state that is settled and of this meter's limit.
     * Opens the session's lease if it has none of this id; what an earlier one holds is spent then.
     */
    public Renewal renew(Meter meter, CounterState state, LedgerDraft ledger, RenewLease command) {
        Lending lending = meter.lending();
        CounterState next = state;
        int lease = ledger.find(command.sessionId());
        boolean opened = lease < 0 || ledger.leaseId(lease) < command.leaseId();
        if (lease < 0) {
            lease = ledger.open(command.sessionId(), command.leaseId());
        } else if (opened) {
            long unreported = ledger.outstanding(lease);
            ledger.supersede(lease);
            next = writeOff(lending, next, nowMillis, unreported);
            ledger.reopen(lease, command.leaseId());
        }
        next = report(lending, next, ledger, lease, command);
        next = arithmetic.clamp(lending, next, nowMillis, ledger.outstanding());
        long lastsMillis = Math.min(command.ttlMillis(), lending.lastsMillisMax(nowMillis));
        long asked = 0;
        if (command.limitId() != 0) {
            asked = command.need() + (lastsMillis > 0 ? command.want() : 0);
        }
        long granted = Math.min(asked, lending.available(next, nowMillis, ledger.outstanding()));
        long consumed = Math.min(granted, command.need());
        next = lending.lend(next, nowMillis, granted);
        next = lending.spend(next, nowMillis, consumed);
        ledger.answer(lease, command.sequence(), granted, consumed);
        // Not so if the limit was cut below what is out: then leases end, and what they hold is never refilled twice.
        boolean fits = ledger.outstanding() <= meter.limit().capacity();
        if (opened || command.limitId() != 0 && fits) {
            ledger.extend(lease, lastsMillis, nowMillis + lastsMillis + 1, command.limitId());
        } else {
            ledger.keepEnd(lease, Math.max(0, ledger.expiresAtMillis(lease) - 1 - nowMillis));
        }
        return new Renewal(next, answer(meter, next, ledger, command));
    }

    /** The answer to the last renewal of a session's lease, with what the counter has now. */
    public LeaseRenewed answer(Meter meter, CounterState state, LedgerDraft ledger, RenewLease command) {
        int lease = ledger.find(command.sessionId());
        long out = ledger.outstanding();
        Lending lending = meter.lending();
        CounterState seen = lending.seen(state, nowMillis, out);
        // A cost that never fits asks what is left as it is.
        Verdict left = meter.acquire(seen, nowMillis, meter.limit().capacity() + 1, NOBODY);
        long retryAfterMillis = 0;
        if (command.limitId() != 0 && ledger.lastGranted(lease) < command.need() + command.want()) {
            Verdict one = meter.acquire(seen, nowMillis, 1, NOBODY);
            retryAfterMillis = one.allowed() ? 1 : one.retryAfterMillis();
        }
        return new LeaseRenewed(
                ledger.lastGranted(lease),
                ledger.lastConsumed(lease),
                ledger.lastValidMillis(lease),
                lending.available(state, nowMillis, out),
                out,
                ledger.outstanding(lease),
                retryAfterMillis,
                left.resetAfterMillis());
    }

    private CounterState report(
            Lending lending, CounterState state, LedgerDraft ledger, int lease, RenewLease command) {
        long spent = arithmetic.newlySpent(command.spent(), ledger.spent(lease), ledger.outstanding(lease));
        ledger.spend(lease, spent);
        CounterState next = lending.spend(state, nowMillis, spent);
        long returned = arithmetic.newlyReturned(command.returned(), ledger.returned(lease), ledger.outstanding(lease));
        ledger.giveBack(lease, returned);
        return lending.giveBack(next, nowMillis, returned);
    }

    private CounterState writeOff(Lending lending, CounterState state, long atMillis, long unreported) {
        return unreported == 0 ? state : arithmetic.expire(lending, state, atMillis, unreported);
    }
}

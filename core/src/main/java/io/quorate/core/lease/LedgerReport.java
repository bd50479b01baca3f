package io.quorate.core.lease;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Leased;
import io.quorate.core.quota.Ledger;
import io.quorate.core.quota.LedgerDraft;
import java.util.List;

/**
 * What a counter has at a log time, and who holds what of it; for people.
 *
 * @param inner the algorithm's own state
 * @param used whole tokens counted as used, without those that are outstanding; rounded up
 * @param available whole tokens that can be taken
 * @param outstanding tokens that clients hold
 * @param resetAfterMillis time until the counter is fresh, if nothing more is taken; milliseconds
 * @param granted tokens granted to the leases listed
 * @param spent of them: known to be spent
 * @param returned of them: given back
 * @param leases those that haven't expired, by ascending session
 */
public record LedgerReport(
        CounterState inner,
        long used,
        long available,
        long outstanding,
        long resetAfterMillis,
        long granted,
        long spent,
        long returned,
        List<Ledger.Lease> leases) {
    private static final ChargeId NOBODY = new ChargeId(0, 0);

    public LedgerReport {
        leases = List.copyOf(leases);
    }

    /**
     * The report of a counter's state, leased or not.
     *
     * @param charged the limit under which the state was left
     * @param current the limit under which to report it
     */
    public static LedgerReport of(CounterState state, Meter charged, Meter current, long nowMillis) {
        CounterState inner = state;
        LedgerDraft ledger = new LedgerDraft();
        Lender lender = new Lender(LeaseArithmetic.EXACT, nowMillis);
        if (state instanceof Leased leased) {
            ledger = new LedgerDraft(leased.ledger());
            inner = leased.inner();
        }
        inner = lender.settle(charged, inner, ledger);
        if (!charged.limit().equals(current.limit())) {
            inner = lender.adopt(charged, current, inner, ledger);
        }
        return of(inner, current, nowMillis, ledger);
    }

    private static LedgerReport of(CounterState inner, Meter meter, long nowMillis, LedgerDraft ledger) {
        long out = ledger.outstanding();
        Lending lending = meter.lending();
        // A cost that never fits asks what is left as it is.
        Verdict left = meter.acquire(
                lending.seen(inner, nowMillis, out), nowMillis, meter.limit().capacity() + 1, NOBODY);
        List<Ledger.Lease> leases =
                ledger.isEmpty() ? List.of() : ledger.toLedger().leases();
        return new LedgerReport(
                inner,
                meter.used(lending.giveBack(inner, nowMillis, out), nowMillis),
                left.remaining(),
                out,
                left.resetAfterMillis(),
                leases.stream().mapToLong(Ledger.Lease::granted).sum(),
                leases.stream().mapToLong(Ledger.Lease::spent).sum(),
                leases.stream().mapToLong(Ledger.Lease::returned).sum(),
                leases);
    }
}

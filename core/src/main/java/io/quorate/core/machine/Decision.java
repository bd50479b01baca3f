package io.quorate.core.machine;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.machine.CounterOverlay.Counter;
import io.quorate.core.machine.LimitOverlay.Terms;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.rule.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/*
 * One decision goes through prepare, decide, and, if allowed, charge; then result says what came of it.
 *
 * All or nothing: every verdict is taken before any counter is charged. A verdict holds the state after the
 * charge, and no counter stands twice in one decision, so charging is an assignment and can't fail halfway.
 *
 * Shadow charges never deny: one that doesn't fit, or that would need a row when there is no room for rows, is
 * reported and not charged.
 */

/** Decides acquires over several counters; reused for all commands of an entry. */
final class Decision {
    private static final int CHARGES_TYPICAL = 8;
    private static final ChargeId NOBODY = new ChargeId(0, 0);

    private final CounterOverlay counters;
    private final LimitOverlay limits;
    private final CounterLeases leases;
    private final long nowMillis;
    private Counter[] counter = new Counter[CHARGES_TYPICAL];
    private Terms[] terms = new Terms[CHARGES_TYPICAL];
    private Verdict[] verdict = new Verdict[CHARGES_TYPICAL];
    private List<Charge> charges = List.of();
    private long number;
    private boolean allowed;
    private boolean permitsCharged;

    Decision(CounterOverlay counters, LimitOverlay limits, CounterLeases leases, long nowMillis) {
        this.counters = counters;
        this.limits = limits;
        this.leases = leases;
        this.nowMillis = nowMillis;
    }

    /** Finds what an acquire names; false if a limit is unknown or a counter stands twice. Changes nothing. */
    boolean prepare(List<Charge> asked) {
        charges = asked;
        permitsCharged = false;
        number++;
        int count = asked.size();
        if (count > counter.length) {
            counter = Arrays.copyOf(counter, count);
            terms = Arrays.copyOf(terms, count);
            verdict = Arrays.copyOf(verdict, count);
        }
        for (int i = 0; i < count; i++) {
            Optional<Terms> found = limits.find(asked.get(i).limitId());
            if (found.isEmpty()) {
                return false;
            }
            terms[i] = found.get();
            counter[i] = counters.get(asked.get(i).key());
            if (!counter[i].enter(number)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes every limit's verdict; true if no enforcing one denies. A counter whose limit changed is converted, be
     * it charged or not: what was used counts under the new limit from the first request on that names it.
     */
    boolean decide(long cost, ChargeId id) {
        allowed = true;
        for (int i = 0; i < charges.size(); i++) {
            leases.settle(counter[i]);
            leases.adopt(counter[i], terms[i]);
            verdict[i] = leases.acquire(counter[i], terms[i].meter(), cost, id);
            if (!verdict[i].allowed() && charges.get(i).mode() == Mode.ENFORCE) {
                allowed = false;
            }
        }
        return allowed;
    }

    /** Rows that charging the enforcing counters would create. */
    int rowsNeeded() {
        int rows = 0;
        for (int i = 0; i < charges.size(); i++) {
            if (counter[i].isFresh() && charges.get(i).mode() == Mode.ENFORCE) {
                rows++;
            }
        }
        return rows;
    }

    /**
     * Charges every counter that the cost fits, and gives those charges. Only after {@link #decide} gave true.
     *
     * @param rowsFree rows that may be created; at least {@link #rowsNeeded}
     */
    List<Charge> charge(long rowsFree) {
        long shadowRowsFree = rowsFree - rowsNeeded();
        List<Charge> charged = charges;
        for (int i = 0; i < charges.size(); i++) {
            boolean fits = verdict[i].allowed();
            if (fits && counter[i].isFresh() && charges.get(i).mode() == Mode.SHADOW) {
                fits = shadowRowsFree-- > 0;
            }
            if (fits) {
                terms[i].use();
                permitsCharged |= terms[i].isConcurrency();
                counters.set(counter[i], terms[i].limitId(), verdict[i].next());
            }
            if (!fits && charged == charges) {
                charged = new ArrayList<>(charges.subList(0, i));
            } else if (fits && charged != charges) {
                charged.add(charges.get(i));
            }
        }
        return charged;
    }

    Acquired result() {
        int count = charges.size();
        if (count == 1) {
            return new Acquired(allowed, List.of(result(0)));
        }
        ChargeResult[] results = new ChargeResult[count];
        for (int i = 0; i < count; i++) {
            results[i] = result(i);
        }
        return new Acquired(allowed, List.of(results));
    }

    /** Log time until which a grant to these counters can be given back, if it can until {@code leastMillis} anyway. */
    long refundableUntilMillis(long leastMillis) {
        long until = leastMillis;
        for (int i = 0; i < charges.size(); i++) {
            if (terms[i].isConcurrency()) {
                until = Math.max(until, nowMillis + terms[i].meter().limit().periodMillis());
            }
        }
        return until;
    }

    /** Whether a concurrency counter is among those asked for. */
    boolean asksPermits() {
        for (int i = 0; i < charges.size(); i++) {
            if (terms[i].isConcurrency()) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@link #charge} charged a concurrency counter. */
    boolean permitsCharged() {
        return permitsCharged;
    }

    private ChargeResult result(int i) {
        Verdict said = verdict[i];
        if (said.allowed() && !allowed) {
            // It passes alone but was not charged. A cost that never fits asks what is left as it is.
            Meter meter = terms[i].meter();
            Verdict uncharged = leases.acquire(counter[i], meter, meter.limit().capacity() + 1, NOBODY);
            return new ChargeResult(true, uncharged.remaining(), 0, uncharged.resetAfterMillis());
        }
        return new ChargeResult(said.allowed(), said.remaining(), said.retryAfterMillis(), said.resetAfterMillis());
    }
}

package io.quorate.core.machine;

import io.quorate.core.lease.LeaseFlow;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.LedgerDraft;
import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counters that one entry touches: each is read once from the state below and written once.
 *
 * <p>Open addressing with linear probing over the counters in the order in which they were first touched.
 */
final class CounterOverlay {
    private static final int CAPACITY_MIN = 16;

    private final StateView view;
    private final List<Counter> counters = new ArrayList<>();
    /** Place in {@code counters}, plus one; 0 if vacant. */
    private int[] slots = new int[CAPACITY_MIN];

    private long live;

    CounterOverlay(StateView view) {
        this.view = view;
        this.live = view.header().counters();
    }

    /** Counters that aren't fresh, as the entry left them so far. */
    long live() {
        return live;
    }

    Counter get(QuotaKey key) {
        int place = find(key);
        return place >= 0 ? counters.get(place) : add(new Counter(key, view.counter(key)));
    }

    /** The counter of a row just read from the state below, or as touched already. */
    Counter get(CounterEntry entry) {
        int place = find(entry.key());
        return place >= 0 ? counters.get(place) : new Counter(entry.key(), entry.row());
    }

    /**
     * Gives a counter its next state; whatever changed in its ledger goes with it. Must be one that {@link #get}
     * gave.
     */
    void set(Counter counter, int limitId, CounterState next) {
        boolean fresh = next instanceof CounterState.Fresh && !counter.isLeased();
        if (fresh != counter.isFresh()) {
            live += fresh ? -1 : 1;
        }
        counter.limitId = fresh ? CounterRow.FRESH.limitId() : limitId;
        counter.state = next;
        counter.fresh = fresh;
        counter.changed = true;
    }

    /** Sees to it that a counter that {@link #get(CounterEntry)} gave can be set. */
    void keep(Counter counter) {
        if (find(counter.key) < 0) {
            add(counter);
        }
    }

    /** Adds the changed rows to {@code changes} and gives what they add to the digest; tells which limits rows got. */
    long collect(List<CounterEntry> changes, LimitPruning pruning) {
        long digest = 0;
        for (int i = 0; i < counters.size(); i++) {
            Counter counter = counters.get(i);
            if (counter.changed && !(counter.fresh && counter.before.isFresh())) {
                CounterRow after = counter.fresh ? CounterRow.FRESH : new CounterRow(counter.limitId, counter.stored());
                changes.add(new CounterEntry(counter.key, after));
                if (after.limitId() != counter.before.limitId()) {
                    pruning.given(after.limitId());
                }
                digest += Digests.counter(counter.key, after) - Digests.counter(counter.key, counter.before);
            }
        }
        return digest;
    }

    /** Where tokens of these counters went. */
    LeaseFlow leaseFlow() {
        LeaseFlow sum = LeaseFlow.NONE;
        for (Counter counter : counters) {
            LedgerDraft ledger = counter.ledger;
            if (ledger != null && ledger.isChanged()) {
                sum = sum.plus(ledger);
            }
        }
        return sum;
    }

    private int find(QuotaKey key) {
        int mask = slots.length - 1;
        int at = (int) key.hash64() & mask;
        while (slots[at] != 0) {
            int place = slots[at] - 1;
            // Commands of one entry share the bytes of a repeated key, so they are seldom compared.
            if (counters.get(place).key.equals(key)) {
                return place;
            }
            at = (at + 1) & mask;
        }
        return -1;
    }

    private Counter add(Counter counter) {
        if (2 * (counters.size() + 1) > slots.length) {
            slots = new int[slots.length * 2];
            for (int place = 0; place < counters.size(); place++) {
                insert(place);
            }
        }
        counters.add(counter);
        insert(counters.size() - 1);
        return counter;
    }

    private void insert(int place) {
        int mask = slots.length - 1;
        int at = (int) counters.get(place).key.hash64() & mask;
        while (slots[at] != 0) {
            at = (at + 1) & mask;
        }
        slots[at] = place + 1;
    }

    /** One counter: as the entry found it, and as it is now. Its ledger lies beside the algorithm's own state. */
    static final class Counter {
        private final QuotaKey key;
        private final CounterRow before;
        private int limitId;
        private CounterState state;
        private boolean fresh;
        private boolean changed;
        /** Number of the last decision that named this counter; finds a key that stands twice in one. */
        private long decision;

        private @Nullable LedgerDraft ledger;

        private Counter(QuotaKey key, CounterRow before) {
            this.key = key;
            this.before = before;
            this.limitId = before.limitId();
            if (before.state() instanceof CounterState.Leased leased) {
                this.state = leased.inner();
                this.ledger = new LedgerDraft(leased.ledger());
            } else {
                this.state = before.state();
            }
            this.fresh = before.isFresh();
        }

        int limitId() {
            return limitId;
        }

        /** The algorithm's own state. */
        CounterState state() {
            return state;
        }

        /** The ledger, which may be empty; null if nobody ever held a token. */
        @Nullable
        LedgerDraft ledger() {
            return ledger;
        }

        /** The ledger, made if there is none. */
        LedgerDraft openLedger() {
            LedgerDraft open = ledger;
            if (open == null) {
                open = new LedgerDraft();
                ledger = open;
            }
            return open;
        }

        boolean isLeased() {
            LedgerDraft found = ledger;
            return found != null && !found.isEmpty();
        }

        private CounterState stored() {
            LedgerDraft found = ledger;
            return found == null || found.isEmpty() ? state : new CounterState.Leased(state, found.toLedger());
        }

        boolean isFresh() {
            return fresh;
        }

        /** Whether this is the first time that the decision of this number names the counter. */
        boolean enter(long decisionNumber) {
            boolean first = decision != decisionNumber;
            decision = decisionNumber;
            return first;
        }
    }
}

package io.quorate.core.quota;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who holds tokens of one counter: one lease for each session that has any, by ascending session.
 *
 * <p>Flat: eleven numbers a lease. Immutable; {@link LedgerDraft} makes the next one.
 */
public final class Ledger {
    /** More leases than this no counter can have, whatever the machine's bound. */
    public static final int LEASES_MAX = 1 << 16;

    static final int SESSION = 0;
    static final int LEASE = 1;
    static final int SEQUENCE = 2;
    static final int LAST_GRANTED = 3;
    static final int LAST_CONSUMED = 4;
    static final int LAST_VALID = 5;
    static final int GRANTED = 6;
    static final int SPENT = 7;
    static final int RETURNED = 8;
    static final int EXPIRES = 9;
    static final int LIMIT = 10;
    static final int WIDTH = 11;

    private final long[] cells;
    private final long outstanding;
    private final long nextExpiryMillis;

    private Ledger(long[] cells) {
        if (cells.length == 0 || cells.length > WIDTH * LEASES_MAX) {
            throw new IllegalArgumentException("a ledger has 1 to " + LEASES_MAX + " leases");
        }
        long sum = 0;
        long next = Long.MAX_VALUE;
        for (int at = 0; at < cells.length; at += WIDTH) {
            if (at > 0 && cells[at] <= cells[at - WIDTH]) {
                throw new IllegalArgumentException("a ledger's sessions ascend");
            }
            sum = Math.addExact(sum, checked(cells, at));
            next = Math.min(next, cells[at + EXPIRES]);
        }
        this.cells = cells;
        this.outstanding = sum;
        this.nextExpiryMillis = next;
    }

    /** Checks one lease and gives what it holds. */
    private static long checked(long[] cells, int at) {
        for (int i = at + LEASE; i <= at + RETURNED; i++) {
            if (cells[i] < 0) {
                throw new IllegalArgumentException("a lease's numbers are 0 or more");
            }
        }
        long held = cells[at + GRANTED] - cells[at + SPENT] - cells[at + RETURNED];
        if (cells[at + LAST_CONSUMED] > cells[at + LAST_GRANTED]
                || cells[at + LAST_GRANTED] > cells[at + GRANTED]
                || held < 0
                || held > cells[at + GRANTED]) {
            throw new IllegalArgumentException("a lease can't lose more than it was granted");
        }
        if (cells[at + LIMIT] != (int) cells[at + LIMIT]) {
            throw new IllegalArgumentException("a limit's number has 32 bits");
        }
        return held;
    }

    /** The ledger of these leases; throws if there are none, sessions don't ascend or a lease is impossible. */
    public static Ledger of(List<Lease> leases) {
        long[] cells = new long[WIDTH * leases.size()];
        for (int i = 0; i < leases.size(); i++) {
            leases.get(i).write(cells, WIDTH * i);
        }
        return new Ledger(cells);
    }

    /** The ledger of an array that is the ledger's from then on. */
    static Ledger ofCells(long[] cells) {
        return new Ledger(cells);
    }

    /** How many leases; 1 or more. */
    public int size() {
        return cells.length / WIDTH;
    }

    /** Lease {@code index}; the lowest session's is 0. */
    public Lease lease(int index) {
        return Lease.read(cells, WIDTH * index);
    }

    /** The leases, as values. */
    public List<Lease> leases() {
        List<Lease> leases = new ArrayList<>(size());
        for (int i = 0; i < size(); i++) {
            leases.add(lease(i));
        }
        return List.copyOf(leases);
    }

    /** Tokens held by all leases together. */
    public long outstanding() {
        return outstanding;
    }

    /** The log time at which the first of them expires. */
    public long nextExpiryMillis() {
        return nextExpiryMillis;
    }

    /** How many numbers make up the ledger. */
    public int cellCount() {
        return cells.length;
    }

    /** One of the numbers that make up the ledger. */
    public long cell(int index) {
        return cells[index];
    }

    /** The numbers themselves; not to be changed. */
    long[] cells() {
        return cells;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Ledger ledger && Arrays.equals(cells, ledger.cells);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(cells);
    }

    @Override
    public String toString() {
        return "Ledger" + leases();
    }

    /**
     * What one session holds of a counter. {@code granted} is always what was spent, given back or is outstanding.
     *
     * @param leaseId the client's number for it; grows from one lease to the next
     * @param sequence the last renewal
     * @param lastGranted what the last renewal was granted, for its repeat
     * @param lastConsumed what of that was spent at once
     * @param lastValidMillis how long the last renewal made the lease live
     * @param granted tokens granted since the lease was opened
     * @param spent of them: reported as spent, or spent when granted
     * @param returned of them: given back
     * @param expiresAtMillis log time from which on what is outstanding counts as spent, and the lease is gone
     * @param limitId the limit under which it was last renewed
     */
    public record Lease(
            long sessionId,
            long leaseId,
            long sequence,
            long lastGranted,
            long lastConsumed,
            long lastValidMillis,
            long granted,
            long spent,
            long returned,
            long expiresAtMillis,
            int limitId) {

        /** Tokens that the client may still spend. */
        public long outstanding() {
            return granted - spent - returned;
        }

        private void write(long[] cells, int at) {
            cells[at + SESSION] = sessionId;
            cells[at + LEASE] = leaseId;
            cells[at + SEQUENCE] = sequence;
            cells[at + LAST_GRANTED] = lastGranted;
            cells[at + LAST_CONSUMED] = lastConsumed;
            cells[at + LAST_VALID] = lastValidMillis;
            cells[at + GRANTED] = granted;
            cells[at + SPENT] = spent;
            cells[at + RETURNED] = returned;
            cells[at + EXPIRES] = expiresAtMillis;
            cells[at + LIMIT] = limitId;
        }

        private static Lease read(long[] cells, int at) {
            return new Lease(
                    cells[at + SESSION],
                    cells[at + LEASE],
                    cells[at + SEQUENCE],
                    cells[at + LAST_GRANTED],
                    cells[at + LAST_CONSUMED],
                    cells[at + LAST_VALID],
                    cells[at + GRANTED],
                    cells[at + SPENT],
                    cells[at + RETURNED],
                    cells[at + EXPIRES],
                    (int) cells[at + LIMIT]);
        }
    }
}

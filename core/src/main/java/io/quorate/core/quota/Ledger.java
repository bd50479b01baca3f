package io.quorate.core.quota;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who holds tokens of one counter: one lease for each session that has any, by ascending session.
 *
 * <p>Eleven numbers a lease, in blocks of {@value #BLOCK_LEASES} leases. Immutable; {@link LedgerDraft} makes the next
 * one, which shares the blocks that didn't change, and carries the totals on: so that a renewal costs the same however
 * many hold tokens, but for a list of blocks.
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

    static final int BLOCK_SHIFT = 5;
    static final int BLOCK_LEASES = 1 << BLOCK_SHIFT;
    static final int BLOCK_MASK = BLOCK_LEASES - 1;
    /** What a lease's hash begins with. */
    private static final long LEASE_HASH = 9;

    /** The last block may have room. */
    private final long[][] blocks;

    private final int size;
    private final long outstanding;
    private final long nextExpiryMillis;
    private final long digest;

    /** As a draft left it, which has checked what it changed. */
    Ledger(long[][] blocks, int size, long outstanding, long nextExpiryMillis, long digest) {
        this.blocks = blocks;
        this.size = size;
        this.outstanding = outstanding;
        this.nextExpiryMillis = nextExpiryMillis;
        this.digest = digest;
    }

    /** Checks one lease and gives what it holds. */
    static long checked(long[] cells, int at) {
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
        if (leases.isEmpty() || leases.size() > LEASES_MAX) {
            throw new IllegalArgumentException("a ledger has 1 to " + LEASES_MAX + " leases");
        }
        long[][] blocks = new long[(leases.size() + BLOCK_MASK) >>> BLOCK_SHIFT][WIDTH << BLOCK_SHIFT];
        long sum = 0;
        long next = Long.MAX_VALUE;
        for (int i = 0; i < leases.size(); i++) {
            if (i > 0 && leases.get(i).sessionId() <= leases.get(i - 1).sessionId()) {
                throw new IllegalArgumentException("a ledger's sessions ascend");
            }
            long[] block = blocks[i >>> BLOCK_SHIFT];
            int at = WIDTH * (i & BLOCK_MASK);
            leases.get(i).write(block, at);
            sum = Math.addExact(sum, checked(block, at));
            next = Math.min(next, block[at + EXPIRES]);
        }
        return new Ledger(blocks, leases.size(), sum, next, digest(blocks, leases.size()));
    }

    /** The sum of all leases' hashes, each of which names its session. */
    private static long digest(long[][] blocks, int size) {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += hash(blocks[i >>> BLOCK_SHIFT], WIDTH * (i & BLOCK_MASK));
        }
        return sum;
    }

    static long hash(long[] block, int at) {
        long h = LEASE_HASH;
        for (int i = at; i < at + WIDTH; i++) {
            h = Hash64.mix(h, block[i]);
        }
        return Hash64.finish(h);
    }

    /** How many leases; 1 or more. */
    public int size() {
        return size;
    }

    /** Lease {@code index}; the lowest session's is 0. */
    public Lease lease(int index) {
        return Lease.read(blocks[index >>> BLOCK_SHIFT], WIDTH * (index & BLOCK_MASK));
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

    /** A log time before which none of them expires. */
    public long nextExpiryMillis() {
        return nextExpiryMillis;
    }

    /** A hash of all leases, kept from change to change. */
    public long digest() {
        return digest;
    }

    /** The same hash, from the leases themselves. */
    public long digestAnew() {
        return digest(blocks, size);
    }

    /** The blocks themselves; not to be changed. */
    long[][] blocks() {
        return blocks;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Ledger ledger) || size != ledger.size || digest != ledger.digest) {
            return false;
        }
        boolean same = true;
        for (int i = 0; i < size && same; i += BLOCK_LEASES) {
            int cells = WIDTH * Math.min(BLOCK_LEASES, size - i);
            int block = i >>> BLOCK_SHIFT;
            same = Arrays.equals(blocks[block], 0, cells, ledger.blocks[block], 0, cells);
        }
        return same;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(digest);
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

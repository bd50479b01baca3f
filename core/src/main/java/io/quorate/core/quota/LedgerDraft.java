package io.quorate.core.quota;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A ledger while one entry is applied: copied from the committed one at the first change, and once however many
 * changes there are. Not thread-safe.
 *
 * <p>Leases are named by their index, which holds until one is opened or removed.
 */
public final class LedgerDraft {
    private static final int WIDTH = Ledger.WIDTH;
    private static final int GROWTH = 4;
    /** Bits of an index when leases are sorted by their expiry. */
    private static final int INDEX_BITS = Integer.numberOfTrailingZeros(Ledger.LEASES_MAX);

    private @Nullable Ledger unchanged;
    private long[] cells;
    private int size;
    private long outstanding;
    /** Not after the first expiry; exact until leases are extended. */
    private long nextExpiryMillis;

    /** A ledger without leases. */
    public LedgerDraft() {
        this.cells = new long[0];
        this.nextExpiryMillis = Long.MAX_VALUE;
    }

    public LedgerDraft(Ledger ledger) {
        this.unchanged = ledger;
        this.cells = ledger.cells();
        this.size = ledger.size();
        this.outstanding = ledger.outstanding();
        this.nextExpiryMillis = ledger.nextExpiryMillis();
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** Whether it isn't the committed ledger any more. */
    public boolean isChanged() {
        return unchanged == null;
    }

    /** Tokens held by all leases together. */
    public long outstanding() {
        return outstanding;
    }

    /** A log time before which no lease expires. */
    public long nextExpiryMillis() {
        return nextExpiryMillis;
    }

    /** The lease of a session, or less than 0 if it has none. */
    public int find(long sessionId) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long at = cells[WIDTH * middle];
            if (at == sessionId) {
                return middle;
            }
            if (at < sessionId) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    public long leaseId(int lease) {
        return cells[WIDTH * lease + Ledger.LEASE];
    }

    public long sequence(int lease) {
        return cells[WIDTH * lease + Ledger.SEQUENCE];
    }

    public long lastGranted(int lease) {
        return cells[WIDTH * lease + Ledger.LAST_GRANTED];
    }

    public long lastConsumed(int lease) {
        return cells[WIDTH * lease + Ledger.LAST_CONSUMED];
    }

    public long lastValidMillis(int lease) {
        return cells[WIDTH * lease + Ledger.LAST_VALID];
    }

    public long spent(int lease) {
        return cells[WIDTH * lease + Ledger.SPENT];
    }

    public long returned(int lease) {
        return cells[WIDTH * lease + Ledger.RETURNED];
    }

    public long expiresAtMillis(int lease) {
        return cells[WIDTH * lease + Ledger.EXPIRES];
    }

    /** Tokens that the lease holds. */
    public long outstanding(int lease) {
        int at = WIDTH * lease;
        return cells[at + Ledger.GRANTED] - cells[at + Ledger.SPENT] - cells[at + Ledger.RETURNED];
    }

    /** Adds the lease of a session that has none, and gives its index. It expires when it is first answered. */
    public int open(long sessionId, long leaseId) {
        int lease = -find(sessionId) - 1;
        if (lease < 0 || size == Ledger.LEASES_MAX) {
            throw new IllegalStateException("session " + sessionId + " has a lease, or the ledger is full");
        }
        int end = WIDTH * size;
        long[] next = end + WIDTH <= cells.length && isChanged()
                ? cells
                : Arrays.copyOf(cells, end + WIDTH * Math.max(GROWTH, size / GROWTH));
        System.arraycopy(next, WIDTH * lease, next, WIDTH * (lease + 1), end - WIDTH * lease);
        Arrays.fill(next, WIDTH * lease, WIDTH * (lease + 1), 0);
        next[WIDTH * lease + Ledger.SESSION] = sessionId;
        next[WIDTH * lease + Ledger.LEASE] = leaseId;
        cells = next;
        unchanged = null;
        size++;
        return lease;
    }

    /** Makes a lease that holds nothing any more the session's next one. */
    public void reopen(int lease, long leaseId) {
        if (outstanding(lease) != 0) {
            throw new IllegalStateException("the lease holds tokens");
        }
        own();
        int at = WIDTH * lease;
        Arrays.fill(cells, at + Ledger.LEASE, at + WIDTH, 0);
        cells[at + Ledger.LEASE] = leaseId;
    }

    /** Books tokens that a lease holds as spent. */
    public void spend(int lease, long count) {
        move(lease, Ledger.SPENT, count);
    }

    /** Books tokens that a lease holds as given back. */
    public void giveBack(int lease, long count) {
        move(lease, Ledger.RETURNED, count);
    }

    private void move(int lease, int to, long count) {
        if (count < 0 || count > outstanding(lease)) {
            throw new IllegalStateException("a lease can't lose what it doesn't hold");
        }
        if (count > 0) {
            own();
            cells[WIDTH * lease + to] += count;
            outstanding -= count;
        }
    }

    /** Books the answer to a renewal: what is granted is held from now on, but for what is consumed at once. */
    public void answer(int lease, long sequence, long granted, long consumed) {
        own();
        int at = WIDTH * lease;
        cells[at + Ledger.SEQUENCE] = sequence;
        cells[at + Ledger.LAST_GRANTED] = granted;
        cells[at + Ledger.LAST_CONSUMED] = consumed;
        cells[at + Ledger.GRANTED] += granted;
        cells[at + Ledger.SPENT] += consumed;
        outstanding += granted - consumed;
    }

    /** Books how long a lease lives; it never ends before a time that was told. */
    public void extend(int lease, long validMillis, long expiresAtMillis, int limitId) {
        own();
        int at = WIDTH * lease;
        cells[at + Ledger.LAST_VALID] = validMillis;
        cells[at + Ledger.EXPIRES] = Math.max(cells[at + Ledger.EXPIRES], expiresAtMillis);
        cells[at + Ledger.LIMIT] = limitId;
        nextExpiryMillis = Math.min(nextExpiryMillis, cells[at + Ledger.EXPIRES]);
    }

    /** Books the answer's life of a lease whose end stays where it is. */
    public void keepEnd(int lease, long validMillis) {
        own();
        cells[WIDTH * lease + Ledger.LAST_VALID] = validMillis;
    }

    /** The leases that have expired by {@code nowMillis}, by expiry, then session. */
    public int[] due(long nowMillis) {
        long[] order = new long[size];
        int count = 0;
        for (int lease = 0; lease < size; lease++) {
            long expiresAtMillis = expiresAtMillis(lease);
            if (expiresAtMillis <= nowMillis) {
                // Log times have 46 bits, so how long ago and index fit one number.
                order[count++] = -(nowMillis - expiresAtMillis << INDEX_BITS) + lease;
            }
        }
        Arrays.sort(order, 0, count);
        int[] due = new int[count];
        for (int i = 0; i < count; i++) {
            due[i] = (int) order[i] & Ledger.LEASES_MAX - 1;
        }
        return due;
    }

    /** Removes the leases that have expired by {@code nowMillis}; they hold nothing any more. */
    public void removeDue(long nowMillis) {
        int kept = 0;
        long next = Long.MAX_VALUE;
        for (int lease = 0; lease < size; lease++) {
            long expiresAtMillis = expiresAtMillis(lease);
            if (expiresAtMillis > nowMillis) {
                next = Math.min(next, expiresAtMillis);
                if (kept < lease) {
                    own();
                    System.arraycopy(cells, WIDTH * lease, cells, WIDTH * kept, WIDTH);
                }
                kept++;
            } else if (outstanding(lease) != 0) {
                throw new IllegalStateException("the lease holds tokens");
            }
        }
        if (kept < size) {
            own();
            size = kept;
        }
        nextExpiryMillis = next;
    }

    /** The ledger as a value; there is at least one lease. The draft must not be changed afterwards. */
    public Ledger toLedger() {
        Ledger same = unchanged;
        if (same != null) {
            return same;
        }
        return Ledger.ofCells(cells.length == WIDTH * size ? cells : Arrays.copyOf(cells, WIDTH * size));
    }

    private void own() {
        if (unchanged != null) {
            unchanged = null;
            cells = cells.clone();
        }
    }
}

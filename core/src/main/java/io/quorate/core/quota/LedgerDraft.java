package io.quorate.core.quota;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A ledger while one entry is applied: of the committed one each block is copied when one of its leases first changes.
 * Not thread-safe.
 *
 * <p>Leases are named by their index, which holds until one is opened or removed.
 */
public final class LedgerDraft {
    private static final int WIDTH = Ledger.WIDTH;
    /** Leases for which a block has room at first. */
    private static final int GROWTH = 4;

    private static final int NONE = -1;
    /** Bits of an index when leases are sorted by their expiry. */
    private static final int INDEX_BITS = Integer.numberOfTrailingZeros(Ledger.LEASES_MAX);

    private final @Nullable Ledger committed;
    private long[][] blocks;
    /** Which blocks are this draft's alone; null: none is. */
    private boolean @Nullable [] owned;

    private int size;
    private long outstanding;
    /** Without the hash of the lease that is being changed. */
    private long digest;

    /** The lease that is being changed, or less than 0. */
    private int changing = NONE;
    /** Not after the first expiry; exact until leases are extended. */
    private long nextExpiryMillis;

    /** Tokens moved since this draft was made. */
    private long granted;

    private long spent;
    private long returned;
    private long expired;
    private long superseded;

    /** A ledger without leases. */
    public LedgerDraft() {
        this.committed = null;
        this.blocks = new long[0][];
        this.nextExpiryMillis = Long.MAX_VALUE;
    }

    public LedgerDraft(Ledger ledger) {
        this.committed = ledger;
        this.blocks = ledger.blocks();
        this.digest = ledger.digest();
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
        return committed == null || owned != null;
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
            long at = get(middle, Ledger.SESSION);
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
        return get(lease, Ledger.LEASE);
    }

    public long sequence(int lease) {
        return get(lease, Ledger.SEQUENCE);
    }

    public long lastGranted(int lease) {
        return get(lease, Ledger.LAST_GRANTED);
    }

    public long lastConsumed(int lease) {
        return get(lease, Ledger.LAST_CONSUMED);
    }

    public long lastValidMillis(int lease) {
        return get(lease, Ledger.LAST_VALID);
    }

    public long spent(int lease) {
        return get(lease, Ledger.SPENT);
    }

    public long returned(int lease) {
        return get(lease, Ledger.RETURNED);
    }

    public long expiresAtMillis(int lease) {
        return get(lease, Ledger.EXPIRES);
    }

    /** Tokens that the lease holds. */
    public long outstanding(int lease) {
        return get(lease, Ledger.GRANTED) - get(lease, Ledger.SPENT) - get(lease, Ledger.RETURNED);
    }

    /** Adds the lease of a session that has none, and gives its index. It expires when it is first answered. */
    public int open(long sessionId, long leaseId) {
        int lease = -find(sessionId) - 1;
        if (lease < 0 || size == Ledger.LEASES_MAX) {
            throw new IllegalStateException("session " + sessionId + " has a lease, or the ledger is full");
        }
        settle();
        addRoom();
        size++;
        for (int i = size - 1; i > lease; i--) {
            copy(i - 1, i);
        }
        own(lease);
        long[] block = block(lease);
        int at = at(lease);
        Arrays.fill(block, at, at + WIDTH, 0);
        block[at + Ledger.SESSION] = sessionId;
        block[at + Ledger.LEASE] = leaseId;
        changing = lease;
        return lease;
    }

    /** Makes a lease that holds nothing any more the session's next one. */
    public void reopen(int lease, long leaseId) {
        if (outstanding(lease) != 0) {
            throw new IllegalStateException("the lease holds tokens");
        }
        int at = change(lease);
        long[] block = block(lease);
        Arrays.fill(block, at + Ledger.LEASE, at + WIDTH, 0);
        block[at + Ledger.LEASE] = leaseId;
    }

    /** Books tokens that a lease holds as spent. */
    public void spend(int lease, long count) {
        move(lease, Ledger.SPENT, count);
        spent += count;
    }

    /** Books all that a lease holds as spent: it has ended, and what is unreported may have been. */
    public void expire(int lease) {
        long count = outstanding(lease);
        move(lease, Ledger.SPENT, count);
        expired += count;
    }

    /** Books all that a lease holds as spent: its session opens its next. */
    public void supersede(int lease) {
        long count = outstanding(lease);
        move(lease, Ledger.SPENT, count);
        superseded += count;
    }

    /** Books tokens that a lease holds as given back. */
    public void giveBack(int lease, long count) {
        move(lease, Ledger.RETURNED, count);
        returned += count;
    }

    private void move(int lease, int to, long count) {
        if (count < 0 || count > outstanding(lease)) {
            throw new IllegalStateException("a lease can't lose what it doesn't hold");
        }
        if (count > 0) {
            int at = change(lease);
            block(lease)[at + to] += count;
            outstanding -= count;
        }
    }

    /** Books the answer to a renewal: what is granted is held from now on, but for what is consumed at once. */
    public void answer(int lease, long sequence, long granted, long consumed) {
        int at = change(lease);
        long[] block = block(lease);
        block[at + Ledger.SEQUENCE] = sequence;
        block[at + Ledger.LAST_GRANTED] = granted;
        block[at + Ledger.LAST_CONSUMED] = consumed;
        block[at + Ledger.GRANTED] += granted;
        block[at + Ledger.SPENT] += consumed;
        this.granted += granted;
        spent += consumed;
        outstanding = Math.addExact(outstanding, granted - consumed);
    }

    /** Books how long a lease lives; it never ends before a time that was told. */
    public void extend(int lease, long validMillis, long expiresAtMillis, int limitId) {
        int at = change(lease);
        long[] block = block(lease);
        block[at + Ledger.LAST_VALID] = validMillis;
        block[at + Ledger.EXPIRES] = Math.max(block[at + Ledger.EXPIRES], expiresAtMillis);
        block[at + Ledger.LIMIT] = limitId;
        nextExpiryMillis = Math.min(nextExpiryMillis, block[at + Ledger.EXPIRES]);
    }

    /** Books the answer's life of a lease whose end stays where it is. */
    public void keepEnd(int lease, long validMillis) {
        int at = change(lease);
        block(lease)[at + Ledger.LAST_VALID] = validMillis;
    }

    /** The leases that have expired by {@code nowMillis}, by expiry, then session. */
    public int[] due(long nowMillis) {
        int count = 0;
        for (int lease = 0; lease < size; lease++) {
            count += expiresAtMillis(lease) <= nowMillis ? 1 : 0;
        }
        long[] order = new long[count];
        int found = 0;
        for (int lease = 0; found < count; lease++) {
            long expiresAtMillis = expiresAtMillis(lease);
            if (expiresAtMillis <= nowMillis) {
                // Log times have 46 bits, so how long ago and index fit one number.
                order[found++] = -(nowMillis - expiresAtMillis << INDEX_BITS) + lease;
            }
        }
        Arrays.sort(order);
        int[] due = new int[count];
        for (int i = 0; i < count; i++) {
            due[i] = (int) order[i] & Ledger.LEASES_MAX - 1;
        }
        return due;
    }

    /** Removes the leases that have expired by {@code nowMillis}; they hold nothing any more. */
    public void removeDue(long nowMillis) {
        settle();
        int kept = 0;
        long next = Long.MAX_VALUE;
        for (int lease = 0; lease < size; lease++) {
            long expiresAtMillis = expiresAtMillis(lease);
            if (expiresAtMillis > nowMillis) {
                next = Math.min(next, expiresAtMillis);
                if (kept < lease) {
                    copy(lease, kept);
                }
                kept++;
            } else if (outstanding(lease) != 0) {
                throw new IllegalStateException("the lease holds tokens");
            } else {
                digest -= Ledger.hash(block(lease), at(lease));
            }
        }
        if (kept < size) {
            boolean[] flags = ownList();
            size = kept;
            int count = blocksOf(kept);
            blocks = Arrays.copyOf(blocks, count);
            owned = Arrays.copyOf(flags, count);
        }
        nextExpiryMillis = next;
    }

    /** The ledger as a value; there is at least one lease. The draft must not be changed afterwards. */
    public Ledger toLedger() {
        if (size == 0) {
            throw new IllegalStateException("a ledger has 1 lease or more");
        }
        settle();
        Ledger before = committed;
        if (before != null && owned == null && before.nextExpiryMillis() == nextExpiryMillis) {
            return before;
        }
        int last = blocksOf(size) - 1;
        int cells = WIDTH * (size - (last << Ledger.BLOCK_SHIFT));
        if (blocks[last].length != cells) {
            blocks[last] = Arrays.copyOf(blocks[last], cells); // most ledgers are of few leases
        }
        return new Ledger(blocks, size, outstanding, nextExpiryMillis, digest);
    }

    // ---- what this draft did

    /** Tokens granted, those consumed at once included. */
    public long granted() {
        return granted;
    }

    /** Tokens reported as spent, or consumed at once. */
    public long spent() {
        return spent;
    }

    public long returned() {
        return returned;
    }

    /** Tokens of leases that ended, see {@link #expire}. */
    public long expired() {
        return expired;
    }

    /** Tokens of leases that were followed by others, see {@link #supersede}. */
    public long superseded() {
        return superseded;
    }

    // ---- blocks

    private static int blocksOf(int leases) {
        return (leases + Ledger.BLOCK_MASK) >>> Ledger.BLOCK_SHIFT;
    }

    private long[] block(int lease) {
        return blocks[lease >>> Ledger.BLOCK_SHIFT];
    }

    private static int at(int lease) {
        return WIDTH * (lease & Ledger.BLOCK_MASK);
    }

    private long get(int lease, int cell) {
        return block(lease)[at(lease) + cell];
    }

    /** Begins to change a lease, or goes on, and gives where it is in its block. */
    private int change(int lease) {
        if (changing != lease) {
            settle();
            own(lease);
            digest -= Ledger.hash(block(lease), at(lease));
            changing = lease;
        }
        return at(lease);
    }

    /** Takes the lease that was being changed as it is now, if it is possible. */
    private void settle() {
        if (changing != NONE) {
            long[] block = block(changing);
            int at = at(changing);
            var unused = Ledger.checked(block, at);
            digest += Ledger.hash(block, at);
            changing = NONE;
        }
    }

    /** Sees to it that there is a place for one more. */
    private void addRoom() {
        boolean[] flags = ownList();
        int last = blocks.length - 1;
        int place = size >>> Ledger.BLOCK_SHIFT;
        if (place > last) {
            blocks = Arrays.copyOf(blocks, place + 1);
            owned = Arrays.copyOf(flags, place + 1);
            blocks[place] = new long[WIDTH * GROWTH];
            ownList()[place] = true;
        } else if (blocks[last].length < at(size) + WIDTH) {
            int leases = Math.min(Ledger.BLOCK_LEASES, 2 * (size & Ledger.BLOCK_MASK) + GROWTH);
            blocks[last] = Arrays.copyOf(blocks[last], WIDTH * leases);
            flags[last] = true;
        }
    }

    private void copy(int from, int to) {
        own(to);
        System.arraycopy(block(from), at(from), block(to), at(to), WIDTH);
    }

    private void own(int lease) {
        boolean[] flags = ownList();
        int place = lease >>> Ledger.BLOCK_SHIFT;
        if (!flags[place]) {
            blocks[place] = blocks[place].clone();
            flags[place] = true;
        }
    }

    private boolean[] ownList() {
        boolean[] flags = owned;
        if (flags == null) {
            flags = new boolean[blocks.length];
            blocks = blocks.clone();
            owned = flags;
        }
        return flags;
    }
}

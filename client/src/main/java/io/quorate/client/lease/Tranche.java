package io.quorate.client.lease;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Tokens of one lease that may be spent until one deadline; closed for ever when that passes or they are dropped. */
/*
 * Where tokens are. Most lie in the pool. A thread spends from its stripe, one word of
 *
 *     spent since the last harvest (40 bits) | closed (1 bit) | tokens left (23 bits)
 *
 * so that one compare-and-set moves tokens from left to spent. It fills the stripe from the pool in slices, and
 * reads the exact clock each time. On their way from the pool (or another stripe) to a stripe, tokens are in a
 * local variable of their thread.
 *
 * Why nothing is spent twice, or of a tranche that is over. A spend is one successful compare-and-set of a
 * stripe's word, of a cost above zero, and a closed word has nothing left and takes no deposit. Once all words
 * are closed, what was spent is final; tokens on their way find their stripe closed and are never spent. So
 * what wasn't spent of a closed tranche is exactly what was granted less what was spent and withdrawn, wherever
 * it was.
 *
 * Why a report is exact and never falls. What is reported is taken out of the words for good (harvested). A
 * roll-back needs its cost in a word's unharvested part; if a harvest came between, the tokens stay spent. It
 * may meet another thread's spend of the same word there: tokens are alike, and the sum is the same.
 *
 * There is one stripe, inside this object, until two threads met on it: 100,000 keys that are not contended
 * should not cost the memory and the cache of as many arrays.
 */
final class Tranche {
    /**
     * The most tokens that go to a stripe at once, beyond what is spent at once. Each slice costs a read of the exact
     * clock, some five times a spend: over 64 tokens that is a twelfth of a spend.
     */
    static final long SLICE_TOKENS = 64;
    /**
     * A slice is at most a thirty-second of the pool: so little is stranded in stripes, or spent past the deadline by a
     * process that stood still. A small pool is read the clock for often; it isn't spent fast.
     */
    private static final int SLICE_PART_SHIFT = 5;

    private static final int SPENT_SHIFT = 24;
    private static final long CLOSED = 1L << 23;
    private static final long LEFT = CLOSED - 1;
    /** Adding this once moves one token from left to spent. */
    private static final long SPEND_ONE = (1L << SPENT_SHIFT) - 1;

    /** Elements from one stripe to the next: 128 bytes, since lines are fetched in pairs. */
    private static final int STRIDE_SHIFT = 4;
    /** Where the first stripe is: not in a line with the array's length. */
    private static final int FIRST = 8;
    /** A power of two; twice the processors, so that threads seldom share one. */
    private static final int STRIPES = Math.max(
            4, Math.min(64, Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors() - 1) << 1));
    /** Instead of an index of the stripes: the one inside this object. */
    private static final int INSIDE = -1;

    private static final VarHandle WORD;
    private static final VarHandle POOL;
    private static final VarHandle STRIPE_ARRAY;
    private static final VarHandle STRIPE = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WORD = lookup.findVarHandle(Tranche.class, "word", long.class);
            POOL = lookup.findVarHandle(Tranche.class, "pool", long.class);
            STRIPE_ARRAY = lookup.findVarHandle(Tranche.class, "stripes", long[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final long[] CLOSED_STRIPES = closedStripes();
    /** Never has tokens. */
    static final Tranche NONE = none();

    private volatile long word;
    /** From then on each spend is compared with the exact clock. */
    private volatile long carefulFromNanos;

    private volatile long deadlineNanos;
    private volatile long @Nullable [] stripes;
    private volatile long pool;

    /**
     * Tokens that may be spent until the deadline.
     *
     * @param carefulFromNanos from when on each spend reads the exact clock
     * @param contended whether threads have met on this key before, so that each has a stripe
     */
    Tranche(long tokens, long carefulFromNanos, long deadlineNanos, boolean contended) {
        this.pool = tokens;
        this.carefulFromNanos = carefulFromNanos;
        this.deadlineNanos = deadlineNanos;
        this.stripes = contended ? newStripes() : null;
    }

    private static long[] newStripes() {
        return new long[STRIPES << STRIDE_SHIFT];
    }

    private static long[] closedStripes() {
        long[] closed = new long[1 << STRIDE_SHIFT];
        closed[FIRST] = CLOSED;
        return closed;
    }

    private static Tranche none() {
        Tranche none = new Tranche(0, 0, 0, false);
        none.close();
        return none;
    }

    // ---- spending, on any thread

    /**
     * Spends from the caller's stripe if it has as much, and the end is far; {@code cost} is 1 or more.
     *
     * @param nowNanos the coarse time, which may be late
     */
    boolean spend(long nowNanos, long cost) {
        if (nowNanos - carefulFromNanos >= 0) {
            return false;
        }
        long[] all = stripes;
        if (all == null) {
            long seen = word;
            return (seen & LEFT) >= cost && WORD.compareAndSet(this, seen, seen + cost * SPEND_ONE);
        }
        int at = stripeOfThread(all);
        long seen = (long) STRIPE.getVolatile(all, at);
        return (seen & LEFT) >= cost && STRIPE.compareAndSet(all, at, seen, seen + cost * SPEND_ONE);
    }

    /**
     * Spends from whatever there is: the caller's stripe again, then the pool, of which the stripe gets a slice,
     * then the other stripes.
     *
     * @param exactNanos the exact time, read for this call
     */
    boolean spendSlowly(long exactNanos, long cost) {
        if (exactNanos - deadlineNanos >= 0) {
            return false;
        }
        if (stripes == null && exactNanos - carefulFromNanos < 0 && (word & LEFT) >= cost) {
            // Another thread came first: from now on they have stripes of their own.
            STRIPE_ARRAY.compareAndSet(this, null, newStripes());
        }
        long[] all = stripes;
        int at = all == null ? INSIDE : stripeOfThread(all);
        while (true) {
            long seen = read(all, at);
            if ((seen & LEFT) < cost) {
                break;
            }
            if (cas(all, at, seen, seen + cost * SPEND_ONE)) {
                return true;
            }
        }
        long taken = takeSlice(cost);
        if (taken == 0) {
            taken = gather(all, cost);
        }
        return taken > 0 && deposit(all, at, taken, cost);
    }

    /** Tokens out of the pool: at least {@code cost} and what makes a slice, or none. */
    private long takeSlice(long cost) {
        while (true) {
            long seen = pool;
            if (seen < cost) {
                return 0;
            }
            long taken = Math.max(cost, Math.min(SLICE_TOKENS, seen >> SLICE_PART_SHIFT));
            if (POOL.compareAndSet(this, seen, seen - taken)) {
                return taken;
            }
        }
    }

    /** Exactly {@code cost} tokens out of pool and stripes, or none; what is there must be visible at once. */
    private long gather(long @Nullable [] all, long cost) {
        if (visible(all) < cost) {
            return 0;
        }
        long taken = withdraw(cost);
        if (taken < cost) {
            POOL.getAndAdd(this, taken);
            return 0;
        }
        return taken;
    }

    private long visible(long @Nullable [] all) {
        long sum = pool + (word & LEFT);
        if (all != null) {
            for (int at = FIRST; at < all.length; at += 1 << STRIDE_SHIFT) {
                sum += (long) STRIPE.getVolatile(all, at) & LEFT;
            }
        }
        return sum;
    }

    /** Spends {@code cost} of tokens that are on their way, and leaves the rest in the stripe. */
    private boolean deposit(long @Nullable [] all, int at, long taken, long cost) {
        while (true) {
            long seen = read(all, at);
            if ((seen & CLOSED) != 0) {
                return false;
            }
            if (cas(all, at, seen, seen + (cost << SPENT_SHIFT) + (taken - cost))) {
                return true;
            }
        }
    }

    /**
     * Undoes a spend of the same cost by the calling thread, unless the tranche was closed, or the spend was
     * reported: then the tokens stay spent.
     */
    boolean unspend(long cost) {
        long[] all = stripes;
        return all != null && unspend(all, stripeOfThread(all), cost) || unspend(null, INSIDE, cost);
    }

    private boolean unspend(long @Nullable [] all, int at, long cost) {
        while (true) {
            long seen = read(all, at);
            if ((seen & CLOSED) != 0 || seen >>> SPENT_SHIFT < cost) {
                return false;
            }
            // A slice never becomes larger than what is left after its first spend; what doesn't fit goes to the pool.
            boolean fits = cost < SLICE_TOKENS && (seen & LEFT) + cost < SLICE_TOKENS;
            if (cas(all, at, seen, fits ? seen - cost * SPEND_ONE : seen - (cost << SPENT_SHIFT))) {
                if (!fits) {
                    POOL.getAndAdd(this, cost);
                }
                return true;
            }
        }
    }

    /** What of the pool is not in stripes. */
    long pool() {
        return pool;
    }

    boolean contended() {
        long[] all = stripes;
        return all != null && all != CLOSED_STRIPES;
    }

    /** The tokens that are neither spent nor on their way, at a glance. */
    long visible() {
        return visible(stripes);
    }

    // ---- bookkeeping, on the loop

    /** Adds tokens, and moves the deadline. */
    void extend(long tokens, long carefulNanos, long untilNanos) {
        deadlineNanos = untilNanos;
        carefulFromNanos = carefulNanos;
        POOL.getAndAdd(this, tokens);
    }

    /** Takes up to {@code tokensMax} unspent tokens away, as many as it meets. */
    long withdraw(long tokensMax) {
        long taken = 0;
        while (taken == 0) {
            long seen = pool;
            long part = Math.min(seen, tokensMax);
            if (part <= 0) {
                break;
            }
            if (POOL.compareAndSet(this, seen, seen - part)) {
                taken = part;
            }
        }
        taken += withdraw(null, INSIDE, tokensMax - taken);
        long[] all = stripes;
        if (all != null) {
            for (int at = FIRST; at < all.length && taken < tokensMax; at += 1 << STRIDE_SHIFT) {
                taken += withdraw(all, at, tokensMax - taken);
            }
        }
        return taken;
    }

    private long withdraw(long @Nullable [] all, int at, long tokensMax) {
        while (true) {
            long seen = read(all, at);
            long part = Math.min(seen & LEFT, tokensMax);
            if (part <= 0) {
                return 0;
            }
            if (cas(all, at, seen, seen - part)) {
                return part;
            }
        }
    }

    /** What was spent since the last harvest; each spend is in one harvest only, and can't be undone after. */
    long harvest() {
        long spent = harvest(null, INSIDE, LEFT | CLOSED);
        long[] all = stripes;
        if (all != null && all != CLOSED_STRIPES) {
            for (int at = FIRST; at < all.length; at += 1 << STRIDE_SHIFT) {
                spent += harvest(all, at, LEFT | CLOSED);
            }
        }
        return spent;
    }

    private long harvest(long @Nullable [] all, int at, long kept) {
        long before =
                all == null ? (long) WORD.getAndBitwiseAnd(this, kept) : (long) STRIPE.getAndBitwiseAnd(all, at, kept);
        return before >>> SPENT_SHIFT;
    }

    /** What was spent since the last harvest, at a glance: for estimates. */
    long unharvested() {
        long spent = word >>> SPENT_SHIFT;
        long[] all = stripes;
        if (all != null) {
            for (int at = FIRST; at < all.length; at += 1 << STRIDE_SHIFT) {
                spent += (long) STRIPE.getVolatile(all, at) >>> SPENT_SHIFT;
            }
        }
        return spent;
    }

    /** Ends all spending for good and returns what was spent since the last harvest. */
    long close() {
        if (!STRIPE_ARRAY.compareAndSet(this, null, CLOSED_STRIPES)) {
            long[] all = stripes;
            if (all == null) {
                throw new IllegalStateException("stripes are never taken away");
            }
            long spent = (long) WORD.getAndSet(this, CLOSED) >>> SPENT_SHIFT;
            for (int at = FIRST; at < all.length && all != CLOSED_STRIPES; at += 1 << STRIDE_SHIFT) {
                spent += (long) STRIPE.getAndSet(all, at, CLOSED) >>> SPENT_SHIFT;
            }
            return spent;
        }
        return (long) WORD.getAndSet(this, CLOSED) >>> SPENT_SHIFT;
    }

    // ---- words

    private static int stripeOfThread(long[] all) {
        // Threads are numbered one after the other, so the last bits tell neighbours apart.
        return ((int) Thread.currentThread().getId() << STRIDE_SHIFT & (all.length - 1)) + FIRST;
    }

    private long read(long @Nullable [] all, int at) {
        return all == null ? word : (long) STRIPE.getVolatile(all, at);
    }

    private boolean cas(long @Nullable [] all, int at, long seen, long next) {
        return all == null ? WORD.compareAndSet(this, seen, next) : STRIPE.compareAndSet(all, at, seen, next);
    }
}

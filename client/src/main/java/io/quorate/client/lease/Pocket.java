package io.quorate.client.lease;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one counter that this client holds, and what to answer when there are none.
 *
 * <p>{@link #trySpend} may be called on any thread: no lock, no allocation, no message. The rest is the loop's.
 *
 * <p>Tokens end with their lease: after its deadline none is spent. In the last quarter of a lease, every spend is
 * compared with the exact clock. Before, the coarse clock tells that the quarter hasn't begun, and the exact clock is
 * read whenever a thread's stripe gets its next slice: a thirty-second of the pool, and at most 64 tokens. So nothing
 * is spent too late unless the process stood still for longer than a quarter of the lease's validity, with the lease
 * unrenewed; and then, by threads that go on before the clock's next tick, of each stripe at most what is left of its
 * begun slice. Costs above that are always checked with the exact clock, and with
 * {@link LeaseSettings#exactDeadlines} all are.
 *
 * <p>Tokens left in a stripe are found by other threads before they are refused. Two threads that look at the same
 * moment for several of the last tokens may both miss them.
 */
public final class Pocket {
    private static final VarHandle RAISED;
    private static final VarHandle DENIED_TOKENS;
    private static final VarHandle MISSED_TOKENS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            RAISED = lookup.findVarHandle(Pocket.class, "raised", boolean.class);
            DENIED_TOKENS = lookup.findVarHandle(Pocket.class, "deniedTokens", long.class);
            MISSED_TOKENS = lookup.findVarHandle(Pocket.class, "missedTokens", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** No pool is as low. */
    private static final long NEVER_LOW = -1;

    private final LeaseTarget target;
    private final CoarseClock clock;
    private final Attention attention;
    private volatile Tranche tranche = Tranche.NONE;
    private volatile long lowTokens = NEVER_LOW;
    private volatile boolean denying;
    private volatile long denyUntilNanos;
    /** Costs above this aren't denied after {@link #retryAtNanos}: so much is never held, and must be asked for. */
    private volatile long denyCostMax;

    private volatile long retryAtNanos;
    private volatile @Nullable LocalLimit fallback;
    private volatile boolean unreachable;
    private volatile long availableHint;
    private volatile long deniedTokens;
    private volatile long missedTokens;
    private volatile boolean retired;
    private volatile boolean leased;
    private volatile boolean raised;
    /** The state of its lease, once it was looked at; the loop's. */
    @Nullable
    Lease lease;
    /** The next in the list of raised pockets; the attention's. */
    @Nullable
    Pocket raisedBefore;

    /** An empty pocket: its first acquire must ask. */
    Pocket(LeaseTarget target, CoarseClock clock, Attention attention) {
        this.target = target;
        this.clock = clock;
        this.attention = attention;
    }

    public LeaseTarget target() {
        return target;
    }

    // ---- on any thread

    /**
     * Spends tokens that are held, at once, or nothing.
     *
     * @param cost tokens, 1 or more
     * @return whether they were spent; false says nothing about the counter itself
     */
    public boolean trySpend(long cost) {
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be 1 or more, not " + cost);
        }
        Tranche from = tranche;
        return from.spend(clock.nowNanos(), cost) || spendSlowly(from, cost) != null;
    }

    /** Spends, and names the tranche in which a roll-back must be tried; null if nothing was spent. */
    @Nullable
    Tranche spendIn(long nowNanos, long cost) {
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be 1 or more, not " + cost);
        }
        Tranche from = tranche;
        return from.spend(nowNanos, cost) ? from : spendSlowly(from, cost);
    }

    private @Nullable Tranche spendSlowly(Tranche first, long cost) {
        Tranche from = first;
        while (from != Tranche.NONE) {
            long before = from.pool();
            boolean spent = from.spendSlowly(clock.exactNanos(), cost);
            long left = from.pool();
            if (left <= lowTokens && !(spent && left == before)) {
                attention.raise(this);
            }
            if (spent) {
                return from;
            }
            Tranche now = tranche;
            if (now == from) {
                break;
            }
            from = now; // it was replaced meanwhile
        }
        return null;
    }

    /** What to answer when tokens are lacking; a local limit, if it decides, is charged. */
    Answer withoutTokens(long cost) {
        if (retired) {
            return Answer.STALE; // no loop looks at it any more: it would say the same for ever
        }
        if (unreachable) {
            LocalLimit limit = fallback;
            return limit != null && limit.tryTake(clock.exactNanos(), cost)
                    ? Answer.FALLBACK_ALLOWED
                    : Answer.FALLBACK_DENIED;
        }
        if (denying && clock.nowNanos() - (cost <= denyCostMax ? denyUntilNanos : retryAtNanos) < 0) {
            DENIED_TOKENS.getAndAdd(this, cost);
            return Answer.DENIED;
        }
        return Answer.ASK;
    }

    /** Tokens were lacking for a request that goes on without them: the loop should know of the demand. */
    void missed(long cost) {
        MISSED_TOKENS.getAndAdd(this, cost);
        attention.raise(this);
    }

    void giveBackFallback(long cost) {
        LocalLimit limit = fallback;
        if (limit != null) {
            limit.giveBack(cost);
        }
    }

    /** How long a denial of this pocket says to wait; nanoseconds, 0 if there is no telling. */
    public long retryAfterNanos(long cost) {
        LocalLimit limit = fallback;
        if (unreachable) {
            return limit == null ? 0 : limit.retryAfterNanos(clock.exactNanos(), cost);
        }
        return denying ? Math.max(0, retryAtNanos - clock.nowNanos()) : 0;
    }

    /** Tokens that this client or any other may take now, as far as is known here: a hint. */
    public long remainingHint() {
        return tranche.visible() + availableHint;
    }

    boolean markRaised() {
        return !raised && RAISED.compareAndSet(this, false, true);
    }

    // ---- on the loop

    Tranche tranche() {
        return tranche;
    }

    /** Sets the tokens to spend from now on; the tranche before must be closed. */
    void hold(Tranche next) {
        tranche = next;
    }

    /** Asks to be told when the pool falls to so many tokens. */
    void lowAt(long tokens) {
        if (lowTokens != tokens) {
            lowTokens = tokens;
        }
    }

    void neverLow() {
        lowAt(NEVER_LOW);
    }

    void clearRaised() {
        if (raised) {
            raised = false;
        }
    }

    boolean raised() {
        return raised;
    }

    /** Denies without asking until then; {@code retryAt} is what the denied are told. */
    void denyUntil(long untilNanos, long costMax, long retryAt) {
        retryAtNanos = retryAt;
        denyCostMax = costMax;
        denyUntilNanos = untilNanos;
        denying = true;
    }

    void stopDenying() {
        if (denying) {
            denying = false;
        }
    }

    /** Decides by the local limit, or denies if there is none, until the cluster is reached again. */
    void fallBack(@Nullable LocalLimit limit) {
        if (fallback == null) {
            fallback = limit;
        }
        unreachable = true;
    }

    boolean unreachable() {
        return unreachable;
    }

    void reached() {
        if (unreachable) {
            // The local limit stays: a cluster that comes and goes must not fill it each time.
            unreachable = false;
        }
    }

    void available(long tokens) {
        availableHint = tokens;
    }

    long deniedTokens() {
        return deniedTokens;
    }

    long missedTokens() {
        return missedTokens;
    }

    /** Ends the pocket: whoever still has it resolves again. */
    void retire() {
        retired = true;
    }

    boolean retired() {
        return retired;
    }

    /** It has a lease from now on, which lets it go when it ends. */
    void markLeased() {
        leased = true;
    }

    /** Whether it ever had a lease. Any thread. */
    boolean leased() {
        return leased;
    }
}

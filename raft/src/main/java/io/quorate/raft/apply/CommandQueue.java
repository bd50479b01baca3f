package io.quorate.raft.apply;

import io.quorate.raft.group.Failure;
import io.quorate.raft.group.Submission;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Commands waiting to get into an entry: many threads offer, and one at a time takes.
 *
 * <p>Two arrays change places when the taker's is empty, so that offering is an array store under a short
 * lock and taking needs none.
 */
final class CommandQueue {
    private static final int INITIAL_COUNT = 256;

    private final int countMax;
    private final Object lock = new Object();

    // Guarded by lock.
    private @Nullable Submission[] offered = new Submission[INITIAL_COUNT];
    private int offeredCount;
    /** Why nothing is accepted now; null if it is. */
    private @Nullable Failure refusal;

    // The taker's alone; who is it passes on by the batcher's seal count.
    private @Nullable Submission[] staged = new Submission[INITIAL_COUNT];
    private int stagedAt;
    private int stagedEnd;

    /** What {@code stagedEnd - stagedAt} was when the taker last said so. */
    private volatile int stagedCount;

    CommandQueue(int countMax, Failure refusal) {
        this.countMax = countMax;
        this.refusal = refusal;
    }

    /** From now on everything is refused so, or accepted if it is null. What is queued already stays. */
    void refuse(@Nullable Failure newRefusal) {
        synchronized (lock) {
            refusal = newRefusal;
        }
    }

    /** Why nothing is accepted now; null if it is. */
    @Nullable
    Failure refusal() {
        synchronized (lock) {
            return refusal;
        }
    }

    Offer offer(Submission submission) {
        synchronized (lock) {
            if (refusal != null) {
                return Offer.REFUSED;
            }
            if (offeredCount + stagedCount >= countMax) {
                return Offer.FULL;
            }
            if (offeredCount == offered.length) {
                offered = Arrays.copyOf(offered, offeredCount * 2);
            }
            offered[offeredCount++] = submission;
            return Offer.ACCEPTED;
        }
    }

    /**
     * Whether there is nothing to take of what this thread offered; what others offer at this moment may be
     * missed, and they look themselves.
     */
    boolean isEmptyToMe() {
        return offeredCount == 0 && stagedCount == 0; // without the lock, on purpose
    }

    int count() {
        synchronized (lock) {
            return offeredCount + stagedCount;
        }
    }

    /** Taker: the next command, which stays; null if there is none. */
    @Nullable
    Submission peek() {
        return stagedAt < stagedEnd || stage() ? staged[stagedAt] : null;
    }

    /** Taker: removes the command that {@link #peek} gave. */
    void remove() {
        staged[stagedAt++] = null;
    }

    /** Taker: lets others know how many were taken. */
    void publish() {
        stagedCount = stagedEnd - stagedAt;
    }

    /** What became of an offer. */
    enum Offer {
        ACCEPTED,
        REFUSED,
        FULL
    }

    private boolean stage() {
        synchronized (lock) {
            @Nullable Submission[] empty = staged;
            staged = offered;
            stagedAt = 0;
            stagedEnd = offeredCount;
            offered = empty;
            offeredCount = 0;
            stagedCount = stagedEnd;
            return stagedEnd > 0;
        }
    }
}

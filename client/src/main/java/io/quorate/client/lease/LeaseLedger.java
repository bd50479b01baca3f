package io.quorate.client.lease;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The numbers of one counter's lease, as they are told to the leader. Confined to the loop. */
/*
 * Follows THEORY 2.3 and 2.5. What is reported only grows; a repeat of a sequence is the same renewal. A deadline
 * counts from when its sequence was first sent, less a thousandth for clocks that differ and less two ticks of
 * the coarse clock. Tokens that come when their own deadline has passed, or after the clocks were doubted, are
 * never put into the pocket, but returned with the next renewal; so are the tokens of a tranche that ended
 * before the renewal's reply came. When the lease is over without that, they count as spent, on both sides.
 *
 * Invariant: granted = spent + returned + what can still be spent (in the tranche, or on its way to a stripe).
 */
final class LeaseLedger {
    /** One part in so many is taken off the validity (THEORY 2.5). */
    private static final int DRIFT_PART = 1000;
    /**
     * Each spend reads the exact clock in the last of so many parts of the validity. A lease in use is renewed before
     * that: a horizon is two thirds of it at most.
     */
    private static final int CAREFUL_PART = 4;

    private final Pocket pocket;
    private final long marginNanos;
    private final boolean exact;
    private long leaseId;
    private long sequence;
    private long granted;
    private long spent;
    private long returned;
    private long reportedSpent;
    private long reportedReturned;
    private long untilNanos;
    /** Before this the leader doesn't end the lease, even if nothing is held. */
    private long openUntilNanos;

    private boolean contended;
    private long harvestedEver;
    private long grantedEver;
    private long consumedEver;
    private long returnedEver;
    private long expiredEver;
    private long strandedEver;
    private @Nullable Renewal inFlight;
    private long firstSentNanos;
    private boolean distrusted;

    /**
     * The ledger of a pocket without a lease.
     *
     * @param clockPeriodNanos how far the coarse clock may be behind while the loop runs
     * @param exact whether every spend reads the exact clock
     */
    LeaseLedger(Pocket pocket, long clockPeriodNanos, boolean exact) {
        this.pocket = pocket;
        this.exact = exact;
        this.marginNanos = 2 * clockPeriodNanos;
    }

    boolean open() {
        return leaseId != 0;
    }

    @Nullable
    Renewal inFlight() {
        return inFlight;
    }

    long firstSentNanos() {
        return firstSentNanos;
    }

    /** Tokens that may be spent, whatever thread has them. */
    long held() {
        return granted - spent - returned - pocket.tranche().unharvested();
    }

    /** Tokens spent or returned that no renewal has told. */
    long unreported() {
        return spent + pocket.tranche().unharvested() - reportedSpent + returned - reportedReturned;
    }

    /** Whether tokens were taken back that no renewal has told. */
    boolean returns() {
        return returned > reportedReturned;
    }

    /** All tokens ever spent out of this pocket, over all leases. */
    long spentEver() {
        return harvestedEver + pocket.tranche().unharvested();
    }

    /** All tokens ever granted to this pocket, those for waiting requests left out. */
    long grantedEver() {
        return grantedEver - consumedEver;
    }

    /** All tokens that were ever given back, and taken back. */
    long returnedEver() {
        return returnedEver;
    }

    /** All tokens whose lease ended before their use or return was told: the leader has them as spent. */
    long expiredEver() {
        return expiredEver;
    }

    /** Of those: the ones that were never spent, and so are lost to all. */
    long strandedEver() {
        return strandedEver;
    }

    /** Tokens that are neither spent nor known to be back: held, or on their way back. */
    long unsettled() {
        return granted - spent - pocket.tranche().unharvested() - reportedReturned;
    }

    /** When what is held ends; now or before if nothing is held. */
    long untilNanos(long nowNanos) {
        return pocket.tranche() == Tranche.NONE ? nowNanos : untilNanos;
    }

    /** What a renewal asks for, besides its report. */
    record Ask(long need, long want, long milliRate, long denied) {}

    /**
     * Makes the next renewal, to be sent now; there must be none in flight.
     *
     * @param newLeaseId the id if a lease must be opened
     * @param giveBack tokens to return, as many as are met
     */
    Renewal renew(long newLeaseId, Ask ask, long giveBack, long nowNanos) {
        if (inFlight != null) {
            throw new IllegalStateException("a renewal of this lease is unanswered");
        }
        if (leaseId == 0) {
            leaseId = newLeaseId;
            openUntilNanos = nowNanos;
        }
        if (giveBack > 0) {
            returned += pocket.tranche().withdraw(giveBack);
        }
        harvest(pocket.tranche().harvest());
        sequence++;
        Renewal renewal =
                new Renewal(leaseId, sequence, spent, returned, ask.need(), ask.want(), ask.milliRate(), ask.denied());
        inFlight = renewal;
        firstSentNanos = nowNanos;
        return renewal;
    }

    private void harvest(long tokens) {
        spent += tokens;
        harvestedEver += tokens;
    }

    /** Whether a reply or refusal is to what is in flight; others are late, or double. */
    boolean awaits(long ofLeaseId, long ofSequence) {
        return inFlight != null && inFlight.leaseId() == ofLeaseId && inFlight.sequence() == ofSequence;
    }

    /** Books the reply to what is in flight. */
    void accept(RenewalReply reply, long nowNanos) {
        Renewal answered = inFlight;
        if (answered == null) {
            throw new IllegalStateException("nothing is in flight");
        }
        inFlight = null;
        reportedSpent = answered.spent() + reply.consumed(); // the leader has booked those
        returnedEver += answered.returned() - reportedReturned;
        reportedReturned = answered.returned();
        if (distrusted || pocket.tranche() != Tranche.NONE && nowNanos - untilNanos >= 0) {
            returnRest();
        }
        granted += reply.granted();
        grantedEver += reply.granted();
        consumedEver += reply.consumed();
        spent += reply.consumed();
        if (reply.staleRules()) {
            returned += reply.granted() - reply.consumed(); // of a first copy: they go back with the next renewal
            distrusted = false;
            return; // what is held lives as long as it did
        }
        long fresh = reply.granted() - reply.consumed();
        long validNanos = TimeUnit.MILLISECONDS.toNanos(Math.min(reply.validMillis(), Integer.MAX_VALUE));
        long until = firstSentNanos + validNanos - validNanos / DRIFT_PART - marginNanos;
        openUntilNanos = until;
        if (distrusted || nowNanos - until >= 0) {
            returnRest(); // the fresh ones too
        } else {
            untilNanos = until;
            long careful = exact ? firstSentNanos : until - validNanos / CAREFUL_PART;
            if (pocket.tranche() == Tranche.NONE) {
                pocket.hold(new Tranche(fresh, careful, until, contended));
            } else {
                pocket.tranche().extend(fresh, careful, until);
            }
        }
        distrusted = false;
    }

    /** The try in flight, if any, is over for good without a reply, and so is the lease. */
    void end() {
        harvest(closeTranche());
        expiredEver += granted - reportedSpent - reportedReturned;
        strandedEver += granted - spent - reportedReturned;
        inFlight = null;
        distrusted = false;
        leaseId = 0;
        sequence = 0;
        granted = 0;
        spent = 0;
        returned = 0;
        reportedSpent = 0;
        reportedReturned = 0;
    }

    /** Ends what passed its deadline; with nothing in flight, the lease: the next one is opened with another id. */
    void expire(long nowNanos) {
        boolean over = inFlight == null && open() && unreported() == 0 && nowNanos - openUntilNanos >= 0;
        if (over && pocket.tranche() == Tranche.NONE) {
            end();
        }
        if (pocket.tranche() != Tranche.NONE && nowNanos - untilNanos >= 0) {
            if (inFlight == null) {
                end();
            } else {
                returnRest();
            }
        }
    }

    /**
     * Takes all tokens out of the pocket at once, and those of a renewal in flight when it is answered; the next
     * renewal returns them.
     */
    void distrust() {
        returnRest();
        distrusted = inFlight != null;
    }

    /** Takes all tokens out of the pocket at once; the next renewal returns them. */
    void returnRest() {
        harvest(closeTranche());
        returned = granted - spent;
    }

    private long closeTranche() {
        Tranche before = pocket.tranche();
        if (before == Tranche.NONE) {
            return 0;
        }
        contended |= before.contended();
        pocket.hold(Tranche.NONE);
        return before.close();
    }
}

package io.quorate.core.machine;

import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refused;
import org.jspecify.annotations.Nullable;

/**
 * A client that holds a lease and follows the rules for that: it counts the lease's life on its own clock from when it
 * first sent a renewal, debits what it returns before it says so, and lets go of tokens whose request has gone.
 */
class LeaseHolder {
    /** A renewal on its way: its repeats are equal. */
    record Sent(RenewLease command, long rulesVersion, long firstSentMicros, long gone) {}

    final LeaseWorld world;
    final int ppm;
    private long session;
    private long leaseId = 1;
    private long sequence;
    private long tokens;
    private long spent;
    private long returned;
    private long deadlineMicros;
    private @Nullable Sent pending;
    private long countedSequence;

    LeaseHolder(LeaseWorld world) {
        this.world = world;
        this.ppm = world.drift();
        this.session = world.open();
    }

    long tokens() {
        return tokens;
    }

    long deadlineMicros() {
        return deadlineMicros;
    }

    boolean isWaiting() {
        return pending != null;
    }

    @Nullable
    Sent pending() {
        return pending;
    }

    boolean isLive() {
        return world.nowMicros() < deadlineMicros;
    }

    /** Uses up to so many tokens of the pocket, if its time isn't over. */
    long spend(long countMax) {
        long count = isLive() ? Math.min(countMax, tokens) : 0;
        tokens -= count;
        spent += count;
        world.use(count);
        return count;
    }

    /** Loses everything, and comes back as somebody else. */
    void crash() {
        session = world.open();
        leaseId = 1;
        startOver();
        deadlineMicros = 0;
    }

    private void startOver() {
        sequence = 0;
        countedSequence = 0;
        tokens = 0;
        spent = 0;
        returned = 0;
        pending = null;
    }

    /**
     * Makes the next renewal.
     *
     * @param back tokens to give back
     * @param need requests that wait, of which {@code gone} won't wait for the answer
     */
    Sent send(long back, long need, long gone, long want, long ttlMillis) {
        long givenBack = isLive() ? Math.min(back, tokens) : tokens;
        tokens -= givenBack;
        returned += givenBack;
        sequence++;
        RenewLease command = new RenewLease(
                session, LeaseWorld.KEY, world.limitId(), leaseId, sequence, spent, returned, need, want, ttlMillis);
        pending = new Sent(command, world.rulesVersion(), world.nowMicros(), gone);
        return pending;
    }

    /** The renewal reaches the machine; what waits and is granted then is used then. */
    Outcome arrive(Sent sent) {
        Outcome outcome = world.apply(sent.command(), sent.rulesVersion());
        if (outcome instanceof LeaseRenewed renewed
                && sent.equals(pending)
                && countedSequence < sent.command().sequence()) {
            countedSequence = sent.command().sequence();
            world.use(Math.max(0, renewed.consumed() - sent.gone()));
        }
        return outcome;
    }

    /** The answer reaches the client; one to a renewal that it doesn't wait for is nothing to it. */
    void answered(Sent sent, Outcome outcome) {
        if (!sent.equals(pending)) {
            return;
        }
        pending = null;
        if (outcome instanceof LeaseRenewed renewed) {
            if (!isLive()) {
                returned += tokens;
                tokens = 0;
            }
            long gone = Math.min(sent.gone(), renewed.consumed());
            spent += renewed.consumed() - kept(gone);
            tokens += renewed.granted() - renewed.consumed() + kept(gone);
            deadlineMicros = deadline(sent, renewed.validMillis());
        } else if (((Refused) outcome).reason() == Reason.STALE_RULES) {
            sequence--; // asked again by the new rules, which is the same renewal
        } else {
            startOver();
            leaseId++;
        }
    }

    private long deadline(Sent sent, long validMillis) {
        long own = validMillis * 999; // microseconds, one in a thousand less
        return counted(sent) + own * 1_000_000 / (1_000_000 + ppm);
    }

    /** From when a lease's life is counted. */
    long counted(Sent sent) {
        return sent.firstSentMicros();
    }

    /** How many of the consumed tokens whose requests have gone go into the pocket: none. */
    long kept(long gone) {
        return 0;
    }

    /** Counts from the answer. */
    static final class FromReply extends LeaseHolder {
        FromReply(LeaseWorld world) {
            super(world);
        }

        @Override
        long counted(Sent sent) {
            return world.nowMicros();
        }
    }

    /** Keeps what nobody waits for any more. */
    static final class KeepsUnused extends LeaseHolder {
        KeepsUnused(LeaseWorld world) {
            super(world);
        }

        @Override
        long kept(long gone) {
            return gone;
        }
    }
}

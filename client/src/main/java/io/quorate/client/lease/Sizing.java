package io.quorate.client.lease;

import java.util.OptionalLong;

/**
 * Decides for one counter how much to hold and when to ask. Confined to the loop; pure but for its own state.
 *
 * <p>Before each question {@link #observe} tells the demand so far.
 */
public interface Sizing {
    /** Tells how many tokens were asked for since the beginning, granted or not. */
    void observe(long nowNanos, long demandTokens);

    /** Tells what the leader said; {@code asked} is what it was sent. */
    void replied(long nowNanos, Renewal asked, RenewalReply reply);

    /** What to do now that somebody asked, the pocket ran low, or a reply came. */
    Move whenAsked(Holding holding);

    /** What to do now that some time has passed. */
    Move whenTicked(Holding holding);

    /** What to do at the time that {@link #pollAtNanos} named. */
    Move whenPolled(Holding holding);

    /** What to do now that the leader wants back what isn't needed. */
    Move whenRecalled(Holding holding);

    /** When to look at {@link #whenPolled}; empty if not before somebody asks. */
    OptionalLong pollAtNanos();

    /** How often to look at {@link #whenTicked}. */
    long tickNanos();

    /** The tokens at or below which somebody should look. */
    long lowTokens();

    /** Whether, and until when, to deny without asking; what ends a denial before must be under way. */
    Denial denial(Holding holding);

    /** Whether the leader said last that there isn't enough for all. */
    boolean contended();

    /** The expected demand; tokens per second. */
    double ratePerSecond();

    /** How long tokens are held from the last renewal. */
    long validNanos();

    /**
     * What is held of one counter now.
     *
     * @param tokens that may be spent
     * @param unreported tokens spent that no renewal has told yet
     * @param waiting tokens that requests wait for
     * @param validUntilNanos the deadline of the tokens
     * @param inFlight a renewal is unanswered
     * @param lacking requests were denied for lack of tokens since the last renewal
     */
    record Holding(
            long nowNanos,
            long tokens,
            long unreported,
            long waiting,
            long validUntilNanos,
            boolean inFlight,
            boolean lacking) {}

    /**
     * A renewal to send, or none.
     *
     * @param want tokens to hold more
     * @param giveBack tokens to hold less
     */
    record Move(boolean renew, long want, long giveBack) {
        static final Move NONE = new Move(false, 0, 0);

        static Move ask(double want) {
            return new Move(true, Math.max(0, (long) Math.floor(want)), 0);
        }

        static Move giveBack(long tokens) {
            return new Move(true, 0, tokens);
        }
    }

    /**
     * How to deny without asking.
     *
     * @param untilNanos until when; meaningless if not denying
     * @param costMax larger costs are denied until {@code retryAtNanos} only
     * @param retryAtNanos what the denied are told
     */
    record Denial(boolean denying, long untilNanos, long costMax, long retryAtNanos) {
        static final Denial NONE = new Denial(false, 0, 0, 0);
    }
}

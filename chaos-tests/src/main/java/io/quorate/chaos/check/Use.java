package io.quorate.chaos.check;

/**
 * An acquire as its caller saw it, and so, if it was granted, a use of what the limit protects: it was decided at some
 * moment between asking and answer.
 *
 * @param askedNanos before the call, {@code System.nanoTime()}: one clock for all processes of a machine
 * @param answeredNanos after it
 * @param tokens what was asked for
 */
public record Use(long askedNanos, long answeredNanos, long tokens, Outcome outcome) {

    /** What came of an acquire, and who decided. */
    public enum Outcome {
        GRANTED_BY_LEADER,
        GRANTED_BY_LEASE,
        GRANTED_BY_FALLBACK,
        DENIED,
        UNKNOWN
    }

    public Use {
        if (answeredNanos < askedNanos || tokens < 1) {
            throw new IllegalArgumentException("a use asks for a token or more, and is answered after it was asked");
        }
    }

    public boolean granted() {
        return outcome.ordinal() <= Outcome.GRANTED_BY_FALLBACK.ordinal();
    }

    public long tookNanos() {
        return answeredNanos - askedNanos;
    }
}

package io.quorate.chaos.sim;

/** An invariant doesn't hold; ends the run. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Invariant invariant;

    public Violation(Invariant invariant, String what) {
        super(invariant + " (" + invariant.meaning() + "): " + what);
        this.invariant = invariant;
    }

    /** Product code threw where it must not. */
    public Violation(String where, RuntimeException cause) {
        super(Invariant.CRASH + " (" + Invariant.CRASH.meaning() + "): " + where + ": " + cause, cause);
        this.invariant = Invariant.CRASH;
    }

    public Invariant invariant() {
        return invariant;
    }
}

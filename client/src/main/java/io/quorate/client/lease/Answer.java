package io.quorate.client.lease;

/** What came of an acquire where it was asked, and who decided it. */
public enum Answer {
    /** Granted, of tokens held. */
    LEASED(true, true),
    /** Granted by the leader, with a renewal. */
    GRANTED(true, true),
    /** Denied for now: the leader said that others want the tokens too, and when to ask again. */
    DENIED(true, false),
    /** Granted by the local limit that holds while the cluster can't be reached. */
    FALLBACK_ALLOWED(true, true),
    /** Denied because the cluster can't be reached and the local limit, if any, has no room. */
    FALLBACK_DENIED(true, false),
    /** Not decided, nothing taken: ask on the loop, or the leader. */
    ASK(false, false),
    /** Not decided, nothing taken: the rules have changed; resolve again. */
    STALE(false, false);

    private final boolean decided;
    private final boolean granted;

    Answer(boolean decided, boolean granted) {
        this.decided = decided;
        this.granted = granted;
    }

    public boolean decided() {
        return decided;
    }

    public boolean granted() {
        return granted;
    }
}

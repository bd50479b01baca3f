package io.quorate.chaos.history;

/** Names a request in the logs: a session of a group, and a number in it. */
public record RequestId(int group, long session, long sequence) {
    /** Not known, or none. */
    public static final RequestId NONE = new RequestId(-1, 0, 0);

    public boolean isKnown() {
        return group >= 0;
    }
}

package io.quorate.client.route;

import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;

/** What to do about a failure: the whole policy of retries, as a function. */
enum FailureStep {
    /** Ask the node that leads now. */
    FIND_LEADER,
    /** The node can't serve the group now: ask whoever leads, after a pause. */
    DOUBT_LEADER,
    /** Get the topology and the namespace's routing anew. */
    REFRESH,
    /** Ask the same again after a pause. */
    PAUSE,
    /** Ask under a new session. */
    NEW_SESSION,
    /** Ask under a new sequence of the same session. */
    NEW_SEQUENCE,
    /** Tell the caller. */
    GIVE_UP;

    /**
     * The step after a failure.
     *
     * @param maybeExecuted whether a try may have been executed before the one that failed
     */
    static FailureStep after(Code code, boolean maybeExecuted) {
        return switch (code) {
            case NOT_LEADER -> FIND_LEADER;
            case UNAVAILABLE, INCOMPATIBLE -> DOUBT_LEADER;
            case STALE_TOPOLOGY -> REFRESH;
            case OVERLOADED, WINDOW_FULL, STALE_RULES, UNKNOWN, CODE_UNSPECIFIED, UNRECOGNIZED -> PAUSE;
            // With the session the memory of earlier tries is gone: only who had none may try afresh.
            case UNKNOWN_SESSION -> maybeExecuted ? GIVE_UP : NEW_SESSION;
            case UNKNOWN_EXPIRED -> maybeExecuted ? GIVE_UP : NEW_SEQUENCE;
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    PAYLOAD_MISMATCH,
                    NOTHING_TO_REFUND,
                    VERSION_CONFLICT,
                    LEASE_UNKNOWN,
                    LEASE_STALE,
                    NOT_LEASABLE -> GIVE_UP;
        };
    }

    /** Whether the try that failed so may itself have been executed. */
    static boolean thisTryMaybeExecuted(Code code) {
        // These say that this try wasn't executed; what they leave open is an earlier one.
        return code != Code.UNKNOWN_SESSION
                && code != Code.UNKNOWN_EXPIRED
                && code != Code.LEASE_UNKNOWN
                && Failures.maybeExecuted(code);
    }

    /** Whether only a group's leader can fail so. */
    static boolean provesLeader(Code code) {
        return switch (code) {
            case WINDOW_FULL, UNKNOWN_SESSION, UNKNOWN_EXPIRED, PAYLOAD_MISMATCH, NOTHING_TO_REFUND, VERSION_CONFLICT ->
                true;
            default -> false;
        };
    }
}

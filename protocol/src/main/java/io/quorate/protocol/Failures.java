package io.quorate.protocol;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;

/** Makes and reads failures: the answers that say why there is no answer. */
public final class Failures {
    private Failures() {}

    public static Failure of(Code code, String message) {
        return Failure.newBuilder().setCode(code).setMessage(message).build();
    }

    /** A failure after which the same request may be tried again in {@code retryAfterMillis}. */
    public static Failure retry(Code code, String message, long retryAfterMillis) {
        return Failure.newBuilder()
                .setCode(code)
                .setMessage(message)
                .setRetryAfterMillis(retryAfterMillis)
                .build();
    }

    /** Another node leads the group; {@code leader} is empty if it isn't known which. */
    public static Failure notLeader(int group, String leader) {
        return Failure.newBuilder()
                .setCode(Code.NOT_LEADER)
                .setMessage(
                        leader.isEmpty()
                                ? "this node doesn't lead group " + group + ", nor knows who does"
                                : "node '" + leader + "' leads group " + group)
                .setLeader(leader)
                .build();
    }

    /** Whether the request may have been executed, now or in an earlier try. Codes of later versions count as yes. */
    public static boolean maybeExecuted(Code code) {
        return switch (code) {
            case INVALID_ARGUMENT,
                    NOT_FOUND,
                    NOT_LEADER,
                    STALE_TOPOLOGY,
                    OVERLOADED,
                    UNAVAILABLE,
                    WINDOW_FULL,
                    PAYLOAD_MISMATCH,
                    NOTHING_TO_REFUND,
                    VERSION_CONFLICT,
                    INCOMPATIBLE,
                    LEASE_STALE,
                    NOT_LEASABLE,
                    STALE_RULES -> false;
            case UNKNOWN, UNKNOWN_SESSION, UNKNOWN_EXPIRED, LEASE_UNKNOWN, CODE_UNSPECIFIED, UNRECOGNIZED -> true;
        };
    }
}

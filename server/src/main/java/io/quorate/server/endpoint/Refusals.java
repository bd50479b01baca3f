package io.quorate.server.endpoint;

import io.quorate.core.command.Outcome;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.raft.group.NodeId;

/** What a client is told when a group or its machine refuses. */
final class Refusals {
    /** When to try again after a bound that only time or other clients can lift; milliseconds. */
    static final long FULL_RETRY_MILLIS = 1_000;

    /** When to try again after something that passes by itself soon; milliseconds. */
    static final long SOON_RETRY_MILLIS = 20;

    private Refusals() {}

    static Failure of(int group, io.quorate.raft.group.Failure failure) {
        if (failure instanceof io.quorate.raft.group.Failure.NotLeader notLeader) {
            return Failures.notLeader(
                    group, notLeader.leader().map(NodeId::value).orElse(""));
        }
        if (failure instanceof io.quorate.raft.group.Failure.Overloaded overloaded) {
            return Failures.retry(
                    Code.OVERLOADED,
                    "group " + group + ": " + overloaded.limit() + " is reached",
                    overloaded.retryAfterMillis());
        }
        if (failure instanceof io.quorate.raft.group.Failure.NotReady notReady) {
            return Failures.retry(
                    Code.UNAVAILABLE, "group " + group + ": " + notReady.reason(), notReady.retryAfterMillis());
        }
        io.quorate.raft.group.Failure.Unknown unknown = (io.quorate.raft.group.Failure.Unknown) failure;
        return Failures.of(Code.UNKNOWN, "group " + group + ": " + unknown.reason());
    }

    /** After an error that nobody thought of: the request may have been executed before it. */
    static Failure unforeseen() {
        return Failures.of(Code.UNKNOWN, "the node failed at this request; its log says why");
    }

    static Failure of(Outcome.Reason reason) {
        return switch (reason) {
            case UNKNOWN_SESSION ->
                Failures.of(Code.UNKNOWN_SESSION, "the group doesn't know this session, or it expired; open another");
            case UNKNOWN_EXPIRED ->
                Failures.of(
                        Code.UNKNOWN_EXPIRED,
                        "the answer to this sequence isn't kept any more; an earlier try may count");
            case WINDOW_FULL ->
                Failures.retry(
                        Code.WINDOW_FULL,
                        "the sequence is too far ahead of the session's oldest unanswered one",
                        SOON_RETRY_MILLIS);
            case PAYLOAD_MISMATCH ->
                Failures.of(Code.PAYLOAD_MISMATCH, "the sequence was used before with another payload");
            case STALE_RULES ->
                Failures.retry(Code.STALE_RULES, "the rules are changing; nothing was charged", SOON_RETRY_MILLIS);
            case SESSIONS_FULL ->
                Failures.retry(Code.OVERLOADED, "the group has as many sessions as it may", FULL_RETRY_MILLIS);
            case NOTHING_TO_REFUND ->
                Failures.of(
                        Code.NOTHING_TO_REFUND,
                        "the acquire to refund was denied, never made by this session, or isn't kept any more");
            case VERSION_CONFLICT ->
                Failures.of(
                        Code.VERSION_CONFLICT,
                        "the namespace's version isn't the one asked for; get it and decide again");
            case COUNTERS_FULL ->
                Failures.retry(Code.OVERLOADED, "the group has as many live counters as it may", FULL_RETRY_MILLIS);
            case INVALID -> Failures.of(Code.INVALID_ARGUMENT, "the command breaks a bound");
            case LEASE_UNKNOWN ->
                Failures.of(
                        Code.LEASE_UNKNOWN, "the lease expired or was superseded: what it held is spent; open another");
            case LEASE_STALE ->
                Failures.of(Code.LEASE_STALE, "a later renewal of this lease, or a later lease, came first");
            case NOT_LEASABLE ->
                Failures.of(Code.NOT_LEASABLE, "tokens of this limit can't be leased; ask for each decision");
            case ANSWERS_FULL ->
                Failures.retry(
                        Code.OVERLOADED,
                        "the group keeps as many unacknowledged answers as it may; nothing was charged",
                        FULL_RETRY_MILLIS);
            case LEASES_FULL ->
                Failures.retry(Code.OVERLOADED, "the counter has as many leases as it may", FULL_RETRY_MILLIS);
        };
    }
}

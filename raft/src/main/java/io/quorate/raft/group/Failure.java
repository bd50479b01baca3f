package io.quorate.raft.group;

import java.util.Optional;

/** Why a command or read has no answer. */
public sealed interface Failure {

    /** Not executed: this node doesn't lead the group. {@code leader} is who does, as far as known here. */
    record NotLeader(Optional<NodeId> leader) implements Failure {}

    /** Not executed: a bound is reached. {@code limit} names it. */
    record Overloaded(String limit, long retryAfterMillis) implements Failure {}

    /** Not executed: the group is starting, or its node is shutting down. */
    record NotReady(String reason, long retryAfterMillis) implements Failure {}

    /** May or may not have been executed. */
    record Unknown(String reason) implements Failure {}
}

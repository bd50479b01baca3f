package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Done;
import io.quorate.protocol.v1.Position;
import io.quorate.protocol.v1.Refunded;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Session;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request that is one command without rules: its outcome is its answer. */
final class CommandExchange extends Exchange implements Completion {
    private static final Logger LOG = LoggerFactory.getLogger(CommandExchange.class);

    private final int group;
    private @Nullable Applied applied;

    CommandExchange(Peer peer, long correlationId, ReplicatedGroup group) {
        super(peer, correlationId);
        this.group = group.id().value();
    }

    /** Submits the command; the caller sees to the flush. */
    void submit(ReplicatedGroup to, Command command) {
        try {
            to.submit(new Submission(command, Submission.ANY_RULES, List.of(), this));
        } catch (IllegalArgumentException e) {
            fail(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error(
                    "a {} failed for a reason that wasn't foreseen",
                    command.getClass().getSimpleName(),
                    e);
            fail(Refusals.unforeseen());
        }
    }

    @Override
    public void applied(Applied result) {
        applied = result;
        answered();
    }

    @Override
    public void failed(io.quorate.raft.group.Failure failure) {
        fail(Refusals.of(group, failure));
    }

    @Override
    protected void answer(Response.Builder response, long nowNanos) {
        Applied result = applied;
        if (result == null) {
            throw new IllegalStateException("answered without an outcome");
        }
        var unused = result.outcome().accept(new Answer(response, group, result));
    }

    static Position position(int group, Applied applied) {
        return Position.newBuilder()
                .setGroup(group)
                .setIndex(applied.index())
                .setPosition(applied.position())
                .setLogTimeMillis(applied.logTimeMillis())
                .setRulesVersion(applied.rulesVersion())
                .build();
    }

    /** Writes an outcome into a response. */
    private record Answer(Response.Builder response, int group, Applied applied)
            implements Outcome.Visitor<Response.Builder> {
        @Override
        public Response.Builder acquired(Outcome.Acquired outcome) {
            return response.setFailure(
                    Failures.of(Code.UNKNOWN, "the group answered with a decision that wasn't asked for"));
        }

        @Override
        public Response.Builder refunded(Outcome.Refunded outcome) {
            return response.setRefunded(
                    Refunded.newBuilder().setRefunded(outcome.refunded()).setPosition(position(group, applied)));
        }

        @Override
        public Response.Builder sessionOpened(Outcome.SessionOpened outcome) {
            return response.setSessionOpened(Session.Opened.newBuilder()
                    .setSessionId(outcome.sessionId())
                    .setTtlMillis(outcome.ttlMillis()));
        }

        @Override
        public Response.Builder done(Outcome.Done outcome) {
            return response.setDone(Done.newBuilder().setChanged(outcome.changed()));
        }

        @Override
        public Response.Builder rulesPut(Outcome.RulesPut outcome) {
            return response.setRulesPut(
                    Rules.PutResult.newBuilder().setVersion(outcome.version()).setChanged(outcome.changed()));
        }

        @Override
        public Response.Builder leaseRenewed(Outcome.LeaseRenewed outcome) {
            return response.setFailure(
                    Failures.of(Code.UNKNOWN, "the group answered with a lease that wasn't asked for"));
        }

        @Override
        public Response.Builder refused(Outcome.Refused outcome) {
            return response.setFailure(Refusals.of(outcome.reason()));
        }
    }
}

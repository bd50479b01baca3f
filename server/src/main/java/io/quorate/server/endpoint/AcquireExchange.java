package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.StateView;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Response;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An acquire on its way through the log. */
final class AcquireExchange extends DecideExchange implements Completion {
    private static final Outcome.Acquired ALLOWED_BY_NO_RULE = new Outcome.Acquired(true, List.of());

    private final Acquire request;
    private final long startNanos;
    private @Nullable Applied applied;

    AcquireExchange(Deciding deciding, Peer peer, long correlationId, Acquire request, long startNanos) {
        super(deciding, peer, correlationId, request.getGroup(), request.getNamespace());
        this.request = request;
        this.startNanos = startNanos;
    }

    void start() {
        String wrong = Sequences.wrong(request.getSessionId(), request.getSequence(), request.getAckedBelow());
        if (wrong != null) {
            fail(Code.INVALID_ARGUMENT, wrong);
            return;
        }
        start(request.getEpoch(), request.getEntriesList(), cost());
    }

    private long cost() {
        return request.getCost() == 0 ? 1 : request.getCost();
    }

    @Override
    void proceed(ReplicatedGroup group, List<Charge> charges) {
        group.submit(new Submission(command(charges), rulesVersion(), definitions(matched()), this));
        peer().submitted(group);
    }

    private Command.Acquire command(List<Charge> charges) {
        return new Command.Acquire(
                request.getSessionId(),
                request.getSequence(),
                request.getAckedBelow(),
                RequestHash.of(request.getNamespace(), request.getEntriesList(), cost()),
                cost(),
                charges);
    }

    private static List<LimitDefinition> definitions(List<Matched> matched) {
        if (matched.size() == 1) {
            return List.of(NamespaceRules.definition(matched.get(0).rule()));
        }
        LimitDefinition[] definitions = new LimitDefinition[matched.size()];
        for (int i = 0; i < definitions.length; i++) {
            definitions[i] = NamespaceRules.definition(matched.get(i).rule());
        }
        return List.of(definitions);
    }

    @Override
    void allowedByNoRule() {
        answered();
    }

    @Override
    @Nullable
    Applied undecided(StateView view, long nowMillis) {
        return deciding()
                .machine()
                .undecided(view, nowMillis, command(List.of()))
                .orElse(null);
    }

    @Override
    void answeredBefore(Applied first) {
        applied(first);
    }

    @Override
    public void applied(Applied result) {
        if (result.outcome() instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.STALE_RULES) {
            again(result.rulesVersion());
            return;
        }
        applied = result;
        answered();
    }

    @Override
    public void failed(io.quorate.raft.group.Failure failure) {
        fail(Refusals.of(groupNumber(), failure));
    }

    @Override
    protected void answer(Response.Builder response, long nowNanos) {
        Applied result = applied;
        if (result == null) {
            count(ALLOWED_BY_NO_RULE);
            response.setDecision(decision(true, List.of(), null));
        } else if (result.outcome() instanceof Outcome.Acquired outcome) {
            count(outcome);
            response.setDecision(
                    decision(outcome.allowed(), outcome.results(), CommandExchange.position(groupNumber(), result)));
        } else if (result.outcome() instanceof Outcome.Refused refused) {
            response.setFailure(Refusals.of(refused.reason()));
        } else {
            response.setFailure(Failures.of(Code.UNKNOWN, "the group answered an acquire with something else"));
        }
        deciding().metrics().decideLatency().record(nowNanos - startNanos);
    }
}

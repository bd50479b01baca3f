package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.StateView;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.protocol.v1.Peek;
import io.quorate.protocol.v1.Position;
import io.quorate.protocol.v1.Response;
import io.quorate.raft.group.ReplicatedGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A question what an acquire would get. */
final class PeekExchange extends DecideExchange {
    private final Peek request;
    private @Nullable Seen seen;

    PeekExchange(Deciding deciding, Peer peer, long correlationId, Peek request) {
        super(deciding, peer, correlationId, request.getGroup(), request.getNamespace());
        this.request = request;
    }

    void start() {
        start(request.getEpoch(), request.getEntriesList(), cost());
    }

    private long cost() {
        return request.getCost() == 0 ? 1 : request.getCost();
    }

    @Override
    void proceed(ReplicatedGroup group, List<Charge> charges) {
        group.read(
                (view, nowMillis) -> look(view, nowMillis, charges),
                this::saw,
                failure -> fail(Refusals.of(groupNumber(), failure)));
    }

    private Seen look(StateView view, long nowMillis, List<Charge> charges) {
        Header header = view.header();
        if (header.rulesVersion() > rulesVersion()) {
            return new Seen(null, header, nowMillis);
        }
        return new Seen(deciding().machine().peek(view, nowMillis, cost(), charges, this::terms), header, nowMillis);
    }

    private Limit terms(int limitId) {
        for (Matched match : matched()) {
            if (match.rule().limitId() == limitId) {
                return match.rule().rule().limit();
            }
        }
        throw new IllegalStateException("limit " + limitId + " was asked for, but isn't among those that match");
    }

    private void saw(Seen what) {
        if (what.acquired == null) {
            again(what.header.rulesVersion());
        } else {
            seen = what;
            answered();
        }
    }

    @Override
    void allowedByNoRule() {
        answered();
    }

    /** A question is answered anew each time. */
    @Override
    @Nullable
    Applied undecided(StateView view, long nowMillis) {
        return null;
    }

    @Override
    void answeredBefore(Applied first) {
        throw new IllegalStateException("a peek has no answer that stands");
    }

    @Override
    protected void answer(Response.Builder response, long nowNanos) {
        Seen what = seen;
        if (what == null || what.acquired == null) {
            response.setDecision(decision(true, List.of(), null));
            return;
        }
        Position position = Position.newBuilder()
                .setGroup(groupNumber())
                .setIndex(what.header.appliedIndex())
                .setLogTimeMillis(what.nowMillis)
                .setRulesVersion(what.header.rulesVersion())
                .build();
        response.setDecision(decision(what.acquired.allowed(), what.acquired.results(), position));
    }

    /** What the state said; without a decision if the group demands newer rules. */
    private record Seen(Outcome.@Nullable Acquired acquired, Header header, long nowMillis) {}
}

package io.quorate.client.route;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides how a call goes on whose try brought no answer: refused, timed out, or lost. Confined to the loop. */
final class Recovery {
    private final Router router;
    private final RouterSettings settings;
    private final GroupTable groups;
    private final Groundwork groundwork;
    private final LeaderProbe probe;

    Recovery(Router router, RouterSettings settings, GroupTable groups, Groundwork groundwork, LeaderProbe probe) {
        this.router = router;
        this.settings = settings;
        this.groups = groups;
        this.groundwork = groundwork;
        this.probe = probe;
    }

    /** A node answered with a failure. */
    void refused(Call call, NodeRoute node, Failure failure) {
        Code code = failure.getCode();
        FailureStep step = FailureStep.after(code, call.maybeExecuted);
        call.trouble = "node '" + node.name() + "': " + code + ", " + failure.getMessage();
        call.maybeExecuted |= FailureStep.thisTryMaybeExecuted(code);
        GroupRoute group = call.route;
        boolean needsSession = step == FailureStep.NEW_SESSION || step == FailureStep.NEW_SEQUENCE;
        if (group == null || step == FailureStep.GIVE_UP || needsSession && !call.inSession) {
            if (group != null && FailureStep.provesLeader(code)) {
                groups.confirm(group, node);
            }
            if (group != null && code == Code.UNKNOWN_SESSION) {
                loseSession(group, call.session);
            }
            router.giveUp(call, code, failure.getMessage());
            return;
        }
        long retryAfterNanos = Math.min(failure.getRetryAfterMillis(), Integer.MAX_VALUE) * 1_000_000L;
        switch (step) {
            case FIND_LEADER -> {
                groups.unscout(call);
                groups.redirect(group, node, failure.getLeader(), router.nodes);
                router.route(call);
            }
            case DOUBT_LEADER -> {
                groups.doubt(group, node);
                router.pause(call, retryAfterNanos);
            }
            case REFRESH -> {
                groups.unscout(call);
                if (call.target instanceof Target.ByNamespace by) {
                    groundwork.forget(by.namespace());
                }
                router.awaitTopology(call, node);
            }
            case PAUSE -> {
                if (FailureStep.provesLeader(code)) {
                    groups.confirm(group, node);
                }
                router.pause(call, retryAfterNanos);
            }
            case NEW_SESSION -> {
                groups.confirm(group, node);
                loseSession(group, call.session);
                router.settle(call);
                if (call.refusals == 0) {
                    call.refusals++;
                    router.route(call);
                } else {
                    router.pause(call, 0);
                }
            }
            default -> {
                groups.confirm(group, node);
                router.settle(call);
                router.pause(call, 0);
            }
        }
    }

    /** The session is gone: who has no sequence yet waits for the next one. */
    private void loseSession(GroupRoute group, @Nullable ClientSession session) {
        if (session != null && group.session == session) {
            group.session = null;
            router.reroute(session.awaitingRoom);
        }
    }

    /** A try got no answer in its time: it may have been executed, and the node may be dead. */
    void tryTimedOut(Call call, long now) {
        NodeRoute node = call.node;
        if (node == null) {
            throw new IllegalStateException("a call was sent to no node");
        }
        call.maybeExecuted = true;
        call.trouble = "node '" + node.name() + "' didn't answer a try in time";
        call.state = Call.State.WAITING;
        node.link().abandon(call);
        groups.unscout(call);
        GroupRoute group = call.route;
        if (group != null) {
            groups.doubt(group, node);
        }
        boolean fullTry = now - call.sentAtNanos >= settings.attemptNanos();
        if (fullTry && node.link().heardAtNanos() - call.sentAtNanos < 0) {
            node.sever("silent for " + (now - call.sentAtNanos) / 1_000_000 + " ms");
        }
    }

    /** A call has waited for room on a connection for as long as a try may take. */
    void waitedLong(Call call, long now) {
        NodeRoute node = call.node;
        if (node == null || call.queue != node.backlog) {
            throw new IllegalStateException("a call was woken while it waited for something else than time");
        }
        if (node.link().heardAtNanos() - (now - settings.attemptNanos()) < 0) {
            node.sever("takes no more requests, and is silent");
        } else {
            router.wakeBy(call, now + settings.attemptNanos());
        }
    }

    /** A connection ended: {@code sent} may have been executed, what waited for room wasn't. */
    void lost(NodeRoute node, List<Call> sent) {
        groups.doubtAll(node);
        for (Call call : sent) {
            call.maybeExecuted = true;
            again(call, node);
        }
        for (Call call = node.backlog.poll(); call != null; call = node.backlog.poll()) {
            again(call, node);
        }
        if (router.needsTopology()) {
            probe.ensure();
        }
    }

    private void again(Call call, NodeRoute node) {
        groups.unscout(call);
        call.trouble = "the connection to node '" + node.name() + "' was lost: " + node.trouble;
        if (call.target instanceof Target.AtNode) {
            router.giveUp(call, Code.UNAVAILABLE, call.trouble);
        } else {
            router.route(call);
        }
    }
}

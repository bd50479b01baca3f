package io.quorate.client.route;

import io.quorate.core.quota.Slots;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Topology;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends each call to where it is decided, and sees it through: sessions, sequences, redirects, retries,
 * deadlines.
 *
 * <p>Confined to one loop: every method must be called on it, and all callbacks come on it. After a burst of
 * calls, answers or wake-ups the loop calls {@link #flush} once.
 */
/*
 * How a call moves. WAITING calls are in one queue: for their namespace's routing, for their group's session,
 * for room in the session's window, for a leader (parked), for a newer topology, or for room on a connection
 * (backlog). SENT calls are with a link. PAUSING calls wait for a time. Each call that is not OVER is in the
 * wheel, at its deadline or before; so none is forgotten, whatever happens to the queues.
 *
 * What makes "unknown" exact: `maybeExecuted` is set when a try was sent and no answer says what became of it
 * (connection lost, try timed out, code UNKNOWN, deadline), and by nothing else. While it is set, the call keeps
 * its session and sequence; if those can't be used any more, the call ends as unknown.
 */
/** Brings every request to the leader of its group, and its one answer back. */
public final class Router {
    final DeadlineWheel wheel;
    final NodeTable nodes;
    final RulesWatch watch = new RulesWatch(this);
    private final RouterSettings settings;
    private final NanoClock clock;
    private final Wakeups wakeups;
    private final RandomGenerator random;
    private final LeaderProbe probe;
    private final GroupTable groups;
    private final Groundwork groundwork;
    private final Recovery recovery;
    private final CallQueue awaitingTopology = new CallQueue();
    private final AtomicInteger unanswered = new AtomicInteger();
    private boolean tickComing;
    private boolean closed;
    private long nowNanos;
    private boolean nowKnown;

    private volatile @Nullable ClusterMap published;
    private Runnable onMap = () -> {};

    public Router(RouterSettings settings, Links links, NanoClock clock, Wakeups wakeups, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.wakeups = wakeups;
        this.random = random;
        this.wheel = new DeadlineWheel(clock.nanoTime());
        this.nodes = new NodeTable(this, links, settings);
        this.probe = new LeaderProbe(this, settings);
        this.groups = new GroupTable(this, probe);
        this.groundwork = new Groundwork(this, settings);
        this.recovery = new Recovery(this, settings, groups, groundwork, probe);
    }

    /** Connects to the endpoints; {@code onFirstMap} runs once when a node has told the topology. */
    public void start(Runnable onFirstMap) {
        onMap = onFirstMap;
        nodes.connectToEndpoints();
        flush();
    }

    /** The members as last learned; null until a node was reached. May be called on any thread. */
    public @Nullable ClusterMap map() {
        return published;
    }

    /** Keeps rules current for those who match by them. */
    public RulesWatch watch() {
        return watch;
    }

    /** Why nodes aren't connected, for people; empty if all are. */
    public String troubles() {
        return nodes.troubles();
    }

    /**
     * Whether one more request may be unanswered; if so, it counts until the call that is {@linkplain #take taken} has
     * ended. May be called on any thread: whoever asks too much is refused there, and costs the loop nothing.
     */
    public boolean admit() {
        if (unanswered.incrementAndGet() <= settings.inFlightMax()) {
            return true;
        }
        leave();
        return false;
    }

    /** One who was admitted has no call to be taken, after all. May be called on any thread. */
    public void leave() {
        unanswered.decrementAndGet();
    }

    /** Takes a call over, for good: it will be completed once, as refused if too many are unanswered. */
    public void submit(Call call) {
        if (call.internal || admit()) {
            take(call);
        } else {
            call.refuse(Code.OVERLOADED, settings.tooManyUnanswered());
        }
    }

    /** Takes over a call that was admitted. */
    public void take(Call call) {
        call.owner = this;
        route(call);
    }

    /** Takes over a call of the client's own, which isn't one of those that its user may have unanswered. */
    public void sendInternal(Call call) {
        call.internal = true;
        submit(call);
    }

    /** Ends a burst: what was sent goes out, and the timer is set. */
    public void flush() {
        groups.wake();
        for (NodeRoute node : nodes.all()) {
            if (node.ready()) {
                sendBacklog(node);
            }
        }
        for (NodeRoute node : nodes.all()) {
            if (node.ready()) {
                node.link().flush();
            }
        }
        if (!tickComing && !closed && !wheel.isEmpty()) {
            tickComing = true;
            wakeups.tickAfter(DeadlineWheel.TICK_NANOS);
        }
        nowKnown = false;
    }

    /** Wakes what is due. */
    public void tick() {
        tickComing = false;
        wheel.advance(nowNanos());
        flush();
    }

    /** Forgets how a namespace is routed, because its rules were changed. */
    public void forgetNamespace(String namespace) {
        groundwork.forget(namespace);
    }

    /** Closes the sessions as far as leaders are connected; {@code whenDone} runs when they answered. */
    public void closeSessions(long deadlineNanos, Runnable whenDone) {
        groundwork.closeSessions(groups.all(), deadlineNanos, whenDone);
        flush();
    }

    /** Completes all calls that are unanswered, and closes the connections. Takes no call afterwards. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        nodes.closeAll();
        wheel.drain(timed -> {
            if (timed instanceof Call call) {
                call.maybeExecuted |= call.state == Call.State.SENT;
                giveUp(call, Code.UNKNOWN, "the client was closed");
            }
        });
    }

    // ---- on the way to a node

    void route(Call call) {
        call.state = Call.State.WAITING;
        if (closed) {
            giveUp(call, Code.UNAVAILABLE, "the client was closed");
            return;
        }
        if (call.target instanceof Target.AtNode at) {
            NodeRoute node = nodes.byId(at.node());
            if (node == null || !node.ready()) {
                giveUp(
                        call,
                        Code.UNAVAILABLE,
                        node == null
                                ? "no node is named '" + at.node() + "'"
                                : "node '" + at.node() + "' isn't connected: " + node.trouble);
            } else {
                send(call, node);
            }
        } else if (call.target instanceof Target.ByNamespace by) {
            NamespaceRoute namespace = groundwork.namespace(by.namespace());
            if (!namespace.known) {
                await(call, namespace.waiting);
                groundwork.fetch(namespace);
                return;
            }
            int slot = namespace.slot(by.descriptor());
            if (slot < 0) {
                giveUp(
                        call,
                        Code.INVALID_ARGUMENT,
                        "namespace '" + by.namespace() + "' is colocated by entry '" + namespace.colocate
                                + "': a request must have that entry");
            } else {
                toGroup(call, Slots.groupOf(slot, groups.dataGroups()).value());
            }
        } else {
            toGroup(call, groupOf(call.target));
        }
    }

    private static int groupOf(Target target) {
        if (target instanceof Target.Leader leader) {
            return leader.group();
        }
        return target instanceof Target.InSession in ? in.group() : ((Target.PreferLeader) target).group();
    }

    private void toGroup(Call call, int number) {
        if (groups.isEmpty()) {
            await(call, awaitingTopology);
            return;
        }
        GroupRoute group = groups.byNumber(number);
        if (group == null) {
            giveUp(call, Code.NOT_FOUND, "there is no group " + number + "; groups are 0 to " + groups.dataGroups());
            return;
        }
        if (call.session != null && call.route != group && !leaveSession(call)) {
            return;
        }
        call.route = group;
        if (call.inSession && call.session == null) {
            ClientSession session = group.session;
            if (call.target instanceof Target.InSession in && (session == null || session.id != in.sessionId())) {
                giveUp(call, Code.UNKNOWN_SESSION, "session " + in.sessionId() + " is over");
                return;
            }
            if (session == null) {
                await(call, group.awaitingSession);
                groundwork.openSession(group);
                return;
            }
            if (!session.window.hasRoom()) {
                await(call, session.awaitingRoom);
                return;
            }
            call.session = session;
            call.sessionId = session.id;
            call.sequence = session.window.take();
        }
        toLeader(call, group);
    }

    /** Gives up a sequence, so that the call can take another one; false if that ended the call. */
    private boolean leaveSession(Call call) {
        if (call.maybeExecuted) {
            giveUp(call, Code.UNKNOWN, "the request can't be repeated where it was sent first");
            return false;
        }
        settle(call);
        return true;
    }

    private void toLeader(Call call, GroupRoute group) {
        NodeRoute leader = group.leader;
        boolean proves = !(call.target instanceof Target.PreferLeader);
        if (leader == null || !leader.ready()) {
            await(call, group.parked);
            probe.ensure();
        } else if (!group.confirmed && group.scout != null && proves) {
            await(call, group.parked);
        } else {
            if (!group.confirmed && proves) {
                group.scout = call;
            }
            send(call, leader);
        }
    }

    private void send(Call call, NodeRoute node) {
        if (call.tries >= settings.triesMax()) {
            giveUp(call, Code.UNKNOWN, "sent " + call.tries + " times without an answer");
            return;
        }
        call.node = node;
        Link link = node.link();
        if (call.sizeBytesMax() > link.frameBytesMax()) {
            giveUp(
                    call,
                    Code.INVALID_ARGUMENT,
                    "the request has " + call.sizeBytesMax() + " bytes; node '" + node.name() + "' takes at most "
                            + link.frameBytesMax());
            return;
        }
        if (!link.hasRoom()) {
            node.backlog.add(call);
            wakeBy(call, nowNanos() + settings.attemptNanos());
            return;
        }
        ClusterMap map = nodes.map();
        call.epoch = map == null ? 0 : map.epoch();
        call.tries++;
        call.sentAtNanos = nowNanos();
        call.state = Call.State.SENT;
        wakeBy(call, call.sentAtNanos + settings.attemptNanos());
        link.send(call);
    }

    private void sendBacklog(NodeRoute node) {
        while (!node.backlog.isEmpty() && node.link().hasRoom()) {
            Call next = node.backlog.poll();
            if (next != null) {
                send(next, node);
            }
        }
    }

    /** Has a call woken at a time, or at its deadline if that is before. */
    void wakeBy(Call call, long atNanos) {
        wheel.schedule(call, atNanos - call.deadlineNanos < 0 ? atNanos : call.deadlineNanos);
    }

    void await(Call call, CallQueue queue) {
        queue.add(call);
        wheel.schedule(call, call.deadlineNanos);
    }

    void pause(Call call, long atLeastNanos) {
        groups.unscout(call);
        call.state = Call.State.PAUSING;
        long pause = Math.max(
                atLeastNanos,
                Backoff.jittered(settings.backoffMinNanos(), settings.backoffMaxNanos(), call.refusals++, random));
        wakeBy(call, nowNanos() + pause);
    }

    // ---- what comes back

    void answered(NodeRoute node, Call call, Response response) {
        GroupRoute group = call.route;
        boolean proves = !(call.target instanceof Target.PreferLeader);
        if (response.hasFailure()) {
            recovery.refused(call, node, response.getFailure());
        } else if (!call.accepts(response)) {
            call.maybeExecuted = true;
            call.trouble = "node '" + node.name() + "' answered with " + response.getBodyCase();
            pause(call, 0);
        } else {
            if (group != null && proves) {
                groups.confirm(group, node);
            }
            end(call);
            call.answered(response);
        }
    }

    void timeUp(Call call, long now) {
        boolean late = call.deadlineNanos - now <= 0;
        if (call.state == Call.State.SENT) {
            recovery.tryTimedOut(call, now);
        }
        if (late) {
            giveUp(call, Code.UNKNOWN, "no answer in time");
        } else if (call.queue != null) {
            recovery.waitedLong(call, now);
        } else {
            route(call);
        }
    }

    /** A connection ended: {@code sent} may have been executed, what waited for room wasn't. */
    void lost(NodeRoute node, List<Call> sent) {
        recovery.lost(node, sent);
    }

    // ---- topology

    /** Has a call wait for a topology that is newer than the one it was routed by; this node knows one. */
    void awaitTopology(Call call, NodeRoute node) {
        call.state = Call.State.WAITING;
        await(call, awaitingTopology);
        probe.ensure(node);
    }

    boolean needsTopology() {
        return !awaitingTopology.isEmpty() || groups.needLeaders();
    }

    /** Takes over what a node says of the cluster. */
    void adopt(Topology topology) {
        if (!nodes.adopt(topology)) {
            return;
        }
        ClusterMap map = nodes.map();
        if (map == null) {
            return;
        }
        boolean first = published == null;
        published = map;
        groups.adopt(topology, nodes);
        reroute(awaitingTopology);
        if (first) {
            onMap.run();
        }
        if (needsTopology()) {
            probe.ensure();
        }
    }

    /** Routes anew all that waits in a queue; who has to wait again may go into the same one. */
    void reroute(CallQueue queue) {
        for (int left = queue.size(); left > 0; left--) {
            Call call = queue.poll();
            if (call == null) {
                break;
            }
            route(call);
        }
    }

    // ---- ends

    void giveUp(Call call, Code code, String message) {
        end(call);
        String because = call.trouble.isEmpty() || message.equals(call.trouble) || call.trouble.endsWith(message)
                ? message
                : message + " (last: " + call.trouble + ")";
        call.failed(new Refusal(code, because, call.maybeExecuted));
    }

    private void end(Call call) {
        if (call.state == Call.State.OVER) {
            throw new IllegalStateException("a call was completed twice");
        }
        wheel.cancel(call);
        CallQueue queue = call.queue;
        if (queue != null) {
            queue.remove(call);
        }
        call.state = Call.State.OVER;
        if (!call.internal) {
            leave();
        }
        settle(call);
        GroupRoute group = call.route;
        if (group != null && group.scout == call) {
            group.scout = null;
        }
    }

    /** The call's sequence will not be sent again; whoever waited for room in the window may go. */
    void settle(Call call) {
        ClientSession session = call.session;
        if (session != null) {
            call.session = null;
            session.window.settle(call.sequence);
            while (!closed && !session.awaitingRoom.isEmpty() && session.window.hasRoom()) {
                Call next = session.awaitingRoom.poll();
                if (next != null) {
                    route(next);
                }
            }
        }
    }

    /** How things stand, for people. */
    @Override
    public String toString() {
        return unanswered + " unanswered, " + awaitingTopology.size() + " await a topology; groups " + groups
                + "; not connected: " + troubles();
    }

    long nowNanos() {
        if (!nowKnown) {
            nowNanos = clock.nanoTime();
            nowKnown = true;
        }
        return nowNanos;
    }

    boolean isClosed() {
        return closed;
    }

    RandomGenerator random() {
        return random;
    }
}

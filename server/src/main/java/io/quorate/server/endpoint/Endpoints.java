package io.quorate.server.endpoint;

import io.quorate.core.machine.Machine;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Welcome;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.metrics.ServerMetrics;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All kinds of requests, each given to its endpoint. Every request gets one answer through its peer.
 *
 * <p>Called on the event loops of the peers: what is short is done there, what isn't on the admin queue.
 */
public final class Endpoints {
    private final Groups groups;
    private final Deciding deciding;
    private final SessionEndpoint sessions;
    private final TopologyEndpoint topology;
    private final RulesEndpoint rules;
    private final KeysEndpoint keys;
    private final GroupsEndpoint groupsEndpoint;
    private final Renewing renewing;
    private final LeasesEndpoint leases;
    private final Subscriptions subscriptions;
    private final AdminQueue adminQueue;
    private final ServerMetrics metrics;

    /** What the endpoints share; {@code machine} is asked what an acquire would get. */
    public record Parts(
            Groups groups,
            RuleCatalog catalog,
            Machine machine,
            LeasePolicy policy,
            Subscriptions subscriptions,
            ServerLimits limits,
            AdminQueue adminQueue,
            ServerMetrics metrics) {}

    public Endpoints(Parts parts, NodeId self, String serverVersion) {
        this.groups = parts.groups();
        this.deciding = new Deciding(groups, parts.catalog(), parts.machine(), parts.metrics());
        this.sessions = new SessionEndpoint(groups);
        this.topology = new TopologyEndpoint(groups, self, serverVersion, parts.limits());
        this.rules = new RulesEndpoint(groups, parts.catalog(), parts.limits().fenceMillisMax());
        this.renewing = new Renewing(groups, parts.catalog(), parts.policy(), parts.metrics());
        this.subscriptions = parts.subscriptions();
        this.keys = new KeysEndpoint(renewing, parts.limits().pageKeysMax());
        this.leases = new LeasesEndpoint(renewing, subscriptions, keys);
        this.groupsEndpoint = new GroupsEndpoint(groups);
        this.adminQueue = parts.adminQueue();
        this.metrics = parts.metrics();
    }

    /** Why a client that says this can't be served; null if it can. */
    public @Nullable Failure refusal(Hello hello) {
        return topology.refusal(hello);
    }

    /** The answer to a client that can be served. */
    public Welcome welcome() {
        return topology.welcome();
    }

    /**
     * Takes a request after the handshake, and sees to its answer.
     *
     * @param nowNanos when it was read, on the peer's clock
     */
    public void dispatch(Request request, Peer peer, long nowNanos) {
        long id = request.getCorrelationId();
        metrics.requested(request.getBodyCase());
        switch (request.getBodyCase()) {
            case ACQUIRE -> new AcquireExchange(deciding, peer, id, request.getAcquire(), nowNanos).start();
            case PEEK -> new PeekExchange(deciding, peer, id, request.getPeek()).start();
            case REFUND -> sessions.refund(request.getRefund(), peer, id);
            case RENEW_LEASES -> new RenewExchange(renewing, peer, id, request.getRenewLeases(), nowNanos).start();
            case SUBSCRIBE -> leases.subscribe(request.getSubscribe(), peer, id);
            case OPEN_SESSION -> sessions.open(request.getOpenSession(), peer, id);
            case CLOSE_SESSION -> sessions.close(request.getCloseSession(), peer, id);
            case GET_TOPOLOGY ->
                new AnswerExchange(peer, id).answer(response -> response.setTopology(topology.topology()));
            case HELLO ->
                new AnswerExchange(peer, id)
                        .fail(Code.INVALID_ARGUMENT, "hello was said already; it is the first request alone");
            case BODY_NOT_SET ->
                new AnswerExchange(peer, id)
                        .fail(Code.INVALID_ARGUMENT, "the request has no body that this server knows");
            default -> administer(request, peer, id, nowNanos);
        }
    }

    /** A peer is gone, and is told nothing any more. */
    public void closed(Peer peer) {
        subscriptions.remove(peer);
    }

    private void administer(Request request, Peer peer, long id, long nowNanos) {
        switch (request.getBodyCase()) {
            case PUT_RULES -> {
                CommandExchange exchange = new CommandExchange(peer, id, groups.meta());
                adminQueue.run(exchange, () -> rules.put(request.getPutRules(), exchange));
            }
            case GET_RULES -> {
                AnswerExchange exchange = new AnswerExchange(peer, id);
                adminQueue.run(exchange, () -> rules.get(request.getGetRules(), exchange));
            }
            case LIST_RULES -> {
                AnswerExchange exchange = new AnswerExchange(peer, id);
                adminQueue.run(exchange, () -> rules.list(exchange));
            }
            case FENCE_RULES ->
                command(
                        request.getFenceRules().getGroup(),
                        peer,
                        id,
                        (group, exchange) -> rules.fence(request.getFenceRules(), exchange, group));
            case LIST_KEYS ->
                answer(
                        groups.data(request.getListKeys().getGroup()),
                        request.getListKeys().getGroup(),
                        peer,
                        id,
                        (group, exchange) -> keys.list(request.getListKeys(), group, exchange));
            case INSPECT_KEY ->
                answer(
                        groups.data(request.getInspectKey().getGroup()),
                        request.getInspectKey().getGroup(),
                        peer,
                        id,
                        (group, exchange) -> keys.inspect(request.getInspectKey(), group, exchange));
            case RESET_KEY ->
                command(
                        request.getResetKey().getGroup(),
                        peer,
                        id,
                        (group, exchange) -> keys.reset(request.getResetKey(), group, exchange));
            case RECALL_LEASES ->
                answer(
                        groups.data(request.getRecallLeases().getGroup()),
                        request.getRecallLeases().getGroup(),
                        peer,
                        id,
                        (group, exchange) -> leases.recall(request.getRecallLeases(), group, exchange, nowNanos));
            case DESCRIBE_GROUP ->
                answer(
                        groups.any(request.getDescribeGroup().getGroup()),
                        request.getDescribeGroup().getGroup(),
                        peer,
                        id,
                        groupsEndpoint::describe);
            case TRANSFER_LEADER ->
                answer(
                        groups.any(request.getTransferLeader().getGroup()),
                        request.getTransferLeader().getGroup(),
                        peer,
                        id,
                        (group, exchange) ->
                                groupsEndpoint.transferLeader(request.getTransferLeader(), group, exchange));
            default -> throw new IllegalStateException("no endpoint for " + request.getBodyCase());
        }
    }

    private void answer(
            @Nullable ReplicatedGroup group,
            int number,
            Peer peer,
            long id,
            BiConsumer<ReplicatedGroup, AnswerExchange> work) {
        AnswerExchange exchange = new AnswerExchange(peer, id);
        if (group == null) {
            exchange.fail(groups.noSuchGroup(number));
        } else {
            adminQueue.run(exchange, () -> work.accept(group, exchange));
        }
    }

    private void command(int number, Peer peer, long id, BiConsumer<ReplicatedGroup, CommandExchange> work) {
        ReplicatedGroup group = groups.data(number);
        if (group == null) {
            new AnswerExchange(peer, id).fail(groups.noSuchGroup(number));
        } else {
            CommandExchange exchange = new CommandExchange(peer, id, group);
            adminQueue.run(exchange, () -> work.accept(group, exchange));
        }
    }
}

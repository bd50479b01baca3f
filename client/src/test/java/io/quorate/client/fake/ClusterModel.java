package io.quorate.client.fake;

import io.quorate.core.quota.Slots;
import io.quorate.core.rule.Descriptor;
import io.quorate.protocol.Failures;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Decision;
import io.quorate.protocol.v1.Done;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Groups;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Position;
import io.quorate.protocol.v1.Refund;
import io.quorate.protocol.v1.Refunded;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.RuleResult;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Session;
import io.quorate.protocol.v1.Topology;
import io.quorate.protocol.v1.Welcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster would do, by a naive model: one shared state, sessions with answers kept for ever, one
 * counter of tokens per namespace. Thread-safe.
 */
public final class ClusterModel {
    public static final String CLUSTER = "model";
    /** The entry whose value names a request, so that its executions can be counted. */
    public static final String REQUEST = "request";

    private final int dataGroups;
    private final List<String> nodeIds = new ArrayList<>();
    private final Map<String, String> addresses = new HashMap<>();
    private final Map<Integer, String> leaders = new HashMap<>();
    private final Map<String, Rules.Namespace> namespaces = new TreeMap<>();
    private final Map<Long, Map<Long, Response>> sessions = new HashMap<>();
    private final Map<Long, Long> bases = new HashMap<>();
    private final Map<Long, Map<Long, Long>> grants = new HashMap<>();
    private final Map<String, Long> used = new HashMap<>();
    private final Map<String, Integer> executions = new HashMap<>();
    private final Map<Integer, Long> fences = new HashMap<>();
    private long epoch = 1;
    private long nextSession = 100;
    private long rulesVersion;
    private long index;
    private long capacity = Long.MAX_VALUE / 2;
    private long retryAfterMillis = 5;
    private int inFlightMax = 1024;

    private final Map<String, Set<String>> subscribers = new HashMap<>();

    public ClusterModel(int dataGroups) {
        this.dataGroups = dataGroups;
    }

    public synchronized void addNode(String id, String address) {
        nodeIds.add(id);
        addresses.put(id, address);
        epoch++;
    }

    /** Has a node lead a group, or none for an empty id. */
    public synchronized void lead(int group, String node) {
        leaders.put(group, node);
    }

    public synchronized void leadAll(String node) {
        for (int group = 0; group <= dataGroups; group++) {
            leaders.put(group, node);
        }
    }

    public synchronized void addNamespace(String namespace, String colocate) {
        rulesVersion++;
        namespaces.put(
                namespace,
                Rules.Namespace.newBuilder()
                        .setNamespace(namespace)
                        .setVersion(rulesVersion)
                        .setColocate(colocate)
                        .build());
    }

    public synchronized void removeNamespace(String namespace) {
        rulesVersion++;
        namespaces.remove(namespace);
    }

    /** The nodes at which someone subscribed to a namespace. */
    public synchronized Set<String> subscribedAt(String namespace) {
        return new TreeSet<>(subscribers.getOrDefault(namespace, Set.of()));
    }

    /** Tokens of each namespace. */
    public synchronized void capacity(long tokens, long retryAfter) {
        capacity = tokens;
        retryAfterMillis = retryAfter;
    }

    public synchronized void inFlightMax(int count) {
        inFlightMax = count;
    }

    public synchronized void bumpEpoch() {
        epoch++;
    }

    public synchronized void expireSessions() {
        sessions.clear();
        grants.clear();
    }

    public synchronized long used(String namespace) {
        return used.getOrDefault(namespace, 0L);
    }

    /** How often the request of this name changed the state, or would have if there had been tokens. */
    public synchronized int executions(String request) {
        return executions.getOrDefault(request, 0);
    }

    public synchronized int sessionCount() {
        return sessions.size();
    }

    public synchronized long fence(int group) {
        return fences.getOrDefault(group, 0L);
    }

    public synchronized Topology topology() {
        Topology.Builder topology =
                Topology.newBuilder().setClusterId(CLUSTER).setEpoch(epoch).setDataGroups(dataGroups);
        for (String id : nodeIds) {
            topology.addNodes(Topology.Node.newBuilder()
                    .setId(id)
                    .setClientAddress(addresses.getOrDefault(id, ""))
                    .setRaftAddress("raft-" + id));
        }
        leaders.forEach((group, node) -> {
            if (!node.isEmpty()) {
                topology.addLeaders(Topology.Leader.newBuilder().setGroup(group).setNode(node));
            }
        });
        return topology.build();
    }

    /** What a node answers. */
    public synchronized Response serve(String node, Request request) {
        Response.Builder response = Response.newBuilder().setCorrelationId(request.getCorrelationId());
        switch (request.getBodyCase()) {
            case HELLO -> hello(node, request.getHello(), response);
            case GET_TOPOLOGY -> response.setTopology(topology());
            case OPEN_SESSION -> ifLeader(node, request.getOpenSession().getGroup(), response, this::open);
            case CLOSE_SESSION -> {
                sessions.remove(request.getCloseSession().getSessionId());
                response.setDone(Done.newBuilder().setChanged(1));
            }
            case ACQUIRE -> acquire(node, request.getAcquire(), response);
            case REFUND -> refund(node, request.getRefund(), response);
            case PEEK ->
                ifLeader(
                        node,
                        request.getPeek().getGroup(),
                        response,
                        r -> r.setDecision(decision(
                                request.getPeek().getNamespace(),
                                request.getPeek().getCost(),
                                false)));
            case PUT_RULES -> ifLeader(node, 0, response, r -> put(request.getPutRules(), r));
            case GET_RULES -> getRules(request.getGetRules().getNamespace(), response);
            case LIST_RULES ->
                response.setNamespaces(Rules.Namespaces.newBuilder().addAllNamespaces(namespaces.values()));
            case FENCE_RULES -> {
                Rules.Fence fence = request.getFenceRules();
                ifLeader(node, fence.getGroup(), response, r -> {
                    fences.put(fence.getGroup(), fence.getVersion());
                    r.setDone(Done.getDefaultInstance());
                });
            }
            case LIST_KEYS -> ifLeader(node, request.getListKeys().getGroup(), response, r -> keys(request, r));
            case INSPECT_KEY ->
                ifLeader(
                        node,
                        request.getInspectKey().getGroup(),
                        response,
                        r -> r.setKey(key(
                                request.getInspectKey().getGroup(),
                                request.getInspectKey().getValuesList())));
            case RESET_KEY ->
                ifLeader(
                        node,
                        request.getResetKey().getGroup(),
                        response,
                        r -> r.setDone(Done.newBuilder().setChanged(1)));
            case DESCRIBE_GROUP -> describe(node, request.getDescribeGroup().getGroup(), response);
            case TRANSFER_LEADER -> {
                Groups.TransferLeader transfer = request.getTransferLeader();
                ifLeader(node, transfer.getGroup(), response, r -> {
                    leaders.put(transfer.getGroup(), transfer.getTo());
                    r.setDone(Done.getDefaultInstance());
                });
            }
            case SUBSCRIBE -> {
                subscribers
                        .computeIfAbsent(request.getSubscribe().getNamespace(), name -> new TreeSet<>())
                        .add(node);
                response.setDone(Done.newBuilder().setChanged(1));
            }
            case RENEW_LEASES, RECALL_LEASES ->
                response.setFailure(Failures.of(Code.NOT_LEASABLE, "this model leases nothing"));
            case BODY_NOT_SET -> response.setFailure(Failures.of(Code.INVALID_ARGUMENT, "no body"));
        }
        return response.build();
    }

    private interface Answering {
        void answer(Response.Builder response);
    }

    private void ifLeader(String node, int group, Response.Builder response, Answering answering) {
        String leader = leaders.getOrDefault(group, "");
        if (leader.equals(node)) {
            answering.answer(response);
        } else {
            response.setFailure(Failures.notLeader(group, leader));
        }
    }

    private void hello(String node, Hello hello, Response.Builder response) {
        if (!hello.getClusterId().isEmpty() && !hello.getClusterId().equals(CLUSTER)) {
            response.setFailure(Failures.of(Code.INCOMPATIBLE, "this is cluster '" + CLUSTER + "'"));
        } else {
            response.setWelcome(Welcome.newBuilder()
                    .setProtocolVersion(1)
                    .setNodeId(node)
                    .setFrameBytesMax(256 * 1024)
                    .setInFlightMax(inFlightMax)
                    .setTopology(topology()));
        }
    }

    private void open(Response.Builder response) {
        long id = nextSession++;
        sessions.put(id, new HashMap<>());
        grants.put(id, new HashMap<>());
        response.setSessionOpened(Session.Opened.newBuilder().setSessionId(id).setTtlMillis(60_000));
    }

    private void acquire(String node, Acquire acquire, Response.Builder response) {
        Failure failure = routing(node, acquire.getGroup(), acquire.getEpoch(), acquire);
        Map<Long, Response> answers = sessions.get(acquire.getSessionId());
        if (failure != null) {
            response.setFailure(failure);
        } else if (answers == null) {
            response.setFailure(Failures.of(Code.UNKNOWN_SESSION, "no session " + acquire.getSessionId()));
        } else if (answers.containsKey(acquire.getSequence())) {
            response.mergeFrom(answers.get(acquire.getSequence()));
        } else if (acquire.getSequence() < bases.getOrDefault(acquire.getSessionId(), 0L)) {
            response.setFailure(Failures.of(Code.UNKNOWN_EXPIRED, "forgotten"));
        } else {
            forget(acquire.getSessionId(), answers, acquire.getAckedBelow(), acquire.getSequence());
            Descriptor descriptor = RuleMessages.descriptor(acquire.getEntriesList());
            descriptor.value(REQUEST).ifPresent(name -> executions.merge(name, 1, Integer::sum));
            Decision decision = decision(acquire.getNamespace(), acquire.getCost(), true);
            if (decision.getAllowed()) {
                grants.get(acquire.getSessionId()).put(acquire.getSequence(), acquire.getCost());
            }
            Response answer = Response.newBuilder().setDecision(decision).build();
            answers.put(acquire.getSequence(), answer);
            response.mergeFrom(answer);
        }
    }

    /** The client promised not to repeat what it acknowledged; the model holds it to that. */
    private void forget(long session, Map<Long, Response> answers, long ackedBelow, long sequence) {
        if (sequence < ackedBelow || sequence >= ackedBelow + 4096) {
            throw new IllegalStateException("sequence " + sequence + " with all below " + ackedBelow + " settled");
        }
        answers.keySet().removeIf(s -> s < ackedBelow);
        bases.merge(session, ackedBelow, Math::max);
    }

    private @Nullable Failure routing(String node, int group, long requestEpoch, Acquire acquire) {
        Rules.Namespace rules = namespaces.get(acquire.getNamespace());
        if (rules == null) {
            return Failures.of(Code.NOT_FOUND, "no namespace '" + acquire.getNamespace() + "'");
        }
        String leader = leaders.getOrDefault(group, "");
        if (!leader.equals(node)) {
            return Failures.notLeader(group, leader);
        }
        int slot = rules.getColocate().isEmpty()
                ? Slots.of(acquire.getNamespace())
                : Slots.of(
                        acquire.getNamespace(),
                        RuleMessages.descriptor(acquire.getEntriesList())
                                .value(rules.getColocate())
                                .orElse(""));
        boolean right = Slots.groupOf(slot, dataGroups).value() == group && requestEpoch == epoch;
        return right ? null : Failures.of(Code.STALE_TOPOLOGY, "the epoch is " + epoch);
    }

    private Decision decision(String namespace, long cost, boolean charge) {
        long after = used.getOrDefault(namespace, 0L) + cost;
        boolean allowed = after <= capacity;
        if (allowed && charge) {
            used.put(namespace, after);
        }
        index++;
        return Decision.newBuilder()
                .setAllowed(allowed)
                .addRules(RuleResult.newBuilder()
                        .setRule("all")
                        .setAllowed(allowed)
                        .setRemaining(Math.max(0, capacity - used.getOrDefault(namespace, 0L)))
                        .setRetryAfterMillis(allowed ? 0 : retryAfterMillis)
                        .setResetAfterMillis(1000))
                .setPosition(Position.newBuilder().setGroup(1).setIndex(index).setRulesVersion(rulesVersion))
                .build();
    }

    private void refund(String node, Refund refund, Response.Builder response) {
        String leader = leaders.getOrDefault(refund.getGroup(), "");
        Map<Long, Response> answers = sessions.get(refund.getSessionId());
        if (!leader.equals(node)) {
            response.setFailure(Failures.notLeader(refund.getGroup(), leader));
        } else if (answers == null) {
            response.setFailure(Failures.of(Code.UNKNOWN_SESSION, "no session " + refund.getSessionId()));
        } else if (answers.containsKey(refund.getSequence())) {
            response.mergeFrom(answers.get(refund.getSequence()));
        } else {
            Long granted = grants.get(refund.getSessionId()).remove(refund.getAcquireSequence());
            if (granted == null) {
                response.setFailure(Failures.of(Code.NOTHING_TO_REFUND, "no such grant"));
                return;
            }
            long count = Math.min(granted, refund.getCount());
            used.replaceAll((namespace, tokens) -> tokens - count); // tests refund in one namespace alone
            Response answer = Response.newBuilder()
                    .setRefunded(Refunded.newBuilder().setRefunded(count))
                    .build();
            answers.put(refund.getSequence(), answer);
            response.mergeFrom(answer);
        }
    }

    private void put(Rules.Put put, Response.Builder response) {
        Rules.Namespace now = namespaces.get(put.getNamespace());
        if (put.hasIfVersion() && put.getIfVersion() != (now == null ? 0 : now.getVersion())) {
            response.setFailure(Failures.of(Code.VERSION_CONFLICT, "another version"));
            return;
        }
        boolean changed = now == null
                || !now.getRulesList().equals(put.getRulesList())
                || !now.getColocate().equals(put.getColocate());
        if (changed) {
            rulesVersion++;
            now = Rules.Namespace.newBuilder()
                    .setNamespace(put.getNamespace())
                    .setVersion(rulesVersion)
                    .setColocate(put.getColocate())
                    .addAllRules(put.getRulesList())
                    .build();
            namespaces.put(put.getNamespace(), now);
        }
        response.setRulesPut(
                Rules.PutResult.newBuilder().setVersion(now.getVersion()).setChanged(changed));
    }

    private void getRules(String namespace, Response.Builder response) {
        Rules.Namespace found = namespaces.get(namespace);
        if (found == null) {
            response.setFailure(Failures.of(Code.NOT_FOUND, "there is no namespace '" + namespace + "'"));
        } else {
            response.setRules(found);
        }
    }

    /** Three keys in each group, one in a page. */
    private static void keys(Request request, Response.Builder response) {
        Keys.List list = request.getListKeys();
        int at = list.getCursor().isEmpty() ? 0 : list.getCursor().byteAt(0);
        Keys.Page.Builder page = Keys.Page.newBuilder().addKeys(key(list.getGroup(), List.of("v" + at)));
        if (at < 2) {
            page.setNextCursor(com.google.protobuf.ByteString.copyFrom(new byte[] {(byte) (at + 1)}));
        }
        response.setKeys(page);
    }

    private static Keys.Details key(int group, List<String> values) {
        return Keys.Details.newBuilder()
                .setNamespace("shop")
                .setRule("per-client")
                .addAllValues(values)
                .setGroup(group)
                .setExists(true)
                .setLimit(io.quorate.protocol.v1.Limit.newBuilder()
                        .setAlgorithm("gcra")
                        .setAmount(10)
                        .setPeriodMillis(1000))
                .build();
    }

    private void describe(String node, int group, Response.Builder response) {
        String leader = leaders.getOrDefault(group, "");
        response.setGroup(Groups.Status.newBuilder()
                .setGroup(group)
                .setNode(node)
                .setRole(leader.equals(node) ? "leader" : "follower")
                .setLeader(leader)
                .addAllMembers(nodeIds));
    }
}

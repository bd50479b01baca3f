package io.quorate.client.api;

import io.quorate.client.route.ClusterMap;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Groups;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Response.BodyCase;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Administration over the client's loop. Thread-safe; each call waits for its answer. */
final class DefaultQuorateAdmin implements QuorateAdmin {
    private static final String LEADER = "leader";

    /** How long a group's leader is waited for before any node is asked how the group stands. */
    private static final long DESCRIBE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Between two looks whether a node leads by now. */
    private static final long LOOK_MILLIS = 20;

    private final DefaultQuorateClient client;

    DefaultQuorateAdmin(DefaultQuorateClient client) {
        this.client = client;
    }

    @Override
    public AppliedVersion applyRules(RuleSet rules, OptionalLong ifVersion) {
        AppliedVersion applied = put(rules, ifVersion);
        client.loop.execute(() -> client.loop.router().forgetNamespace(rules.namespace()));
        fence(rules.namespace(), applied.version());
        return applied;
    }

    private AppliedVersion put(RuleSet rules, OptionalLong ifVersion) {
        Request request = Request.newBuilder()
                .setPutRules(RuleMessages.toPut(rules, ifVersion))
                .build();
        try {
            Rules.PutResult result = outcome(ask(new Target.Leader(0), request, BodyCase.RULES_PUT))
                    .getRulesPut();
            return new AppliedVersion(result.getVersion(), result.getChanged());
        } catch (AdminCall.Failed e) {
            Refusal refusal = e.refusal();
            if (refusal.code() == Code.VERSION_CONFLICT && refusal.maybeExecuted()) {
                // An earlier try may be what made the version another one.
                Optional<NamespaceRules> now = rules(rules.namespace());
                if (now.isPresent() && now.get().rules().equals(rules)) {
                    return new AppliedVersion(now.get().version(), true);
                }
            }
            throw Answers.exception(refusal);
        }
    }

    private void fence(String namespace, long version) {
        List<CompletableFuture<Response>> fences = new ArrayList<>();
        for (int group = 1; group <= client.map().dataGroups(); group++) {
            Request request = Request.newBuilder()
                    .setFenceRules(Rules.Fence.newBuilder().setGroup(group).setVersion(version))
                    .build();
            fences.add(ask(new Target.Leader(group), request, BodyCase.DONE));
        }
        for (int i = 0; i < fences.size(); i++) {
            try {
                outcome(fences.get(i));
            } catch (AdminCall.Failed e) {
                throw new QuorateException(
                        QuorateException.Kind.UNKNOWN,
                        "the rules of namespace '" + namespace + "' are stored as version " + version + ", but group "
                                + (i + 1) + " may still decide by older ones; apply them again: " + e.getMessage());
            }
        }
    }

    @Override
    public AppliedVersion deleteRules(String namespace, OptionalLong ifVersion) {
        return applyRules(new RuleSet(namespace, Optional.empty(), List.of()), ifVersion);
    }

    @Override
    public Optional<NamespaceRules> rules(String namespace) {
        Request request = Request.newBuilder()
                .setGetRules(Rules.Get.newBuilder().setNamespace(namespace))
                .build();
        try {
            Response answer = outcome(ask(new Target.PreferLeader(0), request, BodyCase.RULES));
            // Deleted namespaces have a version, but no rules.
            return answer.getRules().getRulesCount() == 0
                    ? Optional.empty()
                    : Optional.of(namespaceRules(answer.getRules()));
        } catch (AdminCall.Failed e) {
            if (e.refusal().code() == Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw Answers.exception(e.refusal());
        }
    }

    @Override
    public List<NamespaceRules> allRules() {
        Request request = Request.newBuilder()
                .setListRules(Rules.List.getDefaultInstance())
                .build();
        List<NamespaceRules> all = new ArrayList<>();
        for (Rules.Namespace namespace : await(ask(new Target.PreferLeader(0), request, BodyCase.NAMESPACES))
                .getNamespaces()
                .getNamespacesList()) {
            if (namespace.getRulesCount() > 0) {
                all.add(namespaceRules(namespace));
            }
        }
        return List.copyOf(all);
    }

    private static NamespaceRules namespaceRules(Rules.Namespace message) {
        return new NamespaceRules(message.getVersion(), RuleMessages.ruleSet(message), message.getAsOfMillis());
    }

    @Override
    public KeyPage keys(String namespace, Optional<String> rule, String cursor, int countMax) {
        return keys(namespace, rule, cursor, countMax, false);
    }

    @Override
    public KeyPage leasedKeys(String namespace, Optional<String> rule, String cursor, int countMax) {
        return keys(namespace, rule, cursor, countMax, true);
    }

    private KeyPage keys(String namespace, Optional<String> rule, String cursor, int countMax, boolean leasedOnly) {
        if (countMax < 1) {
            throw new IllegalArgumentException("a page must have 1 key or more, not " + countMax);
        }
        KeyCursor at = KeyCursor.parse(cursor);
        List<KeyDetails> keys = new ArrayList<>();
        int groups = client.map().dataGroups();
        while (at.group() <= groups && keys.size() < countMax) {
            Request request = Request.newBuilder()
                    .setListKeys(Keys.List.newBuilder()
                            .setGroup(at.group())
                            .setNamespace(namespace)
                            .setRule(rule.orElse(""))
                            .setCursor(at.within())
                            .setCountMax(countMax - keys.size())
                            .setLeasedOnly(leasedOnly))
                    .build();
            Keys.Page page = await(ask(new Target.Leader(at.group()), request, BodyCase.KEYS))
                    .getKeys();
            page.getKeysList().forEach(key -> keys.add(Answers.keyDetails(key)));
            at = at.after(page.getNextCursor());
        }
        return new KeyPage(List.copyOf(keys), at.group() > groups ? "" : at.text());
    }

    @Override
    public KeyDetails key(String namespace, String rule, List<String> values) {
        int group = groupOf(namespace, rule, values);
        Request request = Request.newBuilder()
                .setInspectKey(Keys.Inspect.newBuilder()
                        .setGroup(group)
                        .setNamespace(namespace)
                        .setRule(rule)
                        .addAllValues(values))
                .build();
        return Answers.keyDetails(
                await(ask(new Target.Leader(group), request, BodyCase.KEY)).getKey());
    }

    @Override
    public boolean resetKey(String namespace, String rule, List<String> values) {
        int group = groupOf(namespace, rule, values);
        Request request = Request.newBuilder()
                .setResetKey(Keys.Reset.newBuilder()
                        .setGroup(group)
                        .setNamespace(namespace)
                        .setRule(rule)
                        .addAllValues(values))
                .build();
        return await(ask(new Target.Leader(group), request, BodyCase.DONE))
                        .getDone()
                        .getChanged()
                > 0;
    }

    @Override
    public int recallLeases(String namespace, String rule, List<String> values) {
        int group = groupOf(namespace, rule, values);
        Request request = Request.newBuilder()
                .setRecallLeases(Leases.Recall.newBuilder()
                        .setGroup(group)
                        .setNamespace(namespace)
                        .setRule(rule)
                        .addAllValues(values))
                .build();
        return (int) await(ask(new Target.Leader(group), request, BodyCase.DONE))
                .getDone()
                .getChanged();
    }

    /** The group that holds a rule's counter for these values. */
    private int groupOf(String namespace, String ruleId, List<String> values) {
        RuleSet rules = rules(namespace)
                .orElseThrow(() -> new QuorateException(
                        QuorateException.Kind.NOT_FOUND, "there is no namespace '" + namespace + "'"))
                .rules();
        Rule rule = rules.rules().stream()
                .filter(r -> r.id().equals(ruleId))
                .findFirst()
                .orElseThrow(() -> new QuorateException(
                        QuorateException.Kind.NOT_FOUND, "namespace '" + namespace + "' has no rule '" + ruleId + "'"));
        List<String> counted = rule.countedNames();
        if (counted.size() != values.size()) {
            throw new QuorateException(
                    QuorateException.Kind.INVALID,
                    "rule '" + ruleId + "' counts by " + counted + ": its keys have " + counted.size() + " values, not "
                            + values.size());
        }
        int slot = rules.colocate()
                .map(name -> Slots.of(namespace, values.get(counted.indexOf(name))))
                .orElseGet(() -> Slots.of(namespace));
        return Slots.groupOf(slot, client.map().dataGroups()).value();
    }

    @Override
    public List<GroupInfo> groups() {
        int count = client.map().dataGroups() + 1;
        List<CompletableFuture<Response>> answers = new ArrayList<>();
        for (int group = 0; group < count; group++) {
            answers.add(describe(new Target.PreferLeader(group), group));
        }
        List<GroupInfo> infos = new ArrayList<>();
        for (int group = 0; group < count; group++) {
            try {
                GroupInfo info = Answers.groupInfo(outcome(answers.get(group)).getGroup());
                infos.add(info.role().equals(LEADER) ? info : byItsLeader(info));
            } catch (AdminCall.Failed e) {
                // No leader, it seems. Any node will do.
                group(group).stream().findFirst().ifPresent(infos::add);
            }
        }
        return List.copyOf(infos);
    }

    /** The group as the leader of the latest term describes it; as it was described, if none says that it leads. */
    private GroupInfo byItsLeader(GroupInfo described) {
        return group(described.group()).stream()
                .filter(info -> info.role().equals(LEADER))
                .max(Comparator.comparingLong(GroupInfo::term))
                .orElse(described);
    }

    @Override
    public List<GroupInfo> group(int group) {
        if (group < 0 || group > client.map().dataGroups()) {
            throw new QuorateException(
                    QuorateException.Kind.NOT_FOUND,
                    "there is no group " + group + "; groups are 0 to "
                            + client.map().dataGroups());
        }
        List<CompletableFuture<Response>> answers = new ArrayList<>();
        for (ClusterMap.Node node : client.map().nodes()) {
            answers.add(describe(new Target.AtNode(node.id()), group));
        }
        List<GroupInfo> infos = new ArrayList<>();
        for (CompletableFuture<Response> answer : answers) {
            Response response = unlessFailed(answer);
            if (response != null) {
                infos.add(Answers.groupInfo(response.getGroup()));
            }
        }
        return List.copyOf(infos);
    }

    private CompletableFuture<Response> describe(Target target, int group) {
        Request request = Request.newBuilder()
                .setDescribeGroup(Groups.Describe.newBuilder().setGroup(group))
                .build();
        return ask(target, request, BodyCase.GROUP, Math.min(DESCRIBE_NANOS, client.timeoutNanos));
    }

    @Override
    public void transferLeader(int group, String node, Duration timeout) {
        if (client.map().nodes().stream().noneMatch(n -> n.id().equals(node))) {
            throw new QuorateException(
                    QuorateException.Kind.NOT_FOUND,
                    "there is no node '" + node + "'; nodes are "
                            + client.map().nodes().stream()
                                    .map(ClusterMap.Node::id)
                                    .toList());
        }
        long deadlineNanos = client.now() + Math.max(0, timeout.toNanos());
        Request request = Request.newBuilder()
                .setTransferLeader(
                        Groups.TransferLeader.newBuilder().setGroup(group).setTo(node))
                .build();
        await(ask(
                new Target.Leader(group),
                request,
                BodyCase.DONE,
                Math.min(client.timeoutNanos, deadlineNanos - client.now())));
        while (!leads(node, group)) {
            if (deadlineNanos - client.now() <= 0) {
                throw new QuorateException(
                        QuorateException.Kind.UNKNOWN,
                        "node '" + node + "' was asked to lead group " + group + ", but didn't within "
                                + timeout.toMillis() + " ms");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new QuorateException(
                        QuorateException.Kind.UNKNOWN,
                        "interrupted while waiting until node '" + node + "' leads group " + group);
            }
        }
    }

    private boolean leads(String node, int group) {
        Response response = unlessFailed(topology(node));
        return response != null && leads(node, response.getTopology()).contains(group);
    }

    /** The groups that a node itself says it leads: nobody knows better. */
    private static List<Integer> leads(String node, Topology topology) {
        TreeSet<Integer> groups = new TreeSet<>();
        for (Topology.Leader leader : topology.getLeadersList()) {
            if (leader.getNode().equals(node)) {
                groups.add(leader.getGroup());
            }
        }
        return List.copyOf(groups);
    }

    @Override
    public List<NodeInfo> nodes() {
        List<ClusterMap.Node> members = client.map().nodes();
        List<CompletableFuture<Response>> answers =
                members.stream().map(node -> topology(node.id())).toList();
        List<NodeInfo> infos = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            ClusterMap.Node node = members.get(i);
            Response response = unlessFailed(answers.get(i));
            infos.add(new NodeInfo(
                    node.id(),
                    node.clientAddress(),
                    node.raftAddress(),
                    response != null,
                    response == null ? List.of() : leads(node.id(), response.getTopology())));
        }
        return List.copyOf(infos);
    }

    private CompletableFuture<Response> topology(String node) {
        Request request = Request.newBuilder()
                .setGetTopology(Topology.Get.getDefaultInstance())
                .build();
        return ask(new Target.AtNode(node), request, BodyCase.TOPOLOGY, Math.min(DESCRIBE_NANOS, client.timeoutNanos));
    }

    // ---- asking and waiting

    private CompletableFuture<Response> ask(Target target, Request request, BodyCase expected) {
        return ask(target, request, expected, client.timeoutNanos);
    }

    private CompletableFuture<Response> ask(Target target, Request request, BodyCase expected, long nanos) {
        client.forbidLoop();
        AdminCall call = new AdminCall(target, request, expected, client.now() + nanos);
        client.loop.submit(call);
        return call.answer;
    }

    private Response await(CompletableFuture<Response> answer) {
        try {
            return outcome(answer);
        } catch (AdminCall.Failed e) {
            throw Answers.exception(e.refusal());
        }
    }

    private @Nullable Response unlessFailed(CompletableFuture<Response> answer) {
        try {
            return outcome(answer);
        } catch (AdminCall.Failed e) {
            return null; // this node's view is missing, which the caller shows
        }
    }

    /** The answer; throws {@link AdminCall.Failed} if there is none. */
    private Response outcome(CompletableFuture<Response> answer) {
        Response response = Answering.uninterruptibly(answer, client.timeoutNanos);
        if (response == null) {
            throw new QuorateException(
                    QuorateException.Kind.UNKNOWN, "the client's own thread is blocked, perhaps by a callback");
        }
        return response;
    }
}

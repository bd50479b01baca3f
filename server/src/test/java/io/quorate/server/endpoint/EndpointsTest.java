package io.quorate.server.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Decision;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Groups;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Limit;
import io.quorate.protocol.v1.Peek;
import io.quorate.protocol.v1.Refund;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rule;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Session;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.Submission;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.net.FakeNode;
import io.quorate.server.net.TestClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What requests do, over groups that decide with the real machine. */
@Timeout(120)
class EndpointsTest {
    private static final String NAMESPACE = "shop";
    private static final int GROUP = FakeNode.groupOf(NAMESPACE);

    private FakeNode node;
    private TestClient client;
    private long session;
    private long sequence;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode(ServerLimits.DEFAULT);
        client = TestClient.greeted(node.address());
        session = client.openSession(GROUP);
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        node.close();
    }

    @Test
    void anAcquireIsAllowedUntilTheLimitAndThenDeniedWithEverythingToldAboutIt() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        Decision granted = decide(acquire("42").setCost(3));
        assertThat(granted.getAllowed()).isTrue();
        assertThat(granted.getRules(0).getRemaining()).isEqualTo(2);
        assertThat(granted.getPosition().getRulesVersion()).isEqualTo(1);
        Decision denied = decide(acquire("42").setCost(3));
        assertThat(denied.getAllowed()).isFalse();
        assertThat(denied.getRules(0).getRule()).isEqualTo("per-client");
        assertThat(denied.getRules(0).getAllowed()).isFalse();
        assertThat(denied.getRules(0).getRemaining()).isEqualTo(2);
        assertThat(denied.getRules(0).getRetryAfterMillis()).isPositive();
        assertThat(decide(acquire("42").setCost(6)).getRules(0).getRetryAfterMillis())
                .isEqualTo(-1);
        assertThat(decide(acquire("43")).getAllowed()).isTrue();
        assertThat(denied.getPosition().getIndex())
                .isGreaterThan(granted.getPosition().getIndex());
    }

    @Test
    void costZeroStandsForOne() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        assertThat(decide(acquire("42")).getRules(0).getRemaining()).isEqualTo(4);
    }

    @Test
    void aRepeatGetsTheFirstAnswerAndAnotherPayloadIsRefused() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        Acquire.Builder first = acquire("42");
        Decision decision = decide(first);
        assertThat(decide(first)).isEqualTo(decision);
        Response other = client.ask(TestClient.request(first.clone().setCost(2)));
        assertThat(other.getFailure().getCode()).isEqualTo(Code.PAYLOAD_MISMATCH);
        node.put(TestClient.perClient(NAMESPACE, 5).addRules(rule("all", 100, "")));
        Decision afterRulesChanged = decide(first);
        assertThat(afterRulesChanged.getPosition()).isEqualTo(decision.getPosition());
        assertThat(afterRulesChanged.getRules(0).getRule()).isEmpty();
        assertThat(afterRulesChanged.getRules(0).getRemaining()).isEqualTo(4);
    }

    @Test
    void aRepeatGetsTheFirstAnswerAlsoWhenNoRuleMatchesAnyMore() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        Acquire.Builder granted = acquire("42").setCost(4);
        Decision grant = decide(granted);
        Acquire.Builder denied = acquire("42").setCost(4);
        Decision denial = decide(denied);
        assertThat(denial.getAllowed()).isFalse();
        Rules.Put.Builder others = TestClient.perClient(NAMESPACE, 5);
        others.getRulesBuilder(0).getMatchBuilder(0).setPattern("another");
        for (Rules.Put.Builder rules : List.of(others, Rules.Put.newBuilder().setNamespace(NAMESPACE))) {
            node.put(rules);
            assertThat(nameless(decide(granted))).isEqualTo(nameless(grant));
            assertThat(nameless(decide(denied))).isEqualTo(nameless(denial));
            Response mismatch = client.ask(TestClient.request(denied.clone().setCost(1)));
            assertThat(mismatch.getFailure().getCode()).isEqualTo(Code.PAYLOAD_MISMATCH);
        }
    }

    /** What a repeat gets: without the names of rules that aren't those that match now. */
    private static Decision nameless(Decision decision) {
        Decision.Builder without = decision.toBuilder();
        without.getRulesBuilderList().forEach(rule -> rule.clearRule().clearShadow());
        return without.build();
    }

    @Test
    void whatNoRuleMatchesIsNotAllowedToASessionThatCouldHaveBeenDenied() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        decide(acquire("42").setAckedBelow(1));
        Acquire.Builder forgotten = acquire("42").setSequence(1).clearEntries();
        decide(acquire("42").setAckedBelow(sequence));
        assertThat(client.ask(TestClient.request(forgotten)).getFailure().getCode())
                .isEqualTo(Code.UNKNOWN_EXPIRED);
        Acquire.Builder elsewhere = acquire("42").setSessionId(session + 1).clearEntries();
        assertThat(client.ask(TestClient.request(elsewhere)).getFailure().getCode())
                .isEqualTo(Code.UNKNOWN_SESSION);
        assertThat(decide(acquire("42").clearEntries()).getAllowed()).isTrue();
        node.group(GROUP).advance(60_001);
        assertThat(client.ask(TestClient.request(acquire("42").clearEntries()))
                        .getFailure()
                        .getCode())
                .isEqualTo(Code.UNKNOWN_SESSION);
    }

    @Test
    void anErrorAtAnyMatchIsAnsweredOnceAndLeavesTheConnectionInOrder() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        node.group(GROUP).broken(true);
        Response first = client.ask(TestClient.request(acquire("42")));
        assertThat(first.getFailure().getCode()).isEqualTo(Code.UNKNOWN);
        node.group(GROUP).broken(false);
        node.group(GROUP).hold();
        long id = client.send(TestClient.request(acquire("42")));
        await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 1);
        try (TestClient other = TestClient.greeted(node.address())) {
            other.ask(Request.newBuilder().setPutRules(TestClient.perClient(NAMESPACE, 9)));
        }
        await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 2);
        node.group(GROUP).lastFirst();
        node.group(GROUP).broken(true);
        node.group(GROUP).release();
        Response second = client.read();
        assertThat(second.getCorrelationId()).isEqualTo(id);
        assertThat(second.getFailure().getCode()).isEqualTo(Code.UNKNOWN);
        node.group(GROUP).broken(false);
        assertThat(decide(acquire("42")).getRules(0).getRemaining()).isEqualTo(8);
        assertThat(node.metrics().inFlight().get()).isZero();
    }

    @Test
    void shadowRulesReportButNeverDeny() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5).addRules(rule("tight", 1, "shadow")));
        assertThat(decide(acquire("42")).getAllowed()).isTrue();
        Decision second = decide(acquire("42"));
        assertThat(second.getAllowed()).isTrue();
        assertThat(second.getRules(1).getRule()).isEqualTo("tight");
        assertThat(second.getRules(1).getShadow()).isTrue();
        assertThat(second.getRules(1).getAllowed()).isFalse();
    }

    @Test
    void whatNoRuleMatchesIsAllowedWithoutAnEntryAfterAskingTheGroup() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        int entries = node.group(GROUP).entrySizes().size();
        int reads = node.group(GROUP).reads();
        Acquire.Builder other = acquire("42").clearEntries();
        Decision decision = decide(other);
        assertThat(decision.getAllowed()).isTrue();
        assertThat(decision.getRulesList()).isEmpty();
        assertThat(decision.hasPosition()).isFalse();
        assertThat(node.group(GROUP).entrySizes()).hasSize(entries);
        assertThat(node.group(GROUP).reads()).isEqualTo(reads + 1);
        node.group(GROUP).leaderIs(Optional.of(new NodeId("n2")));
        assertThat(client.ask(TestClient.request(other)).getFailure().getCode()).isEqualTo(Code.NOT_LEADER);
    }

    @Test
    void aNodeThatLacksTheRulesItsGroupDemandsSaysSoInsteadOfDeciding() throws Exception {
        node.put(TestClient.perClient(NAMESPACE, 5));
        fenceBehindTheCatalog(99);
        String neighbour = IntStream.range(0, 1000)
                .mapToObj(i -> "unknown-" + i)
                .filter(name -> FakeNode.groupOf(name) == GROUP)
                .findFirst()
                .orElseThrow();
        for (Request.Builder request : List.of(
                TestClient.request(acquire("42")),
                TestClient.request(acquire("42").clearEntries()),
                TestClient.request(acquire("42").setNamespace(neighbour)),
                Request.newBuilder().setPeek(peek("42")))) {
            Response response = client.ask(request);
            assertThat(response.getFailure().getCode()).as(response.toString()).isEqualTo(Code.STALE_RULES);
            assertThat(response.getFailure().getMessage()).contains("demands version 99");
            assertThat(response.getFailure().getRetryAfterMillis()).isPositive();
        }
    }

    /** Puts a fence into the group that this node's rules haven't reached. */
    private void fenceBehindTheCatalog(long version) throws Exception {
        CompletableFuture<Outcome> done = new CompletableFuture<>();
        node.group(GROUP)
                .submit(new Submission(
                        new Command.FenceRules(version), Submission.ANY_RULES, List.of(), new Completion() {
                            @Override
                            public void applied(Applied applied) {
                                done.complete(applied.outcome());
                            }

                            @Override
                            public void failed(Failure failure) {
                                done.completeExceptionally(new AssertionError(failure.toString()));
                            }
                        }));
        node.group(GROUP).flush();
        assertThat(done.get()).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void anAcquireThatCrossesAChangeOfRulesIsMatchedAgain() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        node.group(GROUP).hold();
        long id = client.send(TestClient.request(acquire("42")));
        await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 1);
        try (TestClient other = TestClient.greeted(node.address())) {
            other.ask(Request.newBuilder().setPutRules(TestClient.perClient(NAMESPACE, 9)));
        }
        // The node fences its groups by itself; the fence stands behind the acquire, so move it before.
        await().atMost(FakeNode.PATIENCE).until(() -> node.group(GROUP).waiting() == 2);
        node.group(GROUP).lastFirst();
        node.group(GROUP).release();
        Response response = client.read();
        assertThat(response.getCorrelationId()).isEqualTo(id);
        assertThat(response.getDecision().getRules(0).getRemaining()).isEqualTo(8);
        assertThat(response.getDecision().getPosition().getRulesVersion()).isEqualTo(2);
    }

    @Test
    void groupsAreFencedWithoutTheClientThatPutTheRules() throws IOException {
        Response put = client.ask(Request.newBuilder().setPutRules(TestClient.perClient(NAMESPACE, 5)));
        assertThat(put.getRulesPut().getVersion()).isEqualTo(1);
        assertThat(put.getRulesPut().getChanged()).isTrue();
        for (int group = 1; group <= FakeNode.DATA_GROUPS; group++) {
            int id = group;
            await().atMost(FakeNode.PATIENCE)
                    .until(() -> node.group(id).status().rulesVersion() == 1);
        }
    }

    @Test
    void everyFailureOfAGroupHasItsCode() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        node.group(GROUP).failWith(new Failure.Overloaded("queued-commands-max", 7));
        Response overloaded = client.ask(TestClient.request(acquire("42")));
        assertThat(overloaded.getFailure().getCode()).isEqualTo(Code.OVERLOADED);
        assertThat(overloaded.getFailure().getMessage()).contains("queued-commands-max");
        assertThat(overloaded.getFailure().getRetryAfterMillis()).isEqualTo(7);
        node.group(GROUP).failWith(new Failure.NotReady("starting", 9));
        assertThat(client.ask(TestClient.request(acquire("42"))).getFailure().getCode())
                .isEqualTo(Code.UNAVAILABLE);
        node.group(GROUP).failWith(new Failure.Unknown("the leader changed"));
        assertThat(client.ask(TestClient.request(acquire("42"))).getFailure().getCode())
                .isEqualTo(Code.UNKNOWN);
        node.group(GROUP).failWith(null);
        node.group(GROUP).leaderIs(Optional.of(new NodeId("n2")));
        Response moved = client.ask(TestClient.request(acquire("42")));
        assertThat(moved.getFailure().getCode()).isEqualTo(Code.NOT_LEADER);
        assertThat(moved.getFailure().getLeader()).isEqualTo("n2");
        node.group(GROUP).leaderIs(Optional.empty());
        assertThat(client.ask(TestClient.request(acquire("42"))).getFailure().getLeader())
                .isEmpty();
    }

    @Test
    void aPeekChargesNothing() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        decide(acquire("42").setCost(2));
        for (int i = 0; i < 2; i++) {
            Decision decision = client.ask(
                            Request.newBuilder().setPeek(peek("42").setCost(2)))
                    .getDecision();
            assertThat(decision.getAllowed()).isTrue();
            assertThat(decision.getRules(0).getRemaining()).isEqualTo(1);
        }
        assertThat(client.ask(Request.newBuilder().setPeek(peek("42").setCost(4)))
                        .getDecision()
                        .getAllowed())
                .isFalse();
    }

    @Test
    void aRefundGivesBackAndKeepsItsAnswer() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        Acquire.Builder granted = acquire("42").setCost(5);
        decide(granted);
        Request.Builder refund = Request.newBuilder()
                .setRefund(Refund.newBuilder()
                        .setGroup(GROUP)
                        .setEpoch(1)
                        .setSessionId(session)
                        .setSequence(++sequence)
                        .setAcquireSequence(granted.getSequence())
                        .setCount(3));
        Response refunded = client.ask(refund);
        assertThat(refunded.getRefunded().getRefunded()).isEqualTo(3);
        assertThat(client.ask(refund).getRefunded()).isEqualTo(refunded.getRefunded());
        assertThat(decide(acquire("42").setCost(3)).getAllowed()).isTrue();
        refund.getRefundBuilder().setSequence(++sequence).setSessionId(session + 1);
        assertThat(client.ask(refund).getFailure().getCode()).isEqualTo(Code.UNKNOWN_SESSION);
        refund.getRefundBuilder().setSequence(++sequence).setSessionId(session).setAcquireSequence(2);
        assertThat(client.ask(refund).getFailure().getCode()).isEqualTo(Code.NOTHING_TO_REFUND);
    }

    @Test
    void aClosedSessionIsUnknown() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        Response closed = client.ask(Request.newBuilder()
                .setCloseSession(Session.Close.newBuilder().setGroup(GROUP).setSessionId(session)));
        assertThat(closed.hasDone()).isTrue();
        assertThat(client.ask(TestClient.request(acquire("42"))).getFailure().getCode())
                .isEqualTo(Code.UNKNOWN_SESSION);
    }

    @Test
    void rulesArePutToldListedAndDeleted() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        Request.Builder get =
                Request.newBuilder().setGetRules(Rules.Get.newBuilder().setNamespace(NAMESPACE));
        Rules.Namespace told = client.ask(get).getRules();
        assertThat(told.getVersion()).isEqualTo(1);
        assertThat(told.getRules(0).getMatch(0).getPattern()).isEqualTo("*");
        Response conflict = client.ask(Request.newBuilder()
                .setPutRules(TestClient.perClient(NAMESPACE, 6).setIfVersion(0)));
        assertThat(conflict.getFailure().getCode()).isEqualTo(Code.VERSION_CONFLICT);
        node.put(TestClient.perClient("another", 6).setIfVersion(0));
        Rules.Namespaces all = client.ask(Request.newBuilder().setListRules(Rules.List.getDefaultInstance()))
                .getNamespaces();
        assertThat(all.getNamespacesList().stream()
                        .map(Rules.Namespace::getNamespace)
                        .toList())
                .containsExactly("another", NAMESPACE);
        node.put(Rules.Put.newBuilder().setNamespace(NAMESPACE));
        assertThat(client.ask(get).getFailure().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(client.ask(TestClient.request(acquire("42"))).getFailure().getCode())
                .isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void rulesAreTakenByMetasLeaderAlone() throws IOException {
        node.group(0).leaderIs(Optional.of(new NodeId("n2")));
        Response put = client.ask(Request.newBuilder().setPutRules(TestClient.perClient(NAMESPACE, 5)));
        assertThat(put.getFailure().getCode()).isEqualTo(Code.NOT_LEADER);
        assertThat(put.getFailure().getLeader()).isEqualTo("n2");
    }

    @Test
    void aFenceForRulesThatThisNodeNeverGetsIsRefusedInTheEnd() throws IOException {
        node.close();
        client.close();
        node = new FakeNode(limitsWithFenceMillis(200));
        client = TestClient.greeted(node.address());
        Response fenced = client.ask(Request.newBuilder()
                .setFenceRules(Rules.Fence.newBuilder().setGroup(1).setVersion(1L << 60)));
        assertThat(fenced.getFailure().getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(fenced.getFailure().getMessage()).contains("has rules of version 0 and waited 200 ms");
        assertThat(node.group(1).status().rulesVersion()).isZero();
    }

    private static ServerLimits limitsWithFenceMillis(int millis) {
        ServerLimits d = ServerLimits.DEFAULT;
        return new ServerLimits(
                d.frameBytesMax(),
                d.helloBytesMax(),
                d.handshakeMillisMax(),
                d.frameMillisMax(),
                d.idleMillisMax(),
                d.connectionsMax(),
                d.inFlightPerConnectionMax(),
                d.inFlightMax(),
                d.writeBufferLowBytes(),
                d.writeBufferHighBytes(),
                millis,
                d.pageKeysMax(),
                d.adminQueueMax(),
                d.shutdownMillisMax(),
                d.ioThreads());
    }

    @Test
    void keysAreListedPageByPageOfOneRuleOrAll() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5).addRules(rule("all", 1000, "")));
        for (int i = 0; i < 25; i++) {
            decide(acquire("c" + i));
        }
        assertThat(listed("", 10)).hasSize(26);
        assertThat(listed("per-client", 7))
                .hasSize(25)
                .doesNotHaveDuplicates()
                .allMatch(key -> key.getRule().equals("per-client")
                        && key.getUsed() == 1
                        && key.getRemaining() == 4
                        && key.getExists()
                        && key.getGroup() == GROUP);
        assertThat(listed("all", 1)).hasSize(1).allMatch(key -> key.getUsed() == 25);
        assertThat(listed("none", 5)).isEmpty();
        node.group(GROUP).leaderIs(Optional.empty());
        Response elsewhere = client.ask(Request.newBuilder()
                .setListKeys(Keys.List.newBuilder().setGroup(GROUP).setNamespace(NAMESPACE)));
        assertThat(elsewhere.getFailure().getCode()).isEqualTo(Code.NOT_LEADER);
    }

    private List<Keys.Details> listed(String rule, int countMax) throws IOException {
        List<Keys.Details> all = new ArrayList<>();
        Keys.List.Builder list = Keys.List.newBuilder()
                .setGroup(GROUP)
                .setNamespace(NAMESPACE)
                .setRule(rule)
                .setCountMax(countMax);
        do {
            Response response = client.ask(Request.newBuilder().setListKeys(list));
            assertThat(response.hasKeys()).as(response.toString()).isTrue();
            assertThat(response.getKeys().getKeysCount()).isLessThanOrEqualTo(countMax);
            all.addAll(response.getKeys().getKeysList());
            list.setCursor(response.getKeys().getNextCursor());
        } while (!list.getCursor().isEmpty());
        return all;
    }

    @Test
    void aKeyIsInspectedUnderItsRulesLimitAndReset() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5));
        decide(acquire("42").setCost(4));
        Request.Builder inspect = Request.newBuilder()
                .setInspectKey(Keys.Inspect.newBuilder()
                        .setGroup(GROUP)
                        .setNamespace(NAMESPACE)
                        .setRule("per-client")
                        .addValues("42"));
        Keys.Details key = client.ask(inspect).getKey();
        assertThat(key.getExists()).isTrue();
        assertThat(key.getUsed()).isEqualTo(4);
        assertThat(key.getRemaining()).isEqualTo(1);
        assertThat(key.getLimit().getAmount()).isEqualTo(5);
        assertThat(key.getState()).startsWith("window ");
        node.put(TestClient.perClient(NAMESPACE, 3));
        Keys.Details cut = client.ask(inspect).getKey();
        assertThat(cut.getUsed()).isGreaterThanOrEqualTo(3);
        assertThat(cut.getRemaining()).isZero();
        assertThat(cut.getLimit().getAmount()).isEqualTo(3);
        Request.Builder reset = Request.newBuilder()
                .setResetKey(Keys.Reset.newBuilder()
                        .setGroup(GROUP)
                        .setNamespace(NAMESPACE)
                        .setRule("per-client")
                        .addValues("42"));
        assertThat(client.ask(reset).getDone().getChanged()).isEqualTo(1);
        assertThat(client.ask(reset).getDone().getChanged()).isZero();
        Keys.Details fresh = client.ask(inspect).getKey();
        assertThat(fresh.getExists()).isFalse();
        assertThat(fresh.getRemaining()).isEqualTo(3);
        assertThat(fresh.getState()).isEqualTo("fresh");
    }

    @Test
    void groupsAreDescribedByAnyNodeAndHandedOverByTheirLeader() throws IOException {
        Request.Builder describe = Request.newBuilder()
                .setDescribeGroup(Groups.Describe.newBuilder().setGroup(GROUP));
        Groups.Status status = client.ask(describe).getGroup();
        assertThat(status.getNode()).isEqualTo("n1");
        assertThat(status.getRole()).isEqualTo("leader");
        assertThat(status.getSessions()).isEqualTo(1);
        assertThat(status.getMembersList()).containsExactly("n1", "n2");
        Request.Builder transfer = Request.newBuilder()
                .setTransferLeader(
                        Groups.TransferLeader.newBuilder().setGroup(GROUP).setTo("n2"));
        assertThat(client.ask(transfer).hasDone()).isTrue();
        assertThat(client.ask(transfer).getFailure().getCode()).isEqualTo(Code.NOT_LEADER);
        assertThat(client.ask(describe).getGroup().getLeader()).isEqualTo("n2");
    }

    @Test
    void aColocatedNamespaceIsSpreadByItsEntry() throws IOException {
        node.put(TestClient.perClient(NAMESPACE, 5).setColocate("client"));
        int[] groups = IntStream.range(0, 50)
                .map(i -> {
                    try {
                        Response response =
                                client.ask(TestClient.request(acquire("c" + i).setSequence(++sequence)));
                        return response.hasDecision() ? GROUP : 3 - GROUP;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .distinct()
                .toArray();
        assertThat(groups).as("decided here and sent elsewhere").hasSize(2);
        Response without = client.ask(TestClient.request(acquire("42").clearEntries()));
        assertThat(without.getFailure().getMessage()).contains("the request lacks entry 'client'");
    }

    @Test
    void moreRulesThanACommandMayChargeAreRefused() throws IOException {
        Rules.Put.Builder many = Rules.Put.newBuilder().setNamespace(NAMESPACE);
        for (int i = 0; i <= Command.CHARGES_MAX; i++) {
            many.addRules(rule("r" + i, 10, ""));
        }
        node.put(many);
        Response response = client.ask(TestClient.request(acquire("42")));
        assertThat(response.getFailure().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(response.getFailure().getMessage()).isEqualTo("129 rules match this request; at most 128 may");
    }

    private static Rule rule(String id, long amount, String mode) {
        return Rule.newBuilder()
                .setId(id)
                .setMode(mode)
                .setLimit(Limit.newBuilder()
                        .setAlgorithm("fixed-window")
                        .setAmount(amount)
                        .setPeriodMillis(3_600_000))
                .build();
    }

    private Acquire.Builder acquire(String clientValue) {
        return TestClient.acquire(GROUP, session, ++sequence, NAMESPACE, clientValue);
    }

    private static Peek.Builder peek(String clientValue) {
        return Peek.newBuilder()
                .setGroup(GROUP)
                .setEpoch(1)
                .setNamespace(NAMESPACE)
                .addEntries(Entry.newBuilder().setName("client").setValue(clientValue));
    }

    private Decision decide(Acquire.Builder acquire) throws IOException {
        Response response = client.ask(TestClient.request(acquire));
        assertThat(response.hasDecision()).as(response.toString()).isTrue();
        return response.getDecision();
    }
}

package io.quorate.server.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.LeaseTerms;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Rules;
import io.quorate.protocol.v1.Subscribe;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.metrics.MetricsPage;
import io.quorate.server.net.FakeNode;
import io.quorate.server.net.TestClient;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Renewals, recalls and pushes, over groups that decide with the real machine. */
@Timeout(120)
class LeaseEndpointsTest {
    private static final String NAMESPACE = "shop";
    private static final int GROUP = FakeNode.groupOf(NAMESPACE);

    private FakeNode node;
    private TestClient client;
    private long session;

    @BeforeEach
    void start() throws IOException {
        node = new FakeNode(ServerLimits.DEFAULT);
        client = TestClient.greeted(node.address());
        session = client.openSession(GROUP);
        node.put(TestClient.perClient(NAMESPACE, 100));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        node.close();
    }

    private Leases.Renewal.Builder renewal(String value, long sequence) {
        return Leases.Renewal.newBuilder()
                .setRule("per-client")
                .addValues(value)
                .setLeaseId(1)
                .setSequence(sequence)
                .setMilliRate(100_000);
    }

    private Leases.Renew.Builder frame(Leases.Renewal.Builder... renewals) {
        Leases.Renew.Builder frame = Leases.Renew.newBuilder()
                .setGroup(GROUP)
                .setEpoch(1)
                .setSessionId(session)
                .setNamespace(NAMESPACE)
                .setRulesVersion(1);
        for (Leases.Renewal.Builder each : renewals) {
            frame.addRenewals(each);
        }
        return frame;
    }

    private Response ask(Leases.Renew.Builder frame) throws IOException {
        return client.ask(Request.newBuilder().setRenewLeases(frame));
    }

    private List<Leases.Result> renew(Leases.Renew.Builder frame) throws IOException {
        Response response = ask(frame);
        assertThat(response.hasLeasesRenewed()).as("%s", response).isTrue();
        return response.getLeasesRenewed().getResultsList();
    }

    private Keys.Details inspect(String value) throws IOException {
        return client.ask(Request.newBuilder()
                        .setInspectKey(Keys.Inspect.newBuilder()
                                .setGroup(GROUP)
                                .setNamespace(NAMESPACE)
                                .setRule("per-client")
                                .addValues(value)))
                .getKey();
    }

    @Test
    void tokensAreLeasedReportedReturnedAndShown() throws IOException {
        Leases.Result opened =
                renew(frame(renewal("42", 1).setNeed(3).setWant(20))).get(0);
        assertThat(opened.getGranted()).isEqualTo(23);
        assertThat(opened.getConsumed()).isEqualTo(3);
        assertThat(opened.getValidMillis()).isPositive();
        assertThat(opened.getOutstanding()).isEqualTo(20);
        Keys.Details details = inspect("42");
        assertThat(details.getOutstanding()).isEqualTo(20);
        assertThat(details.getRemaining()).isEqualTo(77);
        assertThat(details.getLeases(0).getClientName()).isEqualTo("test");
        assertThat(details.getLeases(0).getOutstanding()).isEqualTo(20);
        assertThat(details.getLeases(0).getMilliRate()).isEqualTo(100_000);
        assertThat(details.getLeases(0).getGranted()).isEqualTo(23);
        assertThat(details.getLeases(0).getSpent()).isEqualTo(3);
        assertThat(details.getLeases(0).getLastGranted()).isEqualTo(23);
        assertThat(details.getLeases(0).getLastValidMillis()).isEqualTo(opened.getValidMillis());
        assertThat(details.getLeases(0).getExpiresInMillis()).isBetween(1L, opened.getValidMillis() + 1);
        assertThat(details.getHorizonMillis()).isEqualTo(opened.getHorizonMillis());

        Leases.Result reported =
                renew(frame(renewal("42", 2).setSpent(12 + 3).setReturned(5))).get(0);
        assertThat(reported.getOutstanding()).isEqualTo(20 - 15 - 5 + 3);
        assertThat(inspect("42").getLeases(0).getReturned()).isEqualTo(5);
    }

    @Test
    void aRepeatGetsTheFirstAnswerAndAnEarlierSequenceIsStale() throws IOException {
        Leases.Renew.Builder first = frame(renewal("42", 1).setWant(20));
        Leases.Result opened = renew(first).get(0);
        Leases.Result again = renew(first).get(0);
        assertThat(again.getGranted()).isEqualTo(opened.getGranted());
        assertThat(again.getOutstanding()).isEqualTo(20);
        renew(frame(renewal("42", 2).setWant(0)));
        assertThat(renew(first).get(0).getFailure().getCode()).isEqualTo(Code.LEASE_STALE);
        assertThat(renew(frame(renewal("43", 2))).get(0).getFailure().getCode()).isEqualTo(Code.LEASE_UNKNOWN);
    }

    @Test
    void whatIsWrongWithOneRenewalDoesNotHurtTheOthers() throws IOException {
        List<Leases.Result> results = renew(frame(
                renewal("1", 1).setWant(5),
                renewal("2", 0).setWant(5),
                renewal("3", 1).setWant(-1),
                renewal("4", 1).addValues("more").setWant(5),
                renewal("5", 1).setLeaseId(2).setWant(5)));
        assertThat(results.get(0).getGranted()).isEqualTo(5);
        assertThat(results.get(1).getFailure().getMessage()).contains("sequence must be 1 to");
        assertThat(results.get(2).getFailure().getMessage()).contains("want must be 0 to");
        assertThat(results.get(3).getFailure().getMessage()).contains("counts by 1 values, not 2");
        assertThat(results.get(4).getGranted()).isEqualTo(5);
    }

    @Test
    void aFrameThatIsWrongAsAWholeIsRefused() throws IOException {
        assertThat(ask(frame()).getFailure().getMessage()).contains("1 to 512 renewals, not 0");
        assertThat(ask(frame(renewal("1", 1)).setSessionId(0)).getFailure().getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(ask(frame(renewal("1", 1)).setSessionId(999)).getFailure().getCode())
                .isEqualTo(Code.UNKNOWN_SESSION);
        assertThat(ask(frame(renewal("1", 1)).setEpoch(9)).getFailure().getCode())
                .isEqualTo(Code.STALE_TOPOLOGY);
        assertThat(ask(frame(renewal("1", 1)).setGroup(77)).getFailure().getCode())
                .isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void olderRulesGrantNothingButTheirReportCounts() throws IOException {
        renew(frame(renewal("42", 1).setWant(20)));
        node.put(TestClient.perClient(NAMESPACE, 90));
        Leases.Result stale = renew(
                        frame(renewal("42", 2).setSpent(4).setReturned(16).setWant(20)))
                .get(0);
        assertThat(stale.getStaleRules()).isTrue();
        assertThat(stale.getGranted()).isZero();
        assertThat(stale.getOutstanding()).isZero();
        assertThat(inspect("42").getUsed()).isEqualTo(4);
        Leases.Result current = renew(
                        frame(renewal("42", 3).setSpent(4).setReturned(16).setWant(20))
                                .setRulesVersion(2))
                .get(0);
        assertThat(current.getGranted()).isEqualTo(20);
    }

    @Test
    void outcomesAndDenialsAreCountedByCause() throws IOException {
        renew(frame(renewal("42", 1).setNeed(90)));
        renew(frame(renewal("42", 2).setSpent(90).setNeed(30).setDenied(40)));
        renew(frame(renewal("42", 3).setSpent(100).setNeed(5)));
        renew(frame(renewal("42", 4).setSpent(100)));
        renew(frame(renewal("42", 2)));
        renew(frame(renewal("43", 2)));
        renew(frame(renewal("44", 1).setWant(-1)));
        node.put(TestClient.perClient(NAMESPACE, 90));
        renew(frame(renewal("42", 5).setSpent(100).setWant(20)));
        long other = client.openSession(GROUP);
        client.ask(TestClient.request(TestClient.acquire(GROUP, other, 1, NAMESPACE, "42")));
        client.ask(TestClient.request(
                TestClient.acquire(GROUP, other, 2, NAMESPACE, "45").setCost(91)));
        try (MetricsPage page = new MetricsPage(node.metrics(), () -> 2, List.of(), id -> {
            throw new IllegalArgumentException("there is no group");
        })) {
            assertThat(page.scrape().lines())
                    .contains(
                            "quorate_lease_renewals_total{outcome=\"granted\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"partly\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"nothing\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"report\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"late\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"ended\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"refused\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"stale_rules\"} 1.0",
                            "quorate_lease_renewals_total{outcome=\"not_leasable\"} 0.0",
                            "quorate_lease_denied_tokens_total{cause=\"client\"} 40.0",
                            "quorate_lease_denied_tokens_total{cause=\"policy\"} 25.0",
                            "quorate_lease_denied_tokens_total{cause=\"limit\"} 0.0",
                            "quorate_denials_total{algorithm=\"fixed-window\",cause=\"limit\"} 1.0",
                            "quorate_denials_total{algorithm=\"fixed-window\",cause=\"cost\"} 1.0");
        }
    }

    @Test
    void aRuleThatForbidsLeasesAndOneThatCannotHaveThemAreNotLeased() throws IOException {
        Rules.Put.Builder off = TestClient.perClient(NAMESPACE, 100);
        off.getRulesBuilder(0).setLease(LeaseTerms.newBuilder().setOff(true));
        node.put(off);
        Leases.Result refused =
                renew(frame(renewal("42", 1).setWant(20)).setRulesVersion(2)).get(0);
        assertThat(refused.getFailure().getCode()).isEqualTo(Code.NOT_LEASABLE);
        assertThat(refused.getFailure().getMessage()).contains("forbids leases");
        Rules.Put.Builder permits = TestClient.perClient(NAMESPACE, 100);
        permits.getRulesBuilder(0).getLimitBuilder().setAlgorithm("concurrency");
        node.put(permits);
        assertThat(renew(frame(renewal("42", 1).setWant(20)).setRulesVersion(3))
                        .get(0)
                        .getFailure()
                        .getMessage())
                .contains("concurrency can't be leased");
    }

    @Test
    void subscribersArePushedChangesAndRecallsAndOthersAreNot() throws IOException {
        try (TestClient subscriber = TestClient.greeted(node.address())) {
            assertThat(subscriber
                            .ask(Request.newBuilder()
                                    .setSubscribe(Subscribe.newBuilder().setNamespace(NAMESPACE)))
                            .hasDone())
                    .isTrue();
            node.put(TestClient.perClient(NAMESPACE, 90));
            Response push = subscriber.read();
            assertThat(push.getCorrelationId()).isZero();
            assertThat(push.getPush().getRulesChanged().getVersion()).isEqualTo(2);
            Response told = client.ask(Request.newBuilder()
                    .setRecallLeases(Leases.Recall.newBuilder()
                            .setGroup(GROUP)
                            .setNamespace(NAMESPACE)
                            .setRule("per-client")
                            .addValues("42")));
            assertThat(told.getDone().getChanged()).isEqualTo(1);
            Response recall = subscriber.read();
            assertThat(recall.getPush().getRecalled().getValuesList()).containsExactly("42");
        }
        Leases.Result recalled = renew(
                        frame(renewal("42", 1).setNeed(2).setWant(20)).setRulesVersion(2))
                .get(0);
        assertThat(recalled.getRecalled()).isTrue();
        assertThat(recalled.getGranted()).isEqualTo(2);
        assertThat(client.ask(Request.newBuilder()
                                .setSubscribe(Subscribe.newBuilder().setNamespace("")))
                        .getFailure()
                        .getCode())
                .isEqualTo(Code.INVALID_ARGUMENT);
    }
}

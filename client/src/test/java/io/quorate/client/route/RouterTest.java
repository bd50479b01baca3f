package io.quorate.client.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.Fault;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Single decisions of the router, over the simulated network. */
class RouterTest {
    private static final long MILLI = SimulatedNetwork.MILLI;

    private final ClusterModel model = new ClusterModel(1);
    private final SimulatedNetwork network = new SimulatedNetwork(model, new Random(1));
    private final List<Request> sent = new ArrayList<>();

    RouterTest() {
        network.addNode("n1");
        network.addNode("n2");
        network.addNode("n3");
        model.addNamespace("shop", "");
        model.leadAll("n1");
        network.faults = fault(request -> false, Fault.NONE);
    }

    private java.util.function.Function<Request, Fault> fault(Predicate<Request> which, Fault fault) {
        return request -> {
            sent.add(request);
            return which.test(request) ? fault : Fault.NONE;
        };
    }

    /** The first acquires have a fault, as many as {@code count}. */
    private void firstAcquires(int count, Fault fault) {
        network.faults = fault(request -> request.hasAcquire() && acquires().size() <= count, fault);
    }

    private void start(int inFlightMax) {
        network.router = new Router(
                RouterSettings.of(List.of("n1:1"), "", "", inFlightMax, 5_000 * MILLI),
                network,
                network,
                network,
                new Random(2));
        network.router.start(() -> {});
        network.run(200 * MILLI);
    }

    private RecordedCall submit(String name) {
        RecordedCall call = new RecordedCall("shop", name, network, network.nanoTime() + 5_000 * MILLI);
        network.router.submit(call);
        network.router.flush();
        return call;
    }

    private List<Acquire> acquires() {
        return sent.stream()
                .filter(Request::hasAcquire)
                .map(Request::getAcquire)
                .toList();
    }

    private long count(Predicate<Request> which) {
        return sent.stream().filter(which).count();
    }

    @Test
    void asksOnceForRoutingAndSessionHoweverManyWait() {
        start(1000);
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(submit("r" + i));
        }
        network.run(1_000 * MILLI);
        assertThat(calls).allMatch(RecordedCall::isAnswered);
        assertThat(count(Request::hasGetRules)).isEqualTo(1);
        assertThat(count(Request::hasOpenSession)).isEqualTo(1);
        assertThat(acquires()).hasSize(100);
    }

    @Test
    void followsAHintAndAsksTheNewLeaderFromThenOn() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        model.leadAll("n3");
        RecordedCall moved = submit("moved");
        network.run(9 * MILLI);
        assertThat(moved.isAnswered()).as("without a pause").isTrue();
        sent.clear();
        RecordedCall after = submit("after");
        network.run(500 * MILLI);
        assertThat(after.isAnswered()).isTrue();
        assertThat(acquires()).hasSize(1);
    }

    @Test
    void triesAClaimedLeaderWithOneCallAlone() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        model.leadAll("");
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(submit("r" + i));
        }
        network.run(800 * MILLI);
        long whileNobodyLed = acquires().size();
        // All that were on their way went to the old leader once; then scouts went alone.
        assertThat(whileNobodyLed).isLessThan(2 * 200 + 10);
        model.leadAll("n2");
        network.run(1_000 * MILLI);
        assertThat(calls).allMatch(RecordedCall::isAnswered);
        assertThat(acquires().size() - whileNobodyLed).isLessThan(200 + 20);
    }

    @Test
    void repeatsUnderTheSameIdAndGetsTheFirstAnswer() {
        start(1000);
        firstAcquires(3, Fault.CLOSE_AFTER);
        RecordedCall call = submit("r");
        network.run(4_000 * MILLI);
        assertThat(call.isAnswered()).isTrue();
        assertThat(model.executions("r")).isEqualTo(1);
        assertThat(acquires()).hasSize(4);
        assertThat(acquires().stream().map(Acquire::getSequence).distinct()).hasSize(1);
        assertThat(acquires().stream().map(Acquire::getSessionId).distinct()).hasSize(1);
    }

    @Test
    void opensANewSessionForACallThatCertainlyWasNotExecuted() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        model.expireSessions();
        RecordedCall call = submit("r");
        network.run(500 * MILLI);
        assertThat(call.isAnswered()).isTrue();
        assertThat(acquires().stream().map(Acquire::getSessionId).distinct()).hasSize(2);
    }

    @Test
    void doesNotTryAfreshWhatMayHaveBeenExecutedInALostSession() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        sent.clear();
        firstAcquires(1, Fault.SAY_UNKNOWN);
        RecordedCall call = submit("r");
        network.at(5 * MILLI, model::expireSessions);
        network.run(4_000 * MILLI);
        assertThat(call.refusals).singleElement().satisfies(refusal -> {
            assertThat(refusal.maybeExecuted()).isTrue();
            assertThat(refusal.code()).isEqualTo(Code.UNKNOWN_SESSION);
        });
        assertThat(model.executions("r")).isEqualTo(1);
        RecordedCall next = submit("next");
        network.run(500 * MILLI);
        assertThat(next.isAnswered()).as("a new session is opened for the next").isTrue();
    }

    @Test
    void atTheDeadlineUnknownSaysWhetherItWasSent() {
        start(1000);
        RecordedCall executed = submit("executed");
        network.faults = fault(Request::hasAcquire, Fault.IGNORE);
        network.run(6_000 * MILLI);
        assertThat(executed.refusals).singleElement().matches(Refusal::maybeExecuted);

        network.faults = fault(request -> false, Fault.NONE);
        model.leadAll("");
        network.run(1_000 * MILLI);
        RecordedCall refused = submit("refused");
        network.run(6_000 * MILLI);
        assertThat(refused.refusals).singleElement().matches(refusal -> !refusal.maybeExecuted());
        assertThat(model.executions("refused")).isZero();
    }

    @Test
    void pausesAsLongAsAnOverloadedNodeSays() {
        start(1000);
        firstAcquires(2, Fault.OVERLOADED);
        RecordedCall call = submit("r");
        network.run(3_000 * MILLI);
        assertThat(call.isAnswered()).isTrue();
        assertThat(acquires()).hasSize(3);
    }

    @Test
    void aRequestThatMeetsAChangeOfRulesWaitsAlone() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        sent.clear();
        firstAcquires(1, Fault.STALE_RULES);
        RecordedCall refused = submit("refused");
        for (int i = 0; i < 100 && refused.state == Call.State.SENT; i++) {
            network.run(MILLI);
        }
        assertThat(refused.state).isEqualTo(Call.State.PAUSING);
        List<RecordedCall> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            others.add(submit("r" + i));
        }
        assertThat(others).as("sent at once").allMatch(call -> call.state == Call.State.SENT);
        network.run(500 * MILLI);
        assertThat(others).allMatch(RecordedCall::isAnswered);
        assertThat(refused.isAnswered()).isTrue();
        assertThat(acquires()).hasSize(22);
    }

    @Test
    void givesUpAfterABoundedNumberOfTries() {
        start(1000);
        network.faults = fault(Request::hasAcquire, Fault.OVERLOADED);
        RecordedCall call = new RecordedCall("shop", "r", network, network.nanoTime() + 3_600_000 * MILLI);
        network.router.submit(call);
        network.router.flush();
        network.run(60_000 * MILLI);
        assertThat(acquires()).hasSize(64);
        assertThat(call.refusals).singleElement().matches(refusal -> !refusal.maybeExecuted());
    }

    @Test
    void takesNoMoreThanItMayHaveInFlight() {
        start(10);
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            calls.add(submit("r" + i));
        }
        assertThat(calls.subList(10, 15))
                .allSatisfy(call -> assertThat(call.refusals).singleElement().satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(Code.OVERLOADED);
                    assertThat(refusal.maybeExecuted()).isFalse();
                }));
        network.run(1_000 * MILLI);
        assertThat(calls.subList(0, 10)).allMatch(RecordedCall::isAnswered);
        RecordedCall again = submit("again");
        network.run(1_000 * MILLI);
        assertThat(again.isAnswered()).isTrue();
    }

    @Test
    void waitsForRoomInTheSessionsWindow() {
        network.inFlightMax = 100_000;
        start(100_000);
        // The first one's answer never comes, so that no sequence behind it is settled.
        network.faults =
                fault(request -> request.hasAcquire() && acquires().get(0) == request.getAcquire(), Fault.IGNORE);
        List<RecordedCall> calls = new ArrayList<>();
        for (int i = 0; i < SequenceWindow.SIZE + 50; i++) {
            calls.add(submit("r" + i));
        }
        network.run(800 * MILLI);
        assertThat(calls.stream().filter(RecordedCall::isAnswered)).hasSize(SequenceWindow.SIZE - 1);
        network.run(4_000 * MILLI);
        assertThat(calls).allMatch(RecordedCall::isAnswered);
    }

    @Test
    void routesAnewWhenItsTopologyIsOld() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        model.bumpEpoch();
        RecordedCall call = submit("r");
        network.run(500 * MILLI);
        assertThat(call.isAnswered()).isTrue();
        assertThat(count(Request::hasGetTopology)).isEqualTo(1);
        assertThat(count(Request::hasGetRules)).as("of the namespace too").isEqualTo(2);
    }

    @Test
    void doesNotAskADeadNodeAgainAtOnce() {
        start(1000);
        submit("before");
        network.run(500 * MILLI);
        network.down("n1");
        RecordedCall call = submit("r");
        network.run(700 * MILLI);
        assertThat(call.isAnswered()).isFalse();
        model.leadAll("n2");
        network.run(300 * MILLI);
        assertThat(call.isAnswered()).as("soon after there is a leader").isTrue();
        assertThat(network.opened("n1:1"))
                .as("attempts to connect within a second")
                .isLessThan(12);
    }

    @Test
    void refusesARequestWithoutTheEntryThatSpreadsTheNamespace() {
        model.addNamespace("spread", "nothing-has-this");
        start(1000);
        RecordedCall call = new RecordedCall("spread", "r", network, network.nanoTime() + 5_000 * MILLI);
        network.router.submit(call);
        network.router.flush();
        network.run(500 * MILLI);
        assertThat(call.refusals).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(Code.INVALID_ARGUMENT);
            assertThat(refusal.message()).contains("nothing-has-this");
        });
        assertThat(acquires()).isEmpty();
    }

    @Test
    void keepsToTheClusterThatItMeans() {
        network.router = new Router(
                RouterSettings.of(List.of("n1:1"), "another", "", 10, 5_000 * MILLI),
                network,
                network,
                network,
                new Random(2));
        network.router.start(() -> sent.clear());
        network.run(2_000 * MILLI);
        assertThat(network.router.map()).isNull();
        assertThat(network.router.troubles()).contains("'model', not 'another'");
    }

    @Test
    void closesItsSessions() {
        start(1000);
        submit("r");
        network.run(500 * MILLI);
        assertThat(model.sessionCount()).isEqualTo(1);
        List<String> done = new ArrayList<>();
        network.router.closeSessions(network.nanoTime() + 300 * MILLI, () -> done.add("done"));
        network.run(500 * MILLI);
        assertThat(done).hasSize(1);
        assertThat(model.sessionCount()).isZero();
        network.router.close();
        RecordedCall late = submit("late");
        assertThat(late.refusals).singleElement().matches(refusal -> !refusal.maybeExecuted());
    }
}

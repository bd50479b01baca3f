package io.quorate.client.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.Fault;
import io.quorate.protocol.v1.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The router over a simulated network, with faults drawn from a seed (given by {@code -Dseed=}, else a new
 * one): each request ends once and in time, has one effect at most, and is unknown only if it is.
 */
class RouterProperties {
    private static final long MILLI = SimulatedNetwork.MILLI;
    private static final int ROUNDS = 150;
    private static final int CALLS = 200;

    private final List<String> nodes = List.of("n1", "n2", "n3");

    @Test
    void underFaultsEachRequestEndsOnceAndUnknownIsExact() {
        forSeeds(random -> {
            Run run = new Run(random);
            for (int i = 0; i < CALLS; i++) {
                run.submitWithin(3_000 * MILLI, (20 + random.nextInt(2_000)) * MILLI);
            }
            run.faultsUntil(4_000 * MILLI, true);
            run.network.run(20_000 * MILLI);
            run.checkSafety();
        });
    }

    @Test
    void onceFaultsEndAllThatHasTimeIsAnswered() {
        forSeeds(random -> {
            Run run = new Run(random);
            for (int i = 0; i < CALLS; i++) {
                run.submitWithin(3_000 * MILLI, 60_000 * MILLI);
            }
            run.faultsUntil(3_000 * MILLI, false);
            run.network.run(15_000 * MILLI);
            run.checkSafety();
            assertThat(run.calls).allMatch(RecordedCall::isAnswered);
        });
    }

    @Test
    void closingEndsEverything() {
        forSeeds(random -> {
            Run run = new Run(random);
            for (int i = 0; i < CALLS; i++) {
                run.submitWithin(1_000 * MILLI, 60_000 * MILLI);
            }
            run.faultsUntil(1_000 * MILLI, true);
            run.network.run(random.nextInt(1_000) * MILLI);
            run.network.router.close();
            run.network.run(5_000 * MILLI);
            run.checkSafety();
        });
    }

    private interface Scenario {
        void play(Random random);
    }

    private static void forSeeds(Scenario scenario) {
        String given = System.getProperty("seed");
        long first = given == null ? new Random().nextInt() : Long.parseLong(given);
        int rounds = given == null ? ROUNDS : 1;
        System.out.println("Router: " + rounds + " tries from -Dseed=" + first);
        for (int i = 0; i < rounds; i++) {
            long seed = first + i;
            try {
                scenario.play(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("fails with -Dseed=" + seed, e);
            }
        }
    }

    /** One cluster, one router, and what is asked of it. */
    private final class Run {
        private final Random random;
        private final ClusterModel model = new ClusterModel(3);
        private final SimulatedNetwork network;
        private final List<RecordedCall> calls = new ArrayList<>();
        private final Map<String, Set<String>> idsExecuted = new HashMap<>();

        private Run(Random random) {
            this.random = random;
            this.network = new SimulatedNetwork(model, random);
            nodes.forEach(network::addNode);
            model.addNamespace("one", "");
            model.addNamespace("spread", "client");
            model.capacity(CALLS / 2, 10);
            for (int group = 0; group <= 3; group++) {
                model.lead(group, nodes.get(random.nextInt(3)));
            }
            network.inFlightMax = 1 + random.nextInt(64);
            RouterSettings settings =
                    RouterSettings.of(List.of("n1:1", "n2:1"), ClusterModel.CLUSTER, "", 10_000, 1_000 * MILLI);
            network.router = new Router(settings, network, network, network, random);
            network.at(0, () -> network.router.start(() -> {}));
        }

        private void submitWithin(long withinNanos, long timeNanos) {
            String namespace = random.nextBoolean() ? "one" : "spread";
            String name = "r" + calls.size();
            long atNanos = random.nextLong(withinNanos);
            RecordedCall call = new RecordedCall(namespace, name, network, network.nanoTime() + atNanos + timeNanos);
            calls.add(call);
            network.at(atNanos, () -> network.router.submit(call));
        }

        /** {@code unknowable}: things happen after which a cluster can't tell what became of a request. */
        private void faultsUntil(long untilNanos, boolean unknowable) {
            long end = network.nanoTime() + untilNanos;
            int oneIn = 2 + random.nextInt(30);
            Fault[] kinds = Fault.values();
            network.faults = request -> {
                Fault fault = network.nanoTime() < end && random.nextInt(oneIn) == 0
                        ? kinds[random.nextInt(kinds.length)]
                        : Fault.NONE;
                note(request);
                return fault;
            };
            int mishaps = random.nextInt(12);
            for (int i = 0; i < mishaps; i++) {
                long at = random.nextLong(untilNanos);
                String node = nodes.get(random.nextInt(3));
                network.at(at, () -> mishap(node, end, unknowable));
            }
            network.at(untilNanos, () -> {
                nodes.forEach(network::up);
                for (int group = 0; group <= 3; group++) {
                    model.lead(group, nodes.get(random.nextInt(3)));
                }
            });
        }

        private void note(Request request) {
            if (request.hasAcquire()) {
                String name = request.getAcquire().getEntriesList().stream()
                        .filter(e -> e.getName().equals(ClusterModel.REQUEST))
                        .findFirst()
                        .orElseThrow()
                        .getValue();
                String id = request.getAcquire().getGroup() + "/"
                        + request.getAcquire().getSessionId() + "/"
                        + request.getAcquire().getSequence();
                if (model.executions(name) > 0) {
                    // Executed before this one came, so this one must be a repeat.
                    idsExecuted.computeIfAbsent(name, k -> new HashSet<>()).add(id);
                }
            }
        }

        private void mishap(String node, long end, boolean unknowable) {
            switch (random.nextInt(unknowable ? 8 : 6)) {
                case 0 -> network.cut(node);
                case 1 -> {
                    network.down(node);
                    long back = Math.min(end - network.nanoTime(), random.nextLong(1_500 * MILLI));
                    network.at(Math.max(0, back), () -> network.up(node));
                }
                case 2 -> model.lead(random.nextInt(4), node);
                case 3 -> {
                    int group = random.nextInt(4);
                    model.lead(group, "");
                    network.at(random.nextLong(600 * MILLI), () -> model.lead(group, node));
                }
                case 4 -> model.bumpEpoch();
                case 5 -> model.leadAll(node);
                case 6 -> model.addNamespace("spread", random.nextBoolean() ? "client" : "");
                default -> model.expireSessions();
            }
        }

        private void checkSafety() {
            for (RecordedCall call : calls) {
                assertThat(call.answers.size() + call.refusals.size())
                        .as("ends of %s with %s", call, network.router)
                        .isEqualTo(1);
                assertThat(call.endedAtNanos - call.deadlineNanos)
                        .as("lateness of %s", call)
                        .isLessThanOrEqualTo(3 * DeadlineWheel.TICK_NANOS);
                int executions = model.executions(call.name);
                assertThat(executions).as("executions of %s", call).isLessThanOrEqualTo(1);
                assertThat(idsExecuted.getOrDefault(call.name, Set.of()).size())
                        .as("ids of repeats of %s", call)
                        .isLessThanOrEqualTo(1);
                if (call.isAnswered()) {
                    assertThat(executions).as("executions of %s", call).isEqualTo(1);
                } else if (!call.refusals.get(0).maybeExecuted()) {
                    assertThat(executions).as("executions of %s", call).isZero();
                }
            }
            long allowed = calls.stream()
                    .filter(c ->
                            c.isAnswered() && c.answers.get(0).getDecision().getAllowed())
                    .count();
            assertThat(allowed).isLessThanOrEqualTo(model.used("one") + model.used("spread"));
        }
    }
}

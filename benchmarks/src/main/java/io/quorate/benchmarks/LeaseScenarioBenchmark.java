package io.quorate.benchmarks;

import io.quorate.chaos.process.ProcessCluster;
import io.quorate.client.api.ClientThreads;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.lease.FixedSizing;
import io.quorate.client.lease.LeaseSettings;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The scenarios that the lease policy was designed with, on a real cluster: every client of a scenario is an SDK client
 * with connections and a session of its own; all live in this process. Prints what each policy got of what a
 * zero-latency bucket would admit, at what cost, and whether the limit was ever passed.
 */
public final class LeaseScenarioBenchmark {
    private static final int LOOPS = 2;
    private static final int WARM_UP_SECONDS = 15;
    private static final Usage USAGE = Usage.of(
            "--scenarios",
            "Leases under the demand that their policy was designed with: many clients of one counter.",
            List.of(
                    "no limit is passed",
                    "the adaptive policy reaches what it reached in simulation: utilisation, requests to the cluster,"
                            + " local decisions and fairness, per scenario"),
            new Usage.Word("scenarios", "", "names with commas between; all if none is given"),
            new Usage.Word("policies", "adaptive:10:100:1000", "adaptive or fixed batches, with colons between"),
            new Usage.Word("seconds", "15", "how long each run is measured"),
            new Usage.Word("warm", "5", "seconds before that"),
            new Usage.Word("seed", "1", "of the arrivals"),
            new Usage.Word("clock", "0", "milliseconds between a client's ticks; 0: 5, or 20 with many clients"),
            new Usage.Word("heap", "512", "MiB of each server, fixed and pre-touched"));

    private LeaseScenarioBenchmark() {}

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        List<LeaseScenario> scenarios = LeaseScenario.named(words(setting.text("scenarios"), ","));
        List<String> policies = words(setting.text("policies"), ":");
        int seconds = setting.number("seconds");
        int warm = setting.number("warm");
        int seed = setting.number("seed");
        boolean exact = true;
        Goals goals = new Goals();
        System.out.printf(
                "%d s measured after %d s, seed %d; utilisation: admitted of what a zero-latency bucket admits; RPC:"
                        + " requests to the cluster per 1,000 checks; local: checks answered without waiting; over:"
                        + " tokens above the limit in the worst window, must be 0%n",
                seconds, warm, seed);
        System.out.println(LeaseScenarioRun.HEADER);
        try (ProcessCluster cluster = ProcessCluster.start(
                        new ProcessCluster.Shape(setting.directory(), 3, 2, setting.number("heap"), ""));
                ClientThreads threads = ClientThreads.of(LOOPS);
                QuorateClient admin = cluster.client("scenarios")) {
            int run = warmUp(cluster, threads, admin, seed);
            for (LeaseScenario scenario : scenarios) {
                Arrivals arrivals = Arrivals.draw(scenario, scenario.times() * seconds + warm, seed);
                for (String policy : policies) {
                    String namespace = "scenario-" + ++run;
                    apply(admin, namespace, scenario);
                    LeaseSettings leases = settings(policy, clockMillis(setting.number("clock"), scenario));
                    List<QuorateClient> clients = connect(cluster, threads, scenario.clients(), leases);
                    try {
                        LeaseScenarioRun.Figures figures =
                                new LeaseScenarioRun(scenario, arrivals, clients, namespace).measure(warm);
                        System.out.println(figures.row(scenario, policy));
                        exact &= figures.over() <= 0;
                        figures.judge(goals, scenario, policy);
                    } finally {
                        clients.forEach(QuorateClient::close);
                    }
                }
            }
        }
        System.out.println(exact ? "no limit was passed in any run" : "A LIMIT WAS PASSED");
        goals.report("scenarios", setting);
        System.exit(exact ? 0 : 1);
    }

    /** The servers and this process get compiled: a run that isn't measured. Returns how many namespaces are used. */
    private static int warmUp(ProcessCluster cluster, ClientThreads threads, QuorateClient admin, int seed) {
        LeaseScenario scenario = LeaseScenario.named(List.of("tight-10")).get(0);
        apply(admin, "scenario-0", scenario);
        List<QuorateClient> clients = connect(cluster, threads, scenario.clients(), settings("10", 5));
        try {
            var unused = new LeaseScenarioRun(
                            scenario, Arrivals.draw(scenario, WARM_UP_SECONDS, seed), clients, "scenario-0")
                    .measure(1);
        } finally {
            clients.forEach(QuorateClient::close);
        }
        return 0;
    }

    private static List<String> words(String text, String separator) {
        return text.isEmpty() ? List.of() : List.of(text.split(separator));
    }

    private static int clockMillis(int given, LeaseScenario scenario) {
        return given > 0 ? given : scenario.clients() > 200 ? 20 : 5;
    }

    private static LeaseSettings settings(String policy, int clockMillis) {
        LeaseSettings standard = LeaseSettings.standard().withClockPeriodNanos(clockMillis * 1_000_000L);
        return policy.equals("adaptive") ? standard : standard.with(FixedSizing.of(Long.parseLong(policy)));
    }

    private static List<QuorateClient> connect(
            ProcessCluster cluster, ClientThreads threads, int count, LeaseSettings leases) {
        List<QuorateClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(QuorateClient.builder()
                    .endpoints(cluster.endpoints())
                    .name("client-" + i)
                    .threads(threads)
                    .leases(leases)
                    .build());
        }
        return clients;
    }

    private static void apply(QuorateClient admin, String namespace, LeaseScenario scenario) {
        long periodMillis = scenario.rate() >= 10 ? 1_000 : 60_000;
        long amount = Math.round(scenario.rate() * periodMillis / 1000);
        Limit limit = new Limit(Algorithm.GCRA, amount, periodMillis, scenario.burst());
        admin.admin()
                .applyRules(
                        new RuleSet(
                                namespace, Optional.empty(), List.of(new Rule("all", List.of(), limit, Mode.ENFORCE))),
                        OptionalLong.empty());
    }
}

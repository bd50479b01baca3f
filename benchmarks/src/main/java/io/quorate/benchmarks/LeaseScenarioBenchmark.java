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

    private LeaseScenarioBenchmark() {}

    public static void main(String[] args) {
        Setting setting = new Setting(args, "scenarios", "policies", "seconds", "warm", "seed", "heap", "dir", "clock");
        Setting.printMachine();
        List<LeaseScenario> scenarios = LeaseScenario.named(words(setting.text("scenarios", "")));
        List<String> policies = words(setting.text("policies", "adaptive,10,100,1000"));
        int seconds = setting.number("seconds", 15);
        int warm = setting.number("warm", 5);
        int seed = setting.number("seed", 1);
        boolean exact = true;
        System.out.printf(
                "%d s measured after %d s, seed %d; utilisation: admitted of what a zero-latency bucket admits; RPC: requests"
                        + " to the cluster per 1,000 checks; local: checks answered without waiting; over: tokens above"
                        + " the limit in the worst window, must be 0%n",
                seconds, warm, seed);
        System.out.println(LeaseScenarioRun.HEADER);
        try (ProcessCluster cluster = ProcessCluster.start(new ProcessCluster.Shape(
                        setting.directory("lease-scenarios"), 3, 2, setting.number("heap", 512), ""));
                ClientThreads threads = ClientThreads.of(LOOPS);
                QuorateClient admin = cluster.client("scenarios")) {
            int run = 0;
            for (LeaseScenario scenario : scenarios) {
                Arrivals arrivals = Arrivals.draw(scenario, seconds + warm, seed);
                for (String policy : policies) {
                    String namespace = "scenario-" + ++run;
                    apply(admin, namespace, scenario);
                    LeaseSettings leases = settings(policy, setting.number("clock", scenario.clients() > 200 ? 20 : 5));
                    List<QuorateClient> clients = connect(cluster, threads, scenario.clients(), leases);
                    try {
                        LeaseScenarioRun.Figures figures =
                                new LeaseScenarioRun(scenario, arrivals, clients, namespace).measure(warm);
                        System.out.println(figures.row(scenario, policy));
                        exact &= figures.over() <= 0;
                    } finally {
                        clients.forEach(QuorateClient::close);
                    }
                }
            }
        }
        System.out.println(exact ? "no limit was passed in any run" : "A LIMIT WAS PASSED");
        System.exit(exact ? 0 : 1);
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(","));
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

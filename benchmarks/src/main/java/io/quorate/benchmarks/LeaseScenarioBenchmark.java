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
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The scenarios that the lease policy was designed with, on a real cluster: every client of a scenario is an SDK client
 * with connections and a session of its own; all live in this process. Prints what each policy got of what a
 * zero-latency bucket would admit, at what cost, and whether the limit was ever passed; beside what was simulated.
 */
public final class LeaseScenarioBenchmark {
    private static final String ADAPTIVE = "adaptive";
    private static final int LOOPS = 2;
    private static final int WARM_UP_SECONDS = 15;
    private static final String HEADER = """
            util: admitted, of what a zero-latency bucket admits of the same arrivals. RPC/1k: requests to the
            cluster per 1,000 checks. local: checks answered without waiting. jain: fairness of what clients got of
            their max-min shares. denied: all denials, % of checks. false: checks that the zero-latency bucket
            admits and this run didn't, net, % (what others got instead doesn't count). early: denied while a bucket
            charged with this run's uses and refilled at the limit's rate had a token, % of checks; in a contended
            counter that is every token that lies in another client's pocket. wait: 99th percentile of those that
            waited. expired: tokens lost with leases. over: tokens above the limit in the worst window, must be 0.
            simulated: util / RPC/1k / local % / false % / jain, as far as THEORY 6.5 and 6.6 tell them.
            """;
    private static final Usage USAGE = Usage.of(
            "--scenarios",
            "Leases under the demand that their policy was designed with: many clients of one counter.\n\n"
                    + HEADER.stripTrailing(),
            List.of(
                    "no limit is passed",
                    "the adaptive policy reaches the goals of THEORY 6.7: utilisation, requests to the cluster,"
                            + " local decisions and fairness, per scenario"),
            new Usage.Word("scenarios", "", "names with commas between; all if none is given"),
            new Usage.Word("policies", "adaptive:10:100:1000", "adaptive or fixed batches, with colons between"),
            new Usage.Word(
                    "where",
                    "cluster",
                    "cluster; or virtual: the same code of clients and leader, in virtual time, over the simulation's"
                            + " network, where fixed batches get what there is, without the leader's policy"),
            new Usage.Word("slower", "1", "with where=virtual: how many times slower than simulated the cluster is"),
            new Usage.Word("seconds", "15", "how long each run is measured; quiet scenarios 3 or 8 times as long"),
            new Usage.Word("warm", "5", "seconds before that; for users' keys 12 times as long"),
            new Usage.Word("seed", "1", "of the arrivals"),
            new Usage.Word("clock", "0", "milliseconds between a client's ticks; 0: 5, or 20 with many clients"),
            new Usage.Word("heap", "512", "MiB of each server, fixed and pre-touched"));

    private final Setting setting;
    private final List<String> policies;
    private final Goals goals = new Goals();
    private boolean exact = true;

    private LeaseScenarioBenchmark(Setting setting) {
        this.setting = setting;
        this.policies = words(setting.text("policies"), ":");
    }

    public static void main(String[] args) {
        Setting setting = Setting.read(USAGE, args);
        Setting.printMachine();
        List<LeaseScenario> scenarios = LeaseScenario.named(words(setting.text("scenarios"), ","));
        System.out.printf(
                "%s, %d s measured after %d s, seed %d%n%s%n",
                setting.text("where"),
                setting.number("seconds"),
                setting.number("warm"),
                setting.number("seed"),
                HEADER);
        System.out.printf(
                "%-13s %-9s %8s %6s %7s %7s %6s %7s %6s %6s %9s %8s %6s  %s%n",
                "scenario",
                "policy",
                "checks",
                "util",
                "RPC/1k",
                "local",
                "jain",
                "denied",
                "false",
                "early",
                "wait",
                "expired",
                "over",
                "simulated");
        LeaseScenarioBenchmark benchmark = new LeaseScenarioBenchmark(setting);
        if (setting.text("where").equals("virtual")) {
            benchmark.inVirtualTime(scenarios);
        } else {
            benchmark.onTheCluster(scenarios);
        }
        System.out.println(benchmark.exact ? "no limit was passed in any run" : "A LIMIT WAS PASSED");
        benchmark.goals.report("scenarios", setting);
        System.exit(benchmark.exact ? 0 : 1);
    }

    private void inVirtualTime(List<LeaseScenario> scenarios) {
        for (LeaseScenario scenario : scenarios) {
            for (String policy : policies) {
                LeaseSettings leases = settings(policy, clockMillis(scenario));
                VirtualScenarioRun run = new VirtualScenarioRun(
                        scenario,
                        arrivals(scenario),
                        new VirtualCounter(limit(scenario), policy.equals(ADAPTIVE)),
                        leases,
                        setting.number("slower"));
                keep(scenario, policy, run.measure(warmSeconds(scenario)));
            }
        }
    }

    private void onTheCluster(List<LeaseScenario> scenarios) {
        try (ProcessCluster cluster = ProcessCluster.start(
                        new ProcessCluster.Shape(setting.directory(), 3, 2, setting.number("heap"), ""));
                ClientThreads threads = ClientThreads.of(LOOPS);
                QuorateClient admin = cluster.client("scenarios")) {
            int run = warmUp(cluster, threads, admin, setting.number("seed"));
            for (LeaseScenario scenario : scenarios) {
                Arrivals arrivals = arrivals(scenario);
                for (String policy : policies) {
                    String namespace = "scenario-" + ++run;
                    apply(admin, namespace, scenario);
                    LeaseSettings leases = settings(policy, clockMillis(scenario));
                    List<QuorateClient> clients = connect(cluster, threads, scenario.clients(), leases);
                    try {
                        keep(
                                scenario,
                                policy,
                                new LeaseScenarioRun(scenario, arrivals, clients, namespace)
                                        .measure(warmSeconds(scenario)));
                    } finally {
                        clients.forEach(QuorateClient::close);
                    }
                }
            }
        }
    }

    private Arrivals arrivals(LeaseScenario scenario) {
        return Arrivals.draw(
                scenario, scenario.times() * setting.number("seconds") + warmSeconds(scenario), setting.number("seed"));
    }

    private int warmSeconds(LeaseScenario scenario) {
        return scenario.warmTimes() * setting.number("warm");
    }

    private void keep(LeaseScenario scenario, String policy, LeaseTally.Figures figures) {
        exact &= figures.over() <= 0;
        System.out.printf(
                Locale.ROOT,
                "%-13s %-9s %8d %6.3f %7.1f %7.2f %6.3f %7.2f %6.2f %6.2f %6.1f ms %8d %6.1f  %s%n",
                scenario.name(),
                policy,
                figures.checks(),
                figures.utilisation(),
                figures.requests(),
                100 * figures.local(),
                figures.jain(),
                100 * figures.denied(),
                100 * figures.falselyDenied(),
                100 * figures.earlyDenied(),
                figures.waitMillis(),
                figures.expired(),
                Math.max(0, figures.over()),
                SimulatedFigures.of(scenario.name(), policy)
                        .map(SimulatedFigures::toString)
                        .orElse(""));
        goals.figure(
                "scenario",
                scenario.name(),
                "policy",
                policy,
                "utilisation",
                figures.utilisation(),
                "rpc/1k",
                figures.requests(),
                "local",
                figures.local(),
                "jain",
                figures.jain(),
                "denied",
                figures.denied(),
                "falsely denied",
                figures.falselyDenied(),
                "early denied",
                figures.earlyDenied(),
                "over",
                figures.over());
        if (policy.equals(ADAPTIVE) && !scenario.goal().equals(LeaseScenario.Goal.NONE)) {
            judge(scenario.name(), scenario.goal(), figures);
        }
        goals.atMost(scenario.name() + ", " + policy + ", over the limit", 0, Math.max(0, figures.over()), "tokens");
    }

    private void judge(String name, LeaseScenario.Goal goal, LeaseTally.Figures figures) {
        if (goal.utilisationMin() > 0) {
            goals.atLeast(name + ", utilisation", goal.utilisationMin(), figures.utilisation(), "");
        }
        goals.atMost(name + ", requests per 1,000 checks", goal.requestsMax(), figures.requests(), "");
        if (goal.localMin() > 0) {
            goals.atLeast(name + ", decided locally", 100 * goal.localMin(), 100 * figures.local(), "%");
        }
        if (goal.fairnessMin() > 0) {
            goals.atLeast(name + ", Jain's index", goal.fairnessMin(), figures.jain(), "");
        }
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

    private int clockMillis(LeaseScenario scenario) {
        int given = setting.number("clock");
        return given > 0 ? given : scenario.clients() > 200 ? 20 : 5;
    }

    private static LeaseSettings settings(String policy, int clockMillis) {
        LeaseSettings standard = LeaseSettings.standard().withClockPeriodNanos(clockMillis * 1_000_000L);
        return policy.equals(ADAPTIVE) ? standard : standard.with(FixedSizing.of(Long.parseLong(policy)));
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

    private static Limit limit(LeaseScenario scenario) {
        long periodMillis = scenario.rate() >= 10 ? 1_000 : 60_000;
        long amount = Math.round(scenario.rate() * periodMillis / 1000);
        return new Limit(Algorithm.GCRA, amount, periodMillis, scenario.burst());
    }

    private static void apply(QuorateClient admin, String namespace, LeaseScenario scenario) {
        admin.admin()
                .applyRules(
                        new RuleSet(
                                namespace,
                                Optional.empty(),
                                List.of(new Rule("all", List.of(), limit(scenario), Mode.ENFORCE))),
                        OptionalLong.empty());
    }
}

package io.quorate.cli.demo;

import io.quorate.cli.demo.Traffic.RuleCount;
import io.quorate.cli.demo.Traffic.Totals;
import io.quorate.cli.embedded.EmbeddedCluster;
import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Table;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration: three real nodes in this process, rules, traffic through the SDK, a leader that is killed and
 * started again, then all nodes at once, and a check of every acknowledged grant; then one hot key through leases.
 */
public final class Demo {
    private static final String ORDERS = "orders";
    private static final List<String> CLIENTS = List.of("ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal");
    private static final int THREADS = 8;
    private static final long PAUSE_MICROS = 500;
    private static final long CALLS_PER_SECOND = 5_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DemoOutput out;
    private final Path directory;
    private final Timeline timeline;
    private final long seed;
    private final RuleSet rules = rules("rules.yaml");
    private final RuleSet uploads = rules("uploads.yaml");
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable CheckedOrders checkedOrders;

    /** How long each part of the traffic takes: before the kill, without the node, and after its restart. */
    public record Timeline(Duration before, Duration without, Duration after) {
        /** About twelve seconds of traffic. */
        public static final Timeline SHIPPED =
                new Timeline(Duration.ofSeconds(4), Duration.ofSeconds(4), Duration.ofSeconds(4));
    }

    /** One thing that was checked. */
    public record Finding(boolean passed, String text) {}

    public Demo(DemoOutput out, Path directory, Timeline timeline, long seed) {
        this.out = out;
        this.directory = directory;
        this.timeline = timeline;
        this.seed = seed;
    }

    /** Runs it; what was checked, in order. */
    public List<Finding> run() throws InterruptedException {
        out.line("starting three nodes in one process, each with its own disk folder and ports ...");
        try (EmbeddedCluster cluster = EmbeddedCluster.start(EmbeddedCluster.Shape.of(directory))) {
            cluster.awaitLeaders(PATIENCE);
            out.line("clients: " + String.join(", ", cluster.endpoints()) + "; every grant is synced by two of three");
            try (QuorateClient client = client(cluster)) {
                client.admin().applyRules(rules, OptionalLong.empty());
                client.admin().applyRules(uploads, OptionalLong.empty());
                out.line("");
                showRules();
                Traffic traffic = drive(cluster, client);
                judge(client, traffic, "after the leader's death");
            }
            restartAll(cluster);
            lease(cluster);
        }
        return List.copyOf(findings);
    }

    /** One hot key through a leased handle, with its leader killed in the middle. */
    private void lease(EmbeddedCluster cluster) throws InterruptedException {
        Limit limit = Limit.of(Algorithm.TOKEN_BUCKET, CALLS_PER_SECOND, 1_000);
        RuleSet calls =
                new RuleSet("calls", Optional.empty(), List.of(new Rule("all", List.of(), limit, Mode.ENFORCE)));
        out.line("");
        out.line("one key as fast as two threads can ask, leased: " + limit.amount() + " a second are allowed");
        try (QuorateClient client = QuorateClient.builder()
                .endpoints(cluster.endpoints().toArray(String[]::new))
                .name("demo-leases")
                .requestTimeout(Duration.ofSeconds(15))
                .build()) {
            client.admin().applyRules(calls, OptionalLong.empty());
            LeasedCalls leased = new LeasedCalls(client, AcquireRequest.of("calls"), limit, out);
            leased.start();
            leased.watch(timeline.before);
            int group = Slots.groupOf(Slots.of("calls"), cluster.dataGroups()).value();
            String victim = cluster.leader(group).orElseThrow();
            out.line("  -- killing node " + victim + ", which leads the key's group --");
            leased.forgetGaps();
            cluster.kill(victim);
            leased.watch(timeline.without);
            leased.stop();
            findings.add(leased.finding());
            findings.add(new Finding(
                    leased.longestGapMillis() < timeline.without.toMillis() / 2,
                    "the key's leader died: the longest that a caller went without a grant was "
                            + leased.longestGapMillis() + " ms"));
        }
    }

    private Traffic drive(EmbeddedCluster cluster, QuorateClient client) throws InterruptedException {
        List<String> ruleIds = allRules().map(Rule::id).toList();
        Traffic traffic = new Traffic(client, rules.namespace(), uploads.namespace(), CLIENTS, seed);
        String victim = busiestLeader(cluster);
        out.line("");
        out.line(THREADS + " threads ask for " + CLIENTS.size() + " clients (granted/denied per rule, so far):");
        LiveTable live = new LiveTable(out, ruleIds);
        traffic.start(THREADS, PAUSE_MICROS);
        live.watch(traffic, timeline.before);
        out.line("  -- killing node " + victim + ", which leads groups " + led(cluster, victim) + " --");
        List<Integer> lost = led(cluster, victim);
        long killedNanos = System.nanoTime();
        cluster.kill(victim);
        // Until here the node may still have answered; only what was asked later tells of another leader.
        long goneNanos = System.nanoTime();
        live.watch(traffic, timeline.without);
        out.line("  -- starting node " + victim + " again --");
        cluster.start(victim);
        live.watch(traffic, timeline.after);
        traffic.stop();
        live.row(traffic);
        showFailover(traffic, lost, killedNanos, goneNanos);
        return traffic;
    }

    private void showFailover(Traffic traffic, List<Integer> groups, long killedNanos, long goneNanos) {
        long firstNanos = Long.MAX_VALUE;
        for (GrantRecord grant : traffic.grants()) {
            if (grant.sentNanos() > goneNanos
                    && groups.contains(grant.granted().position().group())) {
                firstNanos = Math.min(firstNanos, grant.answeredNanos());
            }
        }
        boolean some = firstNanos != Long.MAX_VALUE;
        findings.add(new Finding(
                some,
                some
                        ? "the killed leader's groups granted again "
                                + TimeUnit.NANOSECONDS.toMillis(firstNanos - killedNanos) + " ms after the kill"
                        : "the killed leader's groups never granted again"));
    }

    private void judge(QuorateClient client, Traffic traffic, String when) {
        Totals totals = traffic.totals();
        GrantChecker checker = new GrantChecker(compiled());
        traffic.grants().forEach(checker::add);
        List<String> exceeded = new ArrayList<>(checker.violations());
        exceeded.addAll(traffic.violations());
        findings.add(new Finding(
                exceeded.isEmpty(),
                exceeded.isEmpty()
                        ? "no limit was exceeded: " + checker.grants() + " grants on " + checker.counters()
                                + " counters fit every limit, by its definition and by replay in log order"
                        : exceeded.size() + " limits exceeded, first: " + exceeded.get(0)));
        findings.add(new Finding(
                traffic.uploads() > 0,
                traffic.uploads() + " uploads held their client's one permit, never two at once, and gave it back"));
        findings.add(orders(client, checker, traffic, when));
        findings.add(new Finding(
                totals.granted() > 0 && totals.denied() > 0,
                totals.granted() + " granted, " + totals.denied() + " denied, " + totals.unknown() + " unknown"
                        + (totals.unknown() == 0 ? "" : " (" + totals.lastUnknown() + ")")));
        checkedOrders = new CheckedOrders(checker, traffic);
    }

    /** What must still hold when all nodes have died. */
    private record CheckedOrders(GrantChecker checker, Traffic traffic) {}

    /** The counters that never refill must hold exactly what was acknowledged. */
    private Finding orders(QuorateClient client, GrantChecker checker, Traffic traffic, String when) {
        long acknowledged = 0;
        long counted = 0;
        for (String who : CLIENTS) {
            KeyDetails key = client.admin().key(rules.namespace(), ORDERS, List.of(who));
            long granted = checker.granted(QuotaKey.of(rules.namespace(), ORDERS, List.of(who)));
            acknowledged += granted;
            counted += key.used();
            if (key.used() < granted || key.used() > granted + traffic.unknownOrders(who)) {
                return new Finding(
                        false,
                        "the orders counter of " + who + " holds " + key.used() + " " + when + ", but " + granted
                                + " were acknowledged");
            }
        }
        return new Finding(
                acknowledged > 0,
                "no acknowledged grant was lost " + when + ": counters that never refill hold " + counted + " = "
                        + acknowledged + " acknowledged");
    }

    private void restartAll(EmbeddedCluster cluster) {
        out.line("");
        out.line("killing all three nodes at once, and starting them again ...");
        cluster.nodeIds().forEach(cluster::kill);
        long startNanos = System.nanoTime();
        cluster.nodeIds().forEach(cluster::start);
        cluster.awaitLeaders(PATIENCE);
        out.line("all groups have leaders again after "
                + DurationText.format(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos)));
        CheckedOrders before = Objects.requireNonNull(checkedOrders);
        try (QuorateClient client = client(cluster)) {
            findings.add(orders(client, before.checker, before.traffic, "after the death of all"));
        }
    }

    private static QuorateClient client(EmbeddedCluster cluster) {
        return QuorateClient.builder()
                .leases(false)
                .endpoints(cluster.endpoints().toArray(String[]::new))
                .name("demo")
                .requestTimeout(Duration.ofSeconds(15))
                .build();
    }

    private Stream<Rule> allRules() {
        return Stream.concat(rules.rules().stream(), uploads.rules().stream());
    }

    private void showRules() {
        Table table = Table.of("rule", "for each", "limit", "mode");
        for (Rule rule : allRules().toList()) {
            StringBuilder match = new StringBuilder();
            rule.match()
                    .forEach(condition -> match.append(match.length() == 0 ? "" : " & ")
                            .append(condition.name())
                            .append(
                                    condition.counted()
                                            ? ""
                                            : "=" + condition.pattern().text()));
            String burst = rule.limit().burst() == rule.limit().amount()
                    ? ""
                    : ", burst " + rule.limit().burst();
            table.row(
                    rule.id(),
                    match,
                    rule.limit().algorithm().label() + " " + rule.limit().amount() + " per "
                            + DurationText.format(rule.limit().periodMillis()) + burst,
                    rule.mode().label());
        }
        out.table(table);
    }

    /** The node that leads most of the groups that serve the demo's clients. */
    private String busiestLeader(EmbeddedCluster cluster) {
        CompiledRules compiled = compiled();
        Map<String, Integer> clientsOf = new TreeMap<>();
        for (String who : CLIENTS) {
            int slot = compiled.slot(Descriptor.of("client", who));
            int group = Slots.groupOf(slot, cluster.dataGroups()).value();
            clientsOf.merge(cluster.leader(group).orElseThrow(), 1, Integer::sum);
        }
        return clientsOf.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static List<Integer> led(EmbeddedCluster cluster, String node) {
        List<Integer> groups = new ArrayList<>();
        for (int group = 0; group <= cluster.dataGroups(); group++) {
            if (cluster.leader(group).filter(node::equals).isPresent()) {
                groups.add(group);
            }
        }
        return groups;
    }

    private CompiledRules compiled() {
        List<NumberedRule> numbered = new ArrayList<>();
        for (Rule rule : rules.rules()) {
            numbered.add(new NumberedRule(rule, numbered.size() + 1));
        }
        return new CompiledRules(new AppliedRules(rules.namespace(), 1, rules.colocate(), numbered));
    }

    private static RuleSet rules(String name) {
        try (InputStream in = Objects.requireNonNull(Demo.class.getResourceAsStream(name))) {
            ParsedRules parsed = RuleFile.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            if (parsed instanceof ParsedRules.Good good) {
                return good.rules();
            }
            throw new IllegalStateException("the demo's rules are wrong: " + parsed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One row a second: what each rule said so far. */
    private static final class LiveTable {
        private final DemoOutput out;
        private final List<String> rules;
        private final long startNanos = System.nanoTime();

        LiveTable(DemoOutput out, List<String> rules) {
            this.out = out;
            this.rules = rules;
            StringBuilder header = new StringBuilder("     s");
            rules.forEach(rule -> header.append(String.format(Locale.ROOT, "%17s", rule)));
            out.line(header.append("  unknown").toString());
        }

        void watch(Traffic traffic, Duration time) {
            long endNanos = System.nanoTime() + time.toNanos();
            long left = time.toNanos();
            while (left > 0) {
                LockSupport.parkNanos(this, Math.min(left, TimeUnit.SECONDS.toNanos(1)));
                left = endNanos - System.nanoTime();
                row(traffic);
            }
        }

        void row(Traffic traffic) {
            Map<String, RuleCount> counts = traffic.counts();
            StringBuilder row =
                    new StringBuilder(String.format(Locale.ROOT, "%6.1f", (System.nanoTime() - startNanos) / 1e9));
            for (String rule : rules) {
                RuleCount count = counts.getOrDefault(rule, new RuleCount(0, 0));
                row.append(String.format(Locale.ROOT, "%17s", count.admitted() + "/" + count.denied()));
            }
            out.line(row.append(
                            String.format(Locale.ROOT, "%9d", traffic.totals().unknown()))
                    .toString());
        }
    }
}

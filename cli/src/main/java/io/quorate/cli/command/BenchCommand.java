package io.quorate.cli.command;

import io.quorate.cli.bench.Load;
import io.quorate.cli.bench.LoadResult;
import io.quorate.cli.text.Progress;
import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.NodeInfo;
import io.quorate.client.api.QuorateClient;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures a running cluster. */
@Command(
        name = "bench",
        description = "Measure durable decisions per second and their latency on a running cluster.",
        footer = {
            "",
            "Puts rules into the namespaces quorate-bench-KEYS. Each request takes one token from a limit with room"
                    + " for all, so that each decision is a change that a majority keeps before it is answered.",
            "",
            "More kinds start clusters of their own or need none, judge their goals, and take NAME=VALUE words instead"
                    + " of options (each answers --help):",
            "  bench --peers     beside Redis and Bucket4j: rounds, millis, warmup, keys, inflight, callers, groups,"
                    + " heap, dir, peers, json",
            "  bench --failover  from kill -9 of a leader to the next grant: kills, callers, groups, heap, dir, json",
            "  bench --counters  memory and restart with many counters: counters, groups, heap, dir, json",
            "  bench --groups    many groups against one: groups, rounds, millis, inflight, keys, idle, heap, dir,"
                    + " json",
            "  bench --local     leased acquires in this process beside local rate limiters (JMH): see its --help",
            "  bench --leased    leased acquires of one hot key per second: seconds, threads, goal, heap, dir, json",
            "  bench --replay    the offline replay of a trace, without a cluster: trace, lines, rounds, json",
            "  bench --scenarios leases under many clients' demand: scenarios, policies, where, slower, seconds,"
                    + " warm, seed, clock, heap, dir, json",
            "  bench --ledger    renewals of one counter's leases at the state machine alone: holders, renewals, rounds"
        })
final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--in-flight",
            split = ",",
            paramLabel = "N",
            description = "Unanswered requests of one client. Default: 1,64,1024.")
    private List<Integer> inFlight = List.of(1, 64, 1024);

    @Option(
            names = "--callers",
            split = ",",
            paramLabel = "N",
            description = "Threads that each wait for their answer. Default: 64. 0: none.")
    private List<Integer> callers = List.of(64);

    @Option(names = "--keys", split = ",", paramLabel = "N", description = "Counters in turn. Default: 1,10000.")
    private List<Integer> keys = List.of(1, 10_000);

    @Option(names = "--seconds", paramLabel = "N", description = "How long each is measured. Default: 5.")
    private int seconds = 5;

    @Option(names = "--warm-up", paramLabel = "N", description = "Seconds of load before it counts. Default: 5.")
    private int warmUp = 5;

    private final CommandContext context;

    BenchCommand(CommandContext context) {
        this.context = context;
    }

    /** One line of the result. */
    private record Measured(String kind, int width, int keys, LoadResult result) {}

    @Override
    public Integer call() throws InterruptedException {
        check("--in-flight", inFlight, 1, 65_536);
        check("--callers", callers, 0, 10_000);
        check("--keys", keys, 1, 10_000_000);
        check("--seconds", List.of(seconds), 1, 3_600);
        check("--warm-up", List.of(warmUp), 0, 3_600);
        int windowMax = inFlight.stream().mapToInt(Integer::intValue).max().orElse(1);
        int callersMax = callers.stream().mapToInt(Integer::intValue).max().orElse(1);
        List<Measured> measured = new ArrayList<>();
        List<NodeInfo> nodes;
        try (QuorateClient client = context.connect(Math.max(windowMax, callersMax) + 16);
                Progress progress = progress()) {
            nodes = client.admin().nodes();
            for (int count : keys) {
                Load load = new Load(client, "quorate-bench-" + count, count);
                if (warmUp > 0) {
                    load.window(windowMax, TimeUnit.SECONDS.toNanos(warmUp));
                }
                measure(load, count, measured, progress);
            }
        }
        show(measured, nodes);
        return measured.stream().anyMatch(m -> m.result().unknown() > 0) ? ExitCode.UNAVAILABLE : ExitCode.OK;
    }

    private void measure(Load load, int keyCount, List<Measured> measured, Progress progress)
            throws InterruptedException {
        long nanos = TimeUnit.SECONDS.toNanos(seconds);
        for (int width : inFlight) {
            measured.add(new Measured("in flight", width, keyCount, load.window(width, nanos)));
            progress.at(measured.size());
        }
        for (int width : callers) {
            if (width > 0) {
                measured.add(new Measured("callers", width, keyCount, load.callers(width, nanos)));
                progress.at(measured.size());
            }
        }
    }

    private Progress progress() {
        long total = (long) keys.size() * (inFlight.size() + callers.size());
        return new Progress(context.err(), context.interactive(), "bench", total, System::nanoTime);
    }

    private static void check(String flag, List<Integer> values, int min, int max) {
        for (int value : values) {
            if (value < min || value > max) {
                throw CommandFailure.usage(flag + " must be " + min + " to " + max + ", not " + value);
            }
        }
    }

    private void show(List<Measured> measured, List<NodeInfo> nodes) {
        if (context.json()) {
            context.json(CommandContext.object(
                    "java", Runtime.version().toString(),
                    "jvm_flags", ManagementFactory.getRuntimeMXBean().getInputArguments(),
                    "cores", Runtime.getRuntime().availableProcessors(),
                    "nodes", nodes.size(),
                    "seconds", seconds,
                    "results", measured.stream().map(BenchCommand::json).toList()));
            return;
        }
        context.line("durable decisions of " + nodes.size() + " nodes, " + seconds + " s each after " + warmUp
                + " s of warm-up");
        Table table = Table.of("load", "keys", "decisions/s", "p50", "p99", "p99.9", "max", "unknown")
                .right(1, 2, 3, 4, 5, 6, 7);
        for (Measured one : measured) {
            Histogram latency = one.result().latencyMicros();
            table.row(
                    one.width() + " " + one.kind(),
                    one.keys(),
                    String.format(Locale.ROOT, "%.0f", one.result().perSecond()),
                    Latency.text(latency.getValueAtPercentile(50)),
                    Latency.text(latency.getValueAtPercentile(99)),
                    Latency.text(latency.getValueAtPercentile(99.9)),
                    Latency.text(latency.getMaxValue()),
                    one.result().unknown());
        }
        context.table(table);
        context.line(
                "one client process; in flight: asynchronous requests, each answer sends the next; callers: threads"
                        + " that wait");
        context.line("client: Java " + Runtime.version() + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, flags "
                + ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    private static Map<String, Object> json(Measured one) {
        Histogram latency = one.result().latencyMicros();
        return CommandContext.object(
                "load", one.kind(),
                "width", one.width(),
                "keys", one.keys(),
                "decisions", one.result().decisions(),
                "unknown", one.result().unknown(),
                "per_second", one.result().perSecond(),
                "latency_us",
                        CommandContext.object(
                                "p50", latency.getValueAtPercentile(50),
                                "p99", latency.getValueAtPercentile(99),
                                "p99.9", latency.getValueAtPercentile(99.9),
                                "max", latency.getMaxValue()));
    }
}

package io.quorate.cli.command;

import io.quorate.cli.replay.DecisionFile;
import io.quorate.cli.replay.DecisionListener;
import io.quorate.cli.replay.LiveReplay;
import io.quorate.cli.replay.Replay;
import io.quorate.cli.replay.ReplayTally;
import io.quorate.cli.text.Progress;
import io.quorate.cli.trace.TraceException;
import io.quorate.cli.trace.TraceReader;
import io.quorate.cli.trace.TraceRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what rules would have done to a trace, or does it to a cluster. */
@Command(
        name = "replay",
        description = {
            "Apply rules to a recorded trace: an access log (Common or Combined Log Format) or CSV with a header"
                    + " (t_ms,client,endpoint,cost), plain or gzip.",
            "Without --live the core alone decides, in the trace's own time; no cluster is asked."
        },
        footer = {
            "",
            "The table counts, for each rule, the requests that it matched: admitted and taken, denied by it, or"
                    + " blocked: it would have admitted the request, but another rule denied it, so nothing was taken.",
            "In the decision file, retry_after_ms is 0 if the rule says yes, and -1 if it can never say yes to that"
                    + " cost: no waiting helps."
        })
final class ReplayCommand implements Callable<Integer> {
    private static final int IN_FLIGHT_MAX = 4096;

    @Parameters(paramLabel = "TRACE", description = "The trace.")
    private Path trace = Path.of("");

    @Option(names = "--rules", required = true, paramLabel = "FILE", description = "The rules (YAML).")
    private Path rulesFile = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write every decision as CSV: line,rule,verdict,remaining,retry_after_ms.")
    private @Nullable Path out;

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "Show so many of each rule's most denied keys. Default: 5.")
    private int top = 5;

    @Option(names = "--cost", paramLabel = "N", description = "Every request costs N, whatever the trace says.")
    private @Nullable Long cost;

    @Option(names = "--live", description = "Apply the rules to the cluster and send it the trace.")
    private boolean live;

    @Option(
            names = "--speed",
            paramLabel = "N",
            description = "With --live: send N times faster than recorded. Default: 1.")
    private @Nullable Double speed;

    private final CommandContext context;

    ReplayCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        check();
        RuleSet rules = RuleFiles.read(rulesFile);
        ReplayTally tally = new ReplayTally(rules);
        try (TraceReader reader = TraceReader.open(trace);
                Progress progress = new Progress(
                        context.err(), context.interactive(), "replay", Files.size(trace), System::nanoTime)) {
            Optional<LiveReplay.Timing> timing;
            Path decisions = out;
            if (decisions == null) {
                timing = run(rules, reader, tally, progress);
            } else {
                try (DecisionFile file = DecisionFile.create(decisions)) {
                    timing = run(rules, reader, DecisionListener.all(tally, file), progress);
                }
            }
            progress.close();
            ReplayReport report = new ReplayReport(trace, rulesFile, rules, reader, tally.summary(top), timing);
            if (context.json()) {
                context.json(report.json());
            } else {
                report.print(context);
            }
        } catch (TraceException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException | IOException e) {
            throw CommandFailure.usage(out + ": can't be written: " + e.getMessage() + "; give another --out");
        }
        return tally.summary(0).unknown() > 0 ? ExitCode.UNAVAILABLE : ExitCode.OK;
    }

    private void check() throws IOException {
        if (top < 0) {
            throw CommandFailure.usage("--top must be 0 or more, not " + top);
        }
        Long perRequest = cost;
        if (perRequest != null && (perRequest < 0 || perRequest > 1_000_000_000L)) {
            throw CommandFailure.usage("--cost must be 0 to 1000000000, not " + perRequest);
        }
        Double factor = speed;
        if (factor != null && !live) {
            throw CommandFailure.usage("--speed needs --live: offline, a replay runs as fast as it can");
        }
        if (factor != null && !(factor > 0 && factor <= 1e9)) {
            throw CommandFailure.usage("--speed must be more than 0 and at most 1000000000, not " + factor);
        }
        Path decisions = out;
        if (decisions != null && Files.exists(decisions)) {
            for (Path input : new Path[] {trace, rulesFile}) {
                if (Files.exists(input) && Files.isSameFile(decisions, input)) {
                    throw CommandFailure.usage("--out would overwrite " + input + "; give another file");
                }
            }
            if (Files.isDirectory(decisions)) {
                throw CommandFailure.usage("--out " + decisions + " is a directory; give a file");
            }
        }
    }

    private Optional<LiveReplay.Timing> run(
            RuleSet rules, TraceReader reader, DecisionListener listener, Progress progress) throws TraceException {
        if (live) {
            return Optional.of(runLive(rules, reader, listener, progress));
        }
        Replay replay = new Replay(rules, listener);
        for (TraceRequest request = reader.next(); request != null; request = reader.next()) {
            replay.offer(priced(request));
            progress.at(reader.bytesRead());
        }
        replay.finish();
        return Optional.empty();
    }

    private LiveReplay.Timing runLive(RuleSet rules, TraceReader reader, DecisionListener listener, Progress progress)
            throws TraceException {
        try (QuorateClient client = context.connect(IN_FLIGHT_MAX)) {
            client.admin().applyRules(rules, OptionalLong.empty());
            LiveReplay replay = new LiveReplay(rules, client, listener, System::nanoTime, IN_FLIGHT_MAX);
            Double factor = speed;
            return replay.run(reader, this::priced, factor == null ? 1 : factor, () -> progress.at(reader.bytesRead()));
        }
    }

    private TraceRequest priced(TraceRequest request) {
        return request.costing(Optional.ofNullable(cost));
    }
}

package io.quorate.cli.command;

import io.quorate.cli.text.DurationText;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import io.quorate.client.api.Result.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes tokens. */
@Command(
        name = "acquire",
        description = "Take tokens from every limit that matches a request, or from none.",
        footer = {"", "Exit code: 0 granted, 3 denied, 4 unavailable or unknown."})
final class AcquireCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Whose rules decide.")
    private String namespace = "";

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "What the request is.")
    private List<String> entries = new ArrayList<>();

    @Option(names = "--cost", paramLabel = "N", description = "Tokens to take. Default: 1.")
    private long cost = 1;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = GlobalOptions.DurationConverter.class,
            description = "Wait for tokens, at most so long.")
    private @Nullable Duration wait;

    private final CommandContext context;

    AcquireCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        AcquireRequest request = request();
        try (QuorateClient client = context.connect()) {
            Duration maxWait = wait;
            Result result = maxWait == null ? client.tryAcquire(request) : client.acquire(request, maxWait);
            return show(result);
        }
    }

    private AcquireRequest request() {
        return new AcquireRequest(namespace, Entries.parse(entries), cost);
    }

    private int show(Result result) {
        if (result instanceof Result.Granted granted) {
            if (context.json()) {
                Map<String, Object> json =
                        CommandContext.object("verdict", "granted", "rules", Results.json(granted.rules()));
                position(json, granted.position());
                context.json(json);
            } else {
                context.line(granted.rules().isEmpty() ? "granted: no rule matches" : "granted");
                table(granted.rules());
            }
            return ExitCode.OK;
        }
        if (result instanceof Result.Denied denied) {
            if (context.json()) {
                Map<String, Object> json = CommandContext.object(
                        "verdict",
                        "denied",
                        "rule",
                        denied.rule().rule(),
                        "retry_after_ms",
                        denied.retryAfter().map(Duration::toMillis).orElse(-1L),
                        "rules",
                        Results.json(denied.rules()));
                position(json, denied.position());
                context.json(json);
            } else {
                String when = denied.retryAfter()
                        .map(d -> "try again in " + DurationText.format(d.toMillis()))
                        .orElse("it can never be granted, since the cost is more than the limit's capacity");
                context.line("denied by " + denied.rule().rule() + ": " + when);
                table(denied.rules());
            }
            return ExitCode.DENIED;
        }
        Result.Unknown unknown = (Result.Unknown) result;
        String what = unknown.maybeExecuted() ? "the tokens may or may not have been taken" : "nothing was taken";
        if (context.json()) {
            context.json(CommandContext.object(
                    "verdict", "unknown", "reason", unknown.reason(), "maybe_executed", unknown.maybeExecuted()));
        } else {
            context.note("quorate: unknown: " + unknown.reason() + " (" + what + ")");
        }
        return ExitCode.UNAVAILABLE;
    }

    private void table(List<Result.RuleResult> rules) {
        if (!rules.isEmpty()) {
            context.table(Results.table(rules));
        }
    }

    private static void position(Map<String, Object> json, Position position) {
        json.put(
                "position",
                CommandContext.object(
                        "group", position.group(),
                        "index", position.index(),
                        "position", position.position(),
                        "log_time_ms", position.logTimeMillis(),
                        "rules_version", position.rulesVersion()));
    }
}

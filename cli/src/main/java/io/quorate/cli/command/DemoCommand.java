package io.quorate.cli.command;

import io.quorate.cli.demo.Demo;
import io.quorate.cli.demo.Demo.Finding;
import io.quorate.cli.demo.Demo.Timeline;
import io.quorate.cli.demo.DemoOutput;
import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole thing at work. */
@Command(
        name = "demo",
        description = "Start three real nodes, drive traffic, kill a leader, and check every grant. Takes about 20 s.",
        footer = {"", "Exit code: 0 all checks passed, 1 one failed."})
final class DemoCommand implements Callable<Integer> {
    @Option(names = "--seed", paramLabel = "N", description = "Seed of the traffic. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--phase",
            paramLabel = "DURATION",
            converter = GlobalOptions.DurationConverter.class,
            description = "Length of each of the three phases of traffic. Default: 4s.")
    private Duration phase = Timeline.SHIPPED.before();

    private final CommandContext context;

    DemoCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (phase.toMillis() < 500 || phase.toSeconds() > 15) {
            throw CommandFailure.usage("--phase must be 500ms to 15s, not " + phase.toMillis() + "ms");
        }
        try (WorkFolder folder = WorkFolder.temporary("quorate-demo-")) {
            Logging.toFile(folder.path().resolve("quorate.log"));
            List<Finding> findings = new Demo(output(), folder.path(), new Timeline(phase, phase, phase), seed).run();
            Logging.silent();
            return show(findings);
        } catch (QuorateException | IllegalStateException e) {
            context.failed("the demo couldn't be finished: " + Causes.text(e));
            return ExitCode.FAILED;
        }
    }

    private int show(List<Finding> findings) {
        boolean passed = findings.stream().allMatch(Finding::passed);
        if (context.json()) {
            context.json(CommandContext.object(
                    "passed",
                    passed,
                    "checks",
                    findings.stream()
                            .map(f -> CommandContext.object("passed", f.passed(), "text", f.text()))
                            .toList()));
        } else {
            context.line("");
            findings.forEach(f -> context.line((f.passed() ? "PASS  " : "FAIL  ") + f.text()));
        }
        return passed ? ExitCode.OK : ExitCode.FAILED;
    }

    /** With --json the story goes to standard error, so that the output is JSON alone. */
    private DemoOutput output() {
        return new DemoOutput() {
            @Override
            public void line(String text) {
                if (context.json()) {
                    context.note(text);
                } else {
                    context.line(text);
                }
            }

            @Override
            public void table(Table table) {
                if (context.json()) {
                    table.toString().lines().forEach(context::note);
                } else {
                    context.table(table);
                }
            }
        };
    }
}

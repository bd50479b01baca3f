package io.quorate.cli.command;

import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.text.Counted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Checks rule files without a cluster. */
@Command(name = "check", description = "Check rule files; no cluster is asked.")
final class RulesCheckCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Rule files (YAML).")
    private List<Path> files = List.of();

    private final CommandContext context;

    RulesCheckCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<Map<String, Object>> problemsJson = new ArrayList<>();
        boolean bad = false;
        for (Path file : files) {
            ParsedRules parsed = RuleFile.parse(file);
            if (parsed instanceof ParsedRules.Good good) {
                if (!context.json()) {
                    context.line(file + ": namespace " + good.rules().namespace() + ": "
                            + Counted.are(good.rules().rules().size(), "rule") + " right");
                }
                continue;
            }
            bad = true;
            for (Problem problem : ((ParsedRules.Bad) parsed).problems()) {
                problemsJson.add(RuleFiles.json(problem));
                if (!context.json()) {
                    context.note(problem.toString());
                }
            }
        }
        if (context.json()) {
            context.json(CommandContext.object("right", !bad, "problems", problemsJson));
        }
        return bad ? ExitCode.USAGE : ExitCode.OK;
    }
}

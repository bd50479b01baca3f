package io.quorate.cli.command;

import io.quorate.cli.rulefile.Finding;
import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.cli.rulefile.RuleLint;
import io.quorate.cli.text.Counted;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks rule files without a cluster. */
@Command(name = "check", description = "Check rule files; no cluster is asked.")
final class RulesCheckCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Rule files (YAML).")
    private List<Path> files = List.of();

    @Option(names = "--strict", description = "Fail if anything is found that is hardly meant.")
    private boolean strict;

    private final CommandContext context;

    RulesCheckCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<Map<String, Object>> problemsJson = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        boolean bad = false;
        for (Path file : files) {
            ParsedRules parsed = RuleFile.parse(file);
            if (parsed instanceof ParsedRules.Good good) {
                List<Finding> found = RuleLint.of(file.toString(), good, System.currentTimeMillis());
                findings.addAll(found);
                if (!context.json()) {
                    context.line(file + ": namespace " + good.rules().namespace() + ": "
                            + Counted.are(good.rules().rules().size(), "rule") + " right");
                    found.forEach(finding -> context.note(finding.toString()));
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
            context.json(CommandContext.object(
                    "right",
                    !bad,
                    "problems",
                    problemsJson,
                    "findings",
                    findings.stream().map(RulesCheckCommand::json).toList()));
        }
        return bad || (strict && !findings.isEmpty()) ? ExitCode.USAGE : ExitCode.OK;
    }

    private static Map<String, Object> json(Finding finding) {
        Map<String, Object> json = CommandContext.object("kind", finding.kind());
        json.putAll(RuleFiles.json(finding.problem()));
        return json;
    }
}

package io.quorate.cli.command;

import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.core.rule.RuleSet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads the rule files that commands are given. */
final class RuleFiles {
    private RuleFiles() {}

    /** The rules of a file; fails with all of its problems. */
    static RuleSet read(Path file) {
        ParsedRules parsed = RuleFile.parse(file);
        if (parsed instanceof ParsedRules.Good good) {
            return good.rules();
        }
        List<Problem> problems = ((ParsedRules.Bad) parsed).problems();
        throw CommandFailure.usage(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }

    static Map<String, Object> json(Problem problem) {
        return CommandContext.object(
                "file", problem.file(),
                "line", problem.line(),
                "column", problem.column(),
                "what", problem.what(),
                "advice", problem.advice());
    }
}

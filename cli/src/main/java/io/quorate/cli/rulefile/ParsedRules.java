package io.quorate.cli.rulefile;

import io.quorate.core.rule.RuleSet;
import java.util.List;

/** What reading a rule file gives: rules, or everything that is wrong with it. */
public sealed interface ParsedRules {
    /**
     * The file is right in every point.
     *
     * @param sources where each rule stands, in the order of the rules
     */
    record Good(RuleSet rules, List<RuleSource> sources) implements ParsedRules {
        public Good {
            sources = List.copyOf(sources);
        }
    }

    /**
     * The file is wrong; nothing of it may be used.
     *
     * @param problems one or more, in the order of the file
     */
    record Bad(List<Problem> problems) implements ParsedRules {
        public Bad {
            problems = List.copyOf(problems);
        }
    }
}

package io.quorate.cli.imports;

import io.quorate.cli.rulefile.Problem;
import io.quorate.core.rule.RuleSet;
import java.util.List;

/** What importing a file gives: rules with remarks, or all reasons why its origin or Quorate refuses it. */
public sealed interface Imported {
    /**
     * The file is right.
     *
     * @param rules one rule set for each namespace, in the order of the file; none if nothing of it is a limit
     * @param remarks what isn't here as it was there, in the order of the file
     */
    record Rules(Origin origin, List<RuleSet> rules, List<Remark> remarks) implements Imported {
        public Rules {
            rules = List.copyOf(rules);
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * The file is wrong; its origin wouldn't load it either, or nobody knows it.
     *
     * @param problems one or more, in the order of the file
     */
    record Rejected(List<Problem> problems) implements Imported {
        public Rejected {
            problems = List.copyOf(problems);
        }
    }
}

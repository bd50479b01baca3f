package io.quorate.cli.replay;

import io.quorate.core.command.Command;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules numbered and compiled as a cluster would that has no others. Rule {@code i} has limit number i + 1. Those with
 * time windows apply as of {@link #at}.
 */
final class TraceRules {
    static final long VERSION = 1;

    private final List<Rule> rules;
    private CompiledRules compiled;
    private long nextChangeMillis;
    private final boolean colocated;

    TraceRules(RuleSet set) {
        this.rules = set.rules();
        List<NumberedRule> numbered = new ArrayList<>();
        for (Rule rule : set.rules()) {
            numbered.add(new NumberedRule(rule, numbered.size() + 1));
        }
        this.compiled = new CompiledRules(new AppliedRules(set.namespace(), VERSION, set.colocate(), numbered));
        this.colocated = set.colocate().isPresent();
        at(0);
    }

    /** From here on it is this time, in milliseconds since 1970 UTC; not before an earlier one. */
    void at(long millis) {
        if (millis < nextChangeMillis) {
            return;
        }
        AppliedRules before = compiled.rules();
        // As of 0 would mean that no rule depends on the time.
        AppliedRules now =
                new AppliedRules(before.namespace(), VERSION, before.colocate(), Math.max(1, millis), before.rules());
        compiled = compiled.next(now);
        nextChangeMillis = now.nextChangeMillis();
    }

    /**
     * The rules that match.
     *
     * @throws IllegalArgumentException if a cluster would refuse the request, saying why
     */
    List<Matched> match(Descriptor descriptor) {
        if (colocated) {
            compiled.slot(descriptor);
        }
        List<Matched> matched = compiled.match(descriptor);
        if (matched.size() > Command.CHARGES_MAX) {
            throw new IllegalArgumentException("the request matches " + matched.size()
                    + " rules, but one request can be charged to at most " + Command.CHARGES_MAX);
        }
        return matched;
    }

    Limit limit(int limitId) {
        return rules.get(limitId - 1).limit();
    }
}

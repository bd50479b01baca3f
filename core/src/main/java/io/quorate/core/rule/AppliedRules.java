package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a namespace as meta holds them.
 *
 * @param version the cluster-wide rules version at which this namespace last changed
 * @param asOfMillis meta's log time at which it was last settled which rules' time has come: rules apply or not
 *     as of then, until a later entry says so; 0 if no rule depends on the time
 * @param rules empty if the namespace was deleted
 */
public record AppliedRules(
        String namespace, long version, Optional<String> colocate, long asOfMillis, List<NumberedRule> rules) {
    public AppliedRules {
        Names.checkName("namespace", namespace);
        rules = List.copyOf(rules);
    }

    /** Rules of which none depends on the time. */
    public AppliedRules(String namespace, long version, Optional<String> colocate, List<NumberedRule> rules) {
        this(namespace, version, colocate, 0, rules);
    }

    /** The same rules without numbers and version. */
    public RuleSet ruleSet() {
        return new RuleSet(
                namespace, colocate, rules.stream().map(NumberedRule::rule).toList());
    }

    /** The next time at which a rule begins or ends to apply; {@link Long#MAX_VALUE}: never. */
    public long nextChangeMillis() {
        if (asOfMillis == 0) {
            return Long.MAX_VALUE;
        }
        long next = Long.MAX_VALUE;
        for (NumberedRule rule : rules) {
            next = Math.min(next, rule.rule().activation().nextChangeMillis(asOfMillis));
        }
        return next;
    }
}

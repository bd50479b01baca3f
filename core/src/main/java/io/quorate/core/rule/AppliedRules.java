package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import java.util.List;
import java.util.Optional;

/**
 * The rules of a namespace as meta holds them.
 *
 * @param version the cluster-wide rules version at which this namespace last changed
 * @param rules empty if the namespace was deleted
 */
public record AppliedRules(String namespace, long version, Optional<String> colocate, List<NumberedRule> rules) {
    public AppliedRules {
        Names.checkName("namespace", namespace);
        rules = List.copyOf(rules);
    }

    /** The same rules without numbers and version. */
    public RuleSet ruleSet() {
        return new RuleSet(
                namespace, colocate, rules.stream().map(NumberedRule::rule).toList());
    }
}

package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import java.util.List;
import java.util.Optional;

/**
 * All rules of a namespace, as one value.
 *
 * @param namespace the tenant
 * @param colocate the entry by whose value the namespace is spread over groups; empty if the whole
 *     namespace is counted in one group. Every rule must match on that entry with {@code *}, and every
 *     request must carry it, since all counters of one request are in one group
 * @param rules up to {@value #RULES_MAX}, ids distinct, in the order in which they are reported
 */
public record RuleSet(String namespace, Optional<String> colocate, List<Rule> rules) {
    public static final int RULES_MAX = 10_000;

    public RuleSet {
        Names.checkName("namespace", namespace);
        rules = List.copyOf(rules);
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException("a namespace has at most " + RULES_MAX + " rules, not " + rules.size());
        }
        colocate.ifPresent(name -> Names.checkName("colocate", name));
        java.util.TreeSet<String> ids = new java.util.TreeSet<>();
        for (Rule rule : rules) {
            if (!ids.add(rule.id())) {
                throw new IllegalArgumentException("rule id '" + rule.id() + "' stands twice");
            }
            if (colocate.isPresent()
                    && rule.match().stream()
                            .noneMatch(m -> m.name().equals(colocate.get())
                                    && m.pattern().counted())) {
                throw new IllegalArgumentException("rule '" + rule.id() + "' must match {" + colocate.get()
                        + ": \"*\"}, because the namespace is colocated by '" + colocate.get()
                        + "'; leave 'colocate' out to count the namespace in one group");
            }
        }
    }
}

package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import java.util.Arrays;
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
    public static final int RULES_MAX = 500_000;

    public RuleSet {
        Names.checkName("namespace", namespace);
        rules = List.copyOf(rules);
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException("a namespace has at most " + RULES_MAX + " rules, not " + rules.size());
        }
        colocate.ifPresent(name -> Names.checkName("colocate", name));
        checkDistinct(rules);
        for (Rule rule : colocate.isPresent() ? rules : List.<Rule>of()) {
            if (!countsBy(rule, colocate.get())) {
                throw new IllegalArgumentException("rule '" + rule.id() + "' must match {" + colocate.get()
                        + ": \"*\"}, because the namespace is colocated by '" + colocate.get()
                        + "'; leave 'colocate' out to count the namespace in one group");
            }
        }
    }

    /** Whether a rule counts every value of an entry apart. */
    public static boolean countsBy(Rule rule, String name) {
        for (EntryMatch condition : rule.match()) {
            if (condition.counted() && condition.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static void checkDistinct(List<Rule> rules) {
        String[] ids = new String[rules.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rules.get(i).id();
        }
        Arrays.sort(ids);
        for (int i = 1; i < ids.length; i++) {
            if (ids[i].equals(ids[i - 1])) {
                throw new IllegalArgumentException("rule id '" + ids[i] + "' stands twice");
            }
        }
    }
}

package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import java.util.List;
import java.util.Optional;

/**
 * How a rule stands to the others that match the same request.
 *
 * <p>Of the rules that match, each group keeps one: that of the highest priority, then the most specific, then the
 * first in the namespace. Then those that are left are gone through by priority and place in the namespace, and
 * after one that stops no other is kept. What is left at the end applies, but for rules that another one of them
 * replaces.
 *
 * @param priority higher goes first; {@value #PRIORITY_MIN} to {@value #PRIORITY_MAX}
 * @param group rules of one group exclude each other
 * @param stops whether no rule after this one is kept
 * @param replaces ids of rules that don't apply where this one does; up to {@value #REPLACES_MAX}, distinct
 */
public record Precedence(int priority, Optional<String> group, boolean stops, List<String> replaces) {
    public static final int PRIORITY_MIN = -1_000_000;
    public static final int PRIORITY_MAX = 1_000_000;
    public static final int REPLACES_MAX = 128;

    /** All rules that match apply. */
    public static final Precedence NONE = new Precedence(0, Optional.empty(), false, List.of());

    public Precedence {
        replaces = List.copyOf(replaces);
        if (priority < PRIORITY_MIN || priority > PRIORITY_MAX) {
            throw new IllegalArgumentException(
                    "priority must be " + PRIORITY_MIN + " to " + PRIORITY_MAX + ", not " + priority);
        }
        group.ifPresent(name -> Names.checkName("group", name));
        if (replaces.size() > REPLACES_MAX) {
            throw new IllegalArgumentException(
                    "a rule replaces at most " + REPLACES_MAX + " others, not " + replaces.size());
        }
        for (String id : replaces) {
            Names.checkName("rule id to replace", id);
        }
        if (replaces.stream().distinct().count() != replaces.size()) {
            throw new IllegalArgumentException("a rule replaces the same rule twice");
        }
    }
}

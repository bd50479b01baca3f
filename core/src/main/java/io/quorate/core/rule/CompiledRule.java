package io.quorate.core.rule;

import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A rule ready to match, with all that its keys have in common. Immutable. */
final class CompiledRule {
    private static final String[] NO_NAMES = {};

    private final NumberedRule rule;
    /** Orders the rules of a namespace. */
    private final long order;

    private final EntryMatch[] conditions;
    /** All conditions, as a set of bits; none if there is more to a match than the keys that find it. */
    private final int provable;

    private final boolean plain;
    private final String[] countedNames;
    private final QuotaKey.@Nullable Stem stem;
    private final CompiledRules.@Nullable Matched alone;

    CompiledRule(String namespace, NumberedRule rule, long order) {
        this.rule = rule;
        this.order = order;
        this.conditions = rule.rule().match().toArray(new EntryMatch[0]);
        boolean byKeys = rule.rule().activation().rollout().isEmpty();
        List<String> counted = new ArrayList<>();
        for (EntryMatch condition : conditions) {
            byKeys &= isWhole(condition.pattern());
            if (condition.counted()) {
                counted.add(condition.name());
            }
        }
        this.provable = byKeys && conditions.length > 0 ? (1 << conditions.length) - 1 : 0;
        this.plain =
                rule.rule().precedence().equals(Precedence.NONE) && rule.rule().isLimited();
        QuotaKey.Stem keys = new QuotaKey.Stem(namespace, rule.rule().id());
        this.countedNames = counted.isEmpty() ? NO_NAMES : counted.toArray(new String[0]);
        this.stem = counted.isEmpty() ? null : keys;
        this.alone = counted.isEmpty() ? new CompiledRules.Matched(rule, keys.key()) : null;
    }

    /** Whether a value that the pattern's key finds fits it. */
    private static boolean isWhole(Pattern pattern) {
        return pattern instanceof Pattern.Any
                || pattern instanceof Pattern.Exact
                || pattern instanceof Pattern.Prefix
                || pattern instanceof Pattern.Cidr
                || pattern instanceof Pattern.Range;
    }

    NumberedRule numbered() {
        return rule;
    }

    Rule rule() {
        return rule.rule();
    }

    long order() {
        return order;
    }

    /** Whether the rule has a limit, and applies whenever it matches. */
    boolean isPlain() {
        return plain;
    }

    int conditions() {
        return conditions.length;
    }

    EntryMatch condition(int i) {
        return conditions[i];
    }

    /** Whether a condition that isn't among the used ones can find it. */
    boolean hasKeyBeside(int used) {
        for (int i = 0; i < conditions.length; i++) {
            if ((used >>> i & 1) == 0 && !(conditions[i].pattern() instanceof Pattern.Absent)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the rule can match at a time. */
    boolean isLive(long asOfMillis) {
        return rule().isLive(asOfMillis);
    }

    /** Whether the rule matches; {@code proved} are conditions known to hold. */
    boolean matches(Request request, int proved) {
        if (proved == provable && proved != 0) {
            return true;
        }
        for (EntryMatch condition : conditions) {
            int at = indexOf(request.entries(), condition.name());
            boolean holds = condition.pattern() instanceof Pattern.Absent
                    ? at < 0
                    : at >= 0 && holds(condition.pattern(), request, at);
            if (!holds) {
                return false;
            }
        }
        Optional<Rollout> rollout = rule().activation().rollout();
        return rollout.isEmpty() || rollout.get().includes(request.entries());
    }

    private static boolean holds(Pattern pattern, Request request, int at) {
        if (pattern instanceof Pattern.Cidr cidr) {
            Address address = request.address(at);
            return address != null && address.isIn(cidr.network(), cidr.bits());
        }
        return pattern.matches(request.value(at));
    }

    /** The rule with the key of the counter that a request which it matches is counted by. */
    CompiledRules.Matched matched(List<Entry> entries) {
        if (alone != null) {
            return alone;
        }
        QuotaKey.Stem keys = stem;
        if (keys == null) {
            throw new IllegalStateException("a rule that counts by entries has no stem");
        }
        String[] values = new String[countedNames.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = entries.get(indexOf(entries, countedNames[i])).value();
        }
        return new CompiledRules.Matched(rule, keys.key(values));
    }

    static int indexOf(List<Entry> entries, String name) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}

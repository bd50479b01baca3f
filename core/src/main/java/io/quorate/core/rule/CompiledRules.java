package io.quorate.core.rule;

import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A namespace's rules, ready to match requests. Immutable and thread-safe. */
public final class CompiledRules {
    private final AppliedRules rules;
    private final CompiledRule[] compiled;
    private final RuleIndex index;
    private final int namespaceSlot;

    public CompiledRules(AppliedRules rules) {
        this.rules = rules;
        this.compiled = rules.rules().stream()
                .map(rule -> new CompiledRule(rules.namespace(), rule))
                .toArray(CompiledRule[]::new);
        this.index = new RuleIndex(rules.rules());
        this.namespaceSlot = Slots.of(rules.namespace());
    }

    public AppliedRules rules() {
        return rules;
    }

    /** The rules that match, in the order of the namespace, each with the key of its counter. */
    public List<Matched> match(Descriptor descriptor) {
        Places matching = new Places(descriptor.entries());
        index.candidates(descriptor.entries(), matching);
        return matching.matched();
    }

    /**
     * The slot that decides a request.
     *
     * @throws IllegalArgumentException if the namespace is colocated by an entry that the request lacks
     */
    public int slot(Descriptor descriptor) {
        Optional<String> colocate = rules.colocate();
        if (colocate.isEmpty()) {
            return namespaceSlot;
        }
        int at = indexOf(descriptor.entries(), colocate.get());
        if (at < 0) {
            throw new IllegalArgumentException("the request lacks entry '" + colocate.get() + "', by which namespace '"
                    + rules.namespace() + "' is colocated");
        }
        return Slots.of(rules.namespace(), descriptor.entries().get(at).value());
    }

    /** A rule that matched and the counter that it names. */
    public record Matched(NumberedRule rule, QuotaKey key) {}

    private static int indexOf(List<Entry> entries, String name) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The places of the rules that match one request. */
    private final class Places implements RuleIndex.Found {
        private final List<Entry> entries;
        private int[] places = new int[8];
        private int count;

        Places(List<Entry> entries) {
            this.entries = entries;
        }

        @Override
        public void rule(int place) {
            if (!compiled[place].matches(entries)) {
                return;
            }
            if (count == places.length) {
                places = Arrays.copyOf(places, 2 * count);
            }
            places[count++] = place;
        }

        List<Matched> matched() {
            if (count == 0) {
                return List.of();
            }
            if (count == 1) {
                return List.of(compiled[places[0]].matched(entries));
            }
            Arrays.sort(places, 0, count);
            Matched[] matched = new Matched[count];
            for (int i = 0; i < count; i++) {
                matched[i] = compiled[places[i]].matched(entries);
            }
            return List.of(matched);
        }
    }

    /** A rule with all that its keys have in common. */
    private static final class CompiledRule {
        private final NumberedRule rule;
        private final EntryMatch[] conditions;
        private final String[] countedNames;
        private final QuotaKey.Stem stem;
        private final Matched alone;

        CompiledRule(String namespace, NumberedRule rule) {
            this.rule = rule;
            this.conditions = rule.rule().match().toArray(new EntryMatch[0]);
            List<String> counted = new ArrayList<>();
            for (EntryMatch condition : conditions) {
                if (condition.pattern().counted()) {
                    counted.add(condition.name());
                }
            }
            this.countedNames = counted.toArray(new String[0]);
            this.stem = new QuotaKey.Stem(namespace, rule.rule().id());
            this.alone = new Matched(rule, stem.key());
        }

        boolean matches(List<Entry> entries) {
            for (EntryMatch condition : conditions) {
                int at = indexOf(entries, condition.name());
                if (at < 0 || !condition.pattern().matches(entries.get(at).value())) {
                    return false;
                }
            }
            return true;
        }

        Matched matched(List<Entry> entries) {
            if (countedNames.length == 0) {
                return alone;
            }
            String[] values = new String[countedNames.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = entries.get(indexOf(entries, countedNames[i])).value();
            }
            return new Matched(rule, stem.key(values));
        }
    }
}

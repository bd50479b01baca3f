package io.quorate.server.endpoint;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.NumberedRule;
import io.quorate.server.metrics.DecisionCounts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A namespace's rules as this node decides by them, with what is counted of it. Immutable but for the counts. */
final class NamespaceRules {
    private final CompiledRules compiled;
    private final DecisionCounts decisions;

    NamespaceRules(AppliedRules applied, DecisionCounts decisions) {
        this(new CompiledRules(applied), decisions);
    }

    private NamespaceRules(CompiledRules compiled, DecisionCounts decisions) {
        this.compiled = compiled;
        this.decisions = decisions;
    }

    /** Newer rules of the same namespace; costs what changed. */
    NamespaceRules next(AppliedRules newer) {
        return new NamespaceRules(compiled.next(newer), decisions);
    }

    /** The names of the entries by whose values a rule counts, in its order. */
    static List<String> countedNames(NumberedRule rule) {
        return rule.rule().countedNames();
    }

    AppliedRules applied() {
        return compiled.rules();
    }

    List<Matched> match(Descriptor descriptor) {
        return compiled.match(descriptor);
    }

    /** See {@link CompiledRules#slot}. */
    int slot(Descriptor descriptor) {
        return compiled.slot(descriptor);
    }

    DecisionCounts decisions() {
        return decisions;
    }

    static LimitDefinition definition(NumberedRule rule) {
        return new LimitDefinition(rule.limitId(), rule.rule().limit());
    }

    @Nullable
    NumberedRule rule(String id) {
        return compiled.rule(id).orElse(null);
    }

    /** How many values the keys of a rule have; the rule is one of these. */
    int countedValues(String id) {
        NumberedRule rule = compiled.rule(id).orElseThrow(() -> new IllegalArgumentException("no rule '" + id + "'"));
        return countedNames(rule).size();
    }

    /** The slot of requests with this value of the colocating entry; without such an entry the value is ignored. */
    int slotOf(String colocated) {
        String namespace = applied().namespace();
        return applied().colocate().isEmpty() ? Slots.of(namespace) : Slots.of(namespace, colocated);
    }
}

package io.quorate.server.endpoint;

import io.quorate.core.command.LimitDefinition;
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
        this.compiled = new CompiledRules(applied);
        this.decisions = decisions;
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
        for (NumberedRule rule : compiled.rules().rules()) {
            if (rule.rule().id().equals(id)) {
                return rule;
            }
        }
        return null;
    }
}

package io.quorate.client.lease;

import io.quorate.core.rule.CompiledRules;
import org.jspecify.annotations.Nullable;

/** The rules of one namespace as the client has them now; null until learned, or when they were forgotten. */
final class NamespaceRules {
    private volatile @Nullable CompiledRules current;
    /** Also after they were forgotten; the loop's. */
    private @Nullable CompiledRules last;

    @Nullable
    CompiledRules current() {
        return current;
    }

    /** Whether these rules may count in other groups than those that were set last. */
    boolean moves(CompiledRules rules) {
        CompiledRules before = last;
        return before != null && !before.rules().colocate().equals(rules.rules().colocate());
    }

    void set(@Nullable CompiledRules rules) {
        if (rules != null) {
            last = rules;
        }
        current = rules;
    }
}

package io.quorate.client.lease;

import io.quorate.core.rule.CompiledRules;
import org.jspecify.annotations.Nullable;

/** The rules of one namespace as the client has them now; null until learned, or when they were forgotten. */
final class NamespaceRules {
    private volatile @Nullable CompiledRules current;

    @Nullable
    CompiledRules current() {
        return current;
    }

    void set(@Nullable CompiledRules rules) {
        current = rules;
    }
}

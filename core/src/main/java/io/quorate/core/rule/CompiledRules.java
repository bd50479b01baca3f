package io.quorate.core.rule;

import io.quorate.core.quota.QuotaKey;
import java.util.List;

/** A namespace's rules, ready to match requests. Immutable and thread-safe. */
public final class CompiledRules {
    private final AppliedRules rules;

    public CompiledRules(AppliedRules rules) {
        this.rules = rules;
    }

    public AppliedRules rules() {
        return rules;
    }

    /** The rules that match, in the order of the namespace, each with the key of its counter. */
    public List<Matched> match(Descriptor descriptor) {
        throw new UnsupportedOperationException(descriptor.toString());
    }

    /**
     * The slot that decides a request.
     *
     * @throws IllegalArgumentException if the namespace is colocated by an entry that the request lacks
     */
    public int slot(Descriptor descriptor) {
        throw new UnsupportedOperationException(descriptor.toString());
    }

    /** A rule that matched and the counter that it names. */
    public record Matched(NumberedRule rule, QuotaKey key) {}
}

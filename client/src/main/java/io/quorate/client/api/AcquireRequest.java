package io.quorate.client.api;

import io.quorate.core.quota.Names;
import io.quorate.core.rule.Descriptor;

/**
 * What to ask for: tokens in a namespace, for a request described by its entries.
 *
 * @param cost tokens, 1 to 1,000,000,000
 */
public record AcquireRequest(String namespace, Descriptor descriptor, long cost) {
    public static final long COST_MAX = 1_000_000_000L;

    public AcquireRequest {
        Names.checkName("namespace", namespace);
        if (cost < 1 || cost > COST_MAX) {
            throw new IllegalArgumentException("cost must be 1 to " + COST_MAX + ", not " + cost);
        }
    }

    /** One token for a request described by name, value, name, value and so on. */
    public static AcquireRequest of(String namespace, String... namesAndValues) {
        return new AcquireRequest(namespace, Descriptor.of(namesAndValues), 1);
    }

    public AcquireRequest withCost(long tokens) {
        return new AcquireRequest(namespace, descriptor, tokens);
    }
}

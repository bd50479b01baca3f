package io.quorate.client.api;

import io.quorate.client.lease.RequestKey;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Entry;
import io.quorate.protocol.v1.Acquire;

/**
 * What to ask for: tokens in a namespace, for a request described by its entries.
 *
 * <p>Immutable and thread-safe. It holds its encoded bytes, so asking for the same again with the same object
 * encodes nothing again.
 */
public final class AcquireRequest {
    public static final long COST_MAX = 1_000_000_000L;

    private final String namespace;
    private final Descriptor descriptor;
    private final long cost;
    private final byte[] encoded;
    private final RequestKey key;

    /**
     * A request for {@code cost} tokens.
     *
     * @param cost tokens, 1 to 1,000,000,000
     */
    public AcquireRequest(String namespace, Descriptor descriptor, long cost) {
        this.namespace = Names.checkName("namespace", namespace);
        this.descriptor = descriptor;
        if (cost < 1 || cost > COST_MAX) {
            throw new IllegalArgumentException("cost must be 1 to " + COST_MAX + ", not " + cost);
        }
        this.cost = cost;
        this.encoded = encode();
        this.key = new RequestKey(namespace, descriptor);
    }

    /** One token for a request described by name, value, name, value and so on. */
    public static AcquireRequest of(String namespace, String... namesAndValues) {
        return new AcquireRequest(namespace, Descriptor.of(namesAndValues), 1);
    }

    public AcquireRequest withCost(long tokens) {
        return new AcquireRequest(namespace, descriptor, tokens);
    }

    public String namespace() {
        return namespace;
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    public long cost() {
        return cost;
    }

    /** The fields of an Acquire message that don't change from try to try. */
    byte[] encoded() {
        return encoded;
    }

    /** What its leases are looked up by. */
    RequestKey key() {
        return key;
    }

    private byte[] encode() {
        Acquire.Builder message = Acquire.newBuilder().setNamespace(namespace).setCost(cost);
        io.quorate.protocol.v1.Entry.Builder entryMessage = io.quorate.protocol.v1.Entry.newBuilder();
        for (Entry entry : descriptor.entries()) {
            message.addEntries(entryMessage.setName(entry.name()).setValue(entry.value()));
        }
        return message.build().toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AcquireRequest request
                && cost == request.cost
                && namespace.equals(request.namespace)
                && descriptor.equals(request.descriptor);
    }

    @Override
    public int hashCode() {
        return (31 * namespace.hashCode() + descriptor.hashCode()) * 31 + Long.hashCode(cost);
    }

    @Override
    public String toString() {
        return "AcquireRequest[namespace=" + namespace + ", descriptor=" + descriptor + ", cost=" + cost + "]";
    }
}

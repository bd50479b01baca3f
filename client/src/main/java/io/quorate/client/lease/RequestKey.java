package io.quorate.client.lease;

import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Entry;
import java.util.List;

/** A namespace and a request's description, with its hash computed once: what is looked up by. Immutable. */
public final class RequestKey {
    private final String namespace;
    private final Descriptor descriptor;
    private final int hash;

    public RequestKey(String namespace, Descriptor descriptor) {
        this.namespace = namespace;
        this.descriptor = descriptor;
        int mixed = 31 * namespace.hashCode();
        for (Entry entry : descriptor.entries()) {
            mixed = 31 * (31 * mixed + entry.name().hashCode()) + entry.value().hashCode();
        }
        this.hash = mixed;
    }

    public String namespace() {
        return namespace;
    }

    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof RequestKey key) || hash != key.hash || !namespace.equals(key.namespace)) {
            return false;
        }
        List<Entry> ours = descriptor.entries();
        List<Entry> theirs = key.descriptor.entries();
        // By index: an iterator would be an allocation on every look-up.
        boolean same = ours.size() == theirs.size();
        for (int i = 0; same && i < ours.size(); i++) {
            Entry our = ours.get(i);
            Entry their = theirs.get(i);
            same = our.value().equals(their.value()) && our.name().equals(their.name());
        }
        return same;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "RequestKey[namespace=" + namespace + ", descriptor=" + descriptor + "]";
    }
}

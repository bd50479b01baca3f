package io.quorate.client.route;

import io.quorate.core.quota.Slots;
import io.quorate.core.rule.Descriptor;
import org.jspecify.annotations.Nullable;

/** How requests of one namespace find their group. Confined to the loop. */
final class NamespaceRoute {
    final String namespace;
    final CallQueue waiting = new CallQueue();
    private final int slot;

    boolean known;
    boolean fetching;
    /** Whether what is being fetched may be old already. */
    boolean stale;
    /** The entry by whose value the namespace is spread over groups; null if it is in one group. */
    @Nullable
    String colocate;

    NamespaceRoute(String namespace) {
        this.namespace = namespace;
        this.slot = Slots.of(namespace);
    }

    /** The slot that decides a request, or -1 if the request lacks the entry that says it. */
    int slot(Descriptor descriptor) {
        String name = colocate;
        if (name == null) {
            return slot;
        }
        String value = descriptor.value(name).orElse(null);
        return value == null ? -1 : Slots.of(namespace, value);
    }
}

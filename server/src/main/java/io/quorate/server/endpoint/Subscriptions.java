package io.quorate.server.endpoint;

import io.quorate.protocol.v1.Push;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which peers are told what happens to a namespace. Thread-safe; pushing never waits: a peer that can't take a push
 * now misses it, and learns the same from the answer to its next renewal.
 */
public final class Subscriptions {
    /** Namespaces that one peer may subscribe to. */
    static final int PER_PEER_MAX = 1_024;

    private final Map<String, Set<Peer>> peers = new ConcurrentHashMap<>();
    private final Map<Peer, Set<String>> namespaces = new ConcurrentHashMap<>();
    /** The version of each subscribed namespace that its peers were last told, or had when the first subscribed. */
    private final Map<String, Long> told = new ConcurrentHashMap<>();

    /** Whether the peer is now told of this namespace; false if it has as many subscriptions as it may. */
    boolean add(Peer peer, String namespace, RuleCatalog catalog) {
        Set<String> own = namespaces.computeIfAbsent(peer, p -> ConcurrentHashMap.newKeySet());
        if (own.size() >= PER_PEER_MAX && !own.contains(namespace)) {
            return false;
        }
        own.add(namespace);
        peers.compute(namespace, (name, known) -> {
            Set<Peer> set = known == null ? ConcurrentHashMap.newKeySet() : known;
            set.add(peer);
            return set;
        });
        told.putIfAbsent(namespace, version(catalog, namespace));
        return true;
    }

    /** The peer is gone. */
    public void remove(Peer peer) {
        Set<String> own = namespaces.remove(peer);
        if (own == null) {
            return;
        }
        for (String namespace : own) {
            peers.computeIfPresent(namespace, (name, known) -> {
                known.remove(peer);
                return known.isEmpty() ? null : known;
            });
            if (!peers.containsKey(namespace)) {
                told.remove(namespace);
            }
        }
    }

    /** This node decides by new rules: tells the peers of every namespace whose version is another one now. */
    public void advanced(RuleCatalog catalog) {
        for (String namespace : peers.keySet()) {
            long version = version(catalog, namespace);
            Long before = told.put(namespace, version);
            if (before == null || before != version) {
                push(
                        namespace,
                        Push.newBuilder()
                                .setRulesChanged(Push.RulesChanged.newBuilder()
                                        .setNamespace(namespace)
                                        .setVersion(version))
                                .build());
            }
        }
    }

    /** The version of a namespace's rules; 0 if it has none. */
    private static long version(RuleCatalog catalog, String namespace) {
        NamespaceRules rules = catalog.current().namespace(namespace);
        return rules == null ? 0 : rules.applied().version();
    }

    /** Holders of a counter's tokens are to return them; gives how many peers were told. */
    int recalled(String namespace, String rule, List<String> values) {
        return push(
                namespace,
                Push.newBuilder()
                        .setRecalled(Push.Recalled.newBuilder()
                                .setNamespace(namespace)
                                .setRule(rule)
                                .addAllValues(values))
                        .build());
    }

    private int push(String namespace, Push push) {
        Collection<Peer> subscribed = peers.getOrDefault(namespace, Set.of());
        int count = 0;
        for (Peer peer : subscribed) {
            peer.push(push);
            count++;
        }
        return count;
    }
}

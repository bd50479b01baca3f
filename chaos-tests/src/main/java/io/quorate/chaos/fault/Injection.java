package io.quorate.chaos.fault;

import io.quorate.chaos.substrate.ChaosNode;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One fault with everything chosen: done by {@link #inject}, undone by {@link #heal}.
 *
 * @param nodes to whom; empty if it concerns no node
 * @param parameters how much, how long: what a reader needs to do it again
 * @param lastsMillis from its injection to its healing
 */
record Injection(
        List<String> nodes,
        SortedMap<String, String> parameters,
        long lastsMillis,
        Runnable injecting,
        Runnable healing) {
    Injection {
        nodes = List.copyOf(nodes);
        parameters = new TreeMap<>(parameters);
    }

    static Injection at(Collection<? extends ChaosNode> nodes, long lastsMillis, Runnable injecting, Runnable healing) {
        return new Injection(
                nodes.stream().map(ChaosNode::id).toList(), new TreeMap<>(), lastsMillis, injecting, healing);
    }

    Injection with(String parameter, Object value) {
        SortedMap<String, String> more = new TreeMap<>(parameters);
        more.put(parameter, String.valueOf(value));
        return new Injection(nodes, more, lastsMillis, injecting, healing);
    }

    void inject() {
        injecting.run();
    }

    void heal() {
        healing.run();
    }
}

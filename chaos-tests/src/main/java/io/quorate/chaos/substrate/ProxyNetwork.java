package io.quorate.chaos.substrate;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The network of nodes on loopback, each of which reaches each other, and is reached by clients, through a proxy. */
final class ProxyNetwork implements NetworkControl, AutoCloseable {
    private final List<FaultProxy> proxies = new ArrayList<>();
    private volatile Map<Link, LinkState> links = Map.of();

    /** Lays one link that connections are made on; their answers come on its reverse. */
    void lay(Link link, InetSocketAddress from, InetSocketAddress to) {
        Link back = link.reversed();
        proxies.add(new FaultProxy(new FaultProxy.Route(
                link.toString(),
                from,
                to,
                () -> links.getOrDefault(link, LinkState.CLEAN),
                () -> links.getOrDefault(back, LinkState.CLEAN),
                link.hashCode())));
    }

    @Override
    public void set(Map<Link, LinkState> faulty) {
        if (faulty.values().stream().anyMatch(s -> s.duplicatePercent() > 0)) {
            throw new UnsupportedOperationException("a proxy of connections can't send packets twice");
        }
        links = Map.copyOf(faulty);
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
    }
}

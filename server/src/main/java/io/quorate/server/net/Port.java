package io.quorate.server.net;

import io.quorate.server.config.ServerLimits;
import io.quorate.server.endpoint.Endpoints;
import io.quorate.server.metrics.ServerMetrics;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What all connections of the client port share. Thread-safe. */
final class Port {
    private final Endpoints endpoints;
    private final ServerLimits limits;
    private final ServerMetrics metrics;
    private final InFlight inFlight;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    Port(Endpoints endpoints, ServerLimits limits, ServerMetrics metrics) {
        this.endpoints = endpoints;
        this.limits = limits;
        this.metrics = metrics;
        this.inFlight = new InFlight(metrics.inFlight(), limits.inFlightMax());
    }

    Endpoints endpoints() {
        return endpoints;
    }

    ServerLimits limits() {
        return limits;
    }

    ServerMetrics metrics() {
        return metrics;
    }

    InFlight inFlight() {
        return inFlight;
    }

    /** Takes a connection in; false if there are too many. */
    boolean opened(Connection connection) {
        if (metrics.connections().incrementAndGet() > limits.connectionsMax()) {
            metrics.connections().decrementAndGet();
            metrics.connectionRefused();
            return false;
        }
        connections.add(connection);
        return true;
    }

    void closed(Connection connection) {
        if (connections.remove(connection)) {
            metrics.connections().decrementAndGet();
        }
    }

    Set<Connection> connections() {
        return connections;
    }
}

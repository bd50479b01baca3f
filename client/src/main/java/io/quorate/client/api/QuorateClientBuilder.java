package io.quorate.client.api;

import io.quorate.client.lease.LeaseSettings;
import io.quorate.client.net.HostPort;
import io.quorate.client.route.RouterSettings;
import io.quorate.protocol.NativeProtocol;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Builds a client. Only the endpoints are needed. */
public final class QuorateClientBuilder {
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(10);
    private static final Duration TIMEOUT_MAX = Duration.ofHours(1);
    private static final int IN_FLIGHT_MAX = 1 << 20;

    private final List<String> endpoints = new ArrayList<>();
    private String name = "";
    private String clusterId = "";
    private Duration requestTimeout = Duration.ofSeconds(5);
    private int inFlightMax = 4096;
    private @Nullable ClientThreads threads;
    private Optional<LeaseSettings> leases = Optional.of(LeaseSettings.standard());

    QuorateClientBuilder() {}

    /** Client addresses ({@code host:port}) of one or more nodes; the others are learned. */
    public QuorateClientBuilder endpoints(String... addresses) {
        endpoints.addAll(List.of(addresses));
        return this;
    }

    /** What the client calls itself, for people; at most 64 bytes. */
    public QuorateClientBuilder name(String clientName) {
        name = clientName;
        return this;
    }

    /** Refuse to talk to another cluster than this. */
    public QuorateClientBuilder clusterId(String id) {
        clusterId = id;
        return this;
    }

    /** How long one request may take, with all its retries; 5 s. After it the result is Unknown. */
    public QuorateClientBuilder requestTimeout(Duration timeout) {
        requestTimeout = timeout;
        return this;
    }

    /** Requests that may be unanswered at once; 4096. Over it requests are answered Unknown, not executed. */
    public QuorateClientBuilder inFlightMax(int count) {
        inFlightMax = count;
        return this;
    }

    /** Whether tokens are leased and spent here where rules allow it; yes. Without, every acquire is the leader's. */
    public QuorateClientBuilder leases(boolean wanted) {
        leases = wanted ? Optional.of(LeaseSettings.standard()) : Optional.empty();
        return this;
    }

    /** Shares threads with other clients, instead of having one of its own. */
    public QuorateClientBuilder threads(ClientThreads shared) {
        threads = shared;
        return this;
    }

    /** Leases by other bounds and another sizing than the standard ones. */
    public QuorateClientBuilder leases(LeaseSettings settings) {
        leases = Optional.of(settings);
        return this;
    }

    /**
     * Connects to one of the endpoints and learns the cluster's topology.
     *
     * @throws IllegalArgumentException if a setting can't be right
     * @throws QuorateException if none answers within the request timeout
     */
    public QuorateClient build() {
        endpoints.forEach(HostPort::parse);
        if (name.getBytes(StandardCharsets.UTF_8).length > NativeProtocol.CLIENT_NAME_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a client's name must be at most " + NativeProtocol.CLIENT_NAME_BYTES_MAX + " bytes of UTF-8");
        }
        if (requestTimeout.compareTo(TIMEOUT_MIN) < 0 || requestTimeout.compareTo(TIMEOUT_MAX) > 0) {
            throw new IllegalArgumentException("the request timeout must be " + TIMEOUT_MIN.toMillis() + " ms to "
                    + TIMEOUT_MAX.toMillis() + " ms, not " + requestTimeout);
        }
        if (inFlightMax < 1 || inFlightMax > IN_FLIGHT_MAX) {
            throw new IllegalArgumentException(
                    "the requests in flight must be 1 to " + IN_FLIGHT_MAX + ", not " + inFlightMax);
        }
        RouterSettings settings = RouterSettings.of(endpoints, clusterId, name, inFlightMax, requestTimeout.toNanos());
        return DefaultQuorateClient.connect(settings, requestTimeout.toNanos(), leases, threads);
    }
}

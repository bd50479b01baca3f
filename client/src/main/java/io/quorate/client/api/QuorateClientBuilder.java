package io.quorate.client.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Builds a client. Only the endpoints are needed. */
public final class QuorateClientBuilder {
    private final List<String> endpoints = new ArrayList<>();
    private String name = "";
    private String clusterId = "";
    private Duration requestTimeout = Duration.ofSeconds(5);
    private int inFlightMax = 4096;

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

    /**
     * Connects to one of the endpoints and learns the cluster's topology.
     *
     * @throws QuorateException if none answers within the request timeout
     */
    public QuorateClient build() {
        throw new UnsupportedOperationException(endpoints + name + clusterId + requestTimeout + inFlightMax);
    }
}

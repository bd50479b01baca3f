package io.quorate.client.route;

import java.util.List;

/**
 * Bounds and times of a client.
 *
 * @param endpoints addresses ({@code host:port}) to begin with
 * @param clusterId empty, or the cluster that the client means to talk to
 * @param clientName what the client calls itself
 * @param inFlightMax calls that may be unanswered at once; count
 * @param triesMax times that one call is sent; count
 * @param attemptNanos after which a try is taken for lost
 * @param backoffMinNanos shortest wait before a further try; nanoseconds
 * @param backoffMaxNanos longest wait before a further try that nobody asked for; nanoseconds
 * @param reconnectMaxNanos longest wait between two attempts to connect to one node; nanoseconds
 * @param namespacesMax namespaces whose routing is remembered; count
 */
public record RouterSettings(
        List<String> endpoints,
        String clusterId,
        String clientName,
        int inFlightMax,
        int triesMax,
        long attemptNanos,
        long backoffMinNanos,
        long backoffMaxNanos,
        long reconnectMaxNanos,
        int namespacesMax) {
    private static final long MILLI = 1_000_000L;

    public RouterSettings {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("at least one endpoint is needed, such as 127.0.0.1:7101");
        }
        if (inFlightMax < 1 || triesMax < 1 || namespacesMax < 1) {
            throw new IllegalArgumentException("bounds must be 1 or more");
        }
        if (backoffMinNanos < 1 || backoffMaxNanos < backoffMinNanos || reconnectMaxNanos < backoffMinNanos) {
            throw new IllegalArgumentException("waits must be positive, and the longest not below the shortest");
        }
    }

    /** Settings for requests that may take {@code requestTimeoutNanos}; the rest is fit for any network. */
    public static RouterSettings of(
            List<String> endpoints, String clusterId, String clientName, int inFlightMax, long requestTimeoutNanos) {
        long attempt = Math.max(250 * MILLI, Math.min(2000 * MILLI, requestTimeoutNanos * 3 / 10));
        return new RouterSettings(
                endpoints,
                clusterId,
                clientName,
                inFlightMax,
                64,
                attempt,
                10 * MILLI,
                200 * MILLI,
                1000 * MILLI,
                10_000);
    }

    /** Why a request is refused that is one too many. */
    public String tooManyUnanswered() {
        return inFlightMax + " requests are unanswered already; the client takes no more at once";
    }
}

package io.quorate.client.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a client decided by itself since it was made, and what that took. All but the last two only grow.
 *
 * <p>Tokens that were granted were spent here ({@code localGranted}), returned, stranded, or are held.
 *
 * @param localGranted tokens granted of leases, without a call
 * @param localDenied tokens denied by what the leader had said, without a call
 * @param fallbackAllowed requests allowed by failure policies
 * @param fallbackDenied requests denied by failure policies
 * @param renewalDecided requests that waited for a renewal, and were granted with it
 * @param renewalDenied tokens denied to requests that had waited for a renewal
 * @param leaderAsked requests that were sent to the leader by themselves
 * @param leaderGranted of those: granted
 * @param leaderDenied of those: denied, by a limit; what is left got no answer
 * @param renewals renewals sent, repeats not counted
 * @param renewalFrames requests that carried them
 * @param granted tokens that leases were granted
 * @param returned tokens given back unused
 * @param expired tokens whose lease ended before the leader was told of their use or return: it has them as spent
 * @param stranded of those: tokens that were never spent, and are lost
 * @param held tokens held now, or on their way back
 * @param counters counters of which leases are kept
 */
public record LeaseStats(
        long localGranted,
        long localDenied,
        long fallbackAllowed,
        long fallbackDenied,
        long renewalDecided,
        long renewalDenied,
        long leaderAsked,
        long leaderGranted,
        long leaderDenied,
        long renewals,
        long renewalFrames,
        long granted,
        long returned,
        long expired,
        long stranded,
        long held,
        int counters) {
    /** Of a client without leases, or that did nothing yet. */
    public static final LeaseStats NONE = new LeaseStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static final String PREFIX = "quorate_client_";
    private static final String TOTAL = "_total";

    /**
     * The same as numbers by name, for whatever a program's metrics are registered with: names that end in
     * {@code _total} only grow, the others are levels.
     */
    public Map<String, Long> metrics() {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("local_granted_tokens_total", localGranted);
        all.put("local_denied_tokens_total", localDenied);
        all.put("fallback_allowed_requests_total", fallbackAllowed);
        all.put("fallback_denied_requests_total", fallbackDenied);
        all.put("renewal_granted_requests_total", renewalDecided);
        all.put("renewal_denied_tokens_total", renewalDenied);
        all.put("leader_asked_requests_total", leaderAsked);
        all.put("leader_granted_requests_total", leaderGranted);
        all.put("leader_denied_requests_total", leaderDenied);
        all.put("lease_renewals_total", renewals);
        all.put("lease_renewal_frames_total", renewalFrames);
        all.put("lease_granted_tokens_total", granted);
        all.put("lease_returned_tokens_total", returned);
        all.put("lease_expired_tokens_total", expired);
        all.put("lease_stranded_tokens_total", stranded);
        all.put("lease_held_tokens", held);
        all.put("leased_counters", (long) counters);
        return Collections.unmodifiableMap(all);
    }

    /**
     * The same as a page for Prometheus, format 0.0.4, each name with {@code quorate_client_} before it.
     *
     * @param client the value of the label {@code client}
     */
    public String prometheusPage(String client) {
        String label = client.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        StringBuilder page = new StringBuilder();
        metrics()
                .forEach((name, value) -> page.append(String.format(
                        Locale.ROOT,
                        "# TYPE %s%s %s\n%1$s%2$s{client=\"%4$s\"} %5$d\n",
                        PREFIX,
                        name,
                        name.endsWith(TOTAL) ? "counter" : "gauge",
                        label,
                        value)));
        return page.toString();
    }
}

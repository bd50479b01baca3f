package io.quorate.server.metrics;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * What this node's leases came to, as far as it answered for them. Thread-safe.
 *
 * <p>Where tokens went is counted by the groups, from their logs; here is what no log has.
 */
public final class LeaseCounts {
    private final Map<RenewalOutcome, LongAdder> renewals = adders();
    private final LongAdder deniedByPolicy = new LongAdder();
    private final LongAdder deniedByLimit = new LongAdder();
    private final LongAdder deniedByClients = new LongAdder();
    private final LongAdder recalls = new LongAdder();

    LeaseCounts() {}

    private static Map<RenewalOutcome, LongAdder> adders() {
        Map<RenewalOutcome, LongAdder> adders = new EnumMap<>(RenewalOutcome.class);
        for (RenewalOutcome outcome : RenewalOutcome.values()) {
            adders.put(outcome, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    public void renewed(RenewalOutcome outcome) {
        Objects.requireNonNull(renewals.get(outcome)).increment();
    }

    /**
     * A renewal brought requests that waited for tokens.
     *
     * @param needed tokens that they need
     * @param asked of those: what the policy let it ask of the counter
     * @param given of those: what the counter had
     */
    public void needed(long needed, long asked, long given) {
        deniedByPolicy.add(needed - asked);
        deniedByLimit.add(asked - given);
    }

    /** A renewal told of tokens that were asked of its client, which denied them by what it had been told. */
    public void deniedByClient(long tokens) {
        deniedByClients.add(tokens);
    }

    /** Leases were asked back, from so many clients. */
    public void recalled(int told) {
        recalls.add(told);
    }

    long renewals(RenewalOutcome outcome) {
        return Objects.requireNonNull(renewals.get(outcome)).sum();
    }

    long deniedByPolicy() {
        return deniedByPolicy.sum();
    }

    long deniedByLimit() {
        return deniedByLimit.sum();
    }

    long deniedByClients() {
        return deniedByClients.sum();
    }

    long recalls() {
        return recalls.sum();
    }
}

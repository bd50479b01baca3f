package io.quorate.server.metrics;

import io.quorate.core.quota.Algorithm;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Why requests were denied: by which kind of limit, and whether it could ever have been otherwise. Thread-safe. */
public final class DenialCounts {
    private final Map<Algorithm, LongAdder> byLimit = adders();
    private final Map<Algorithm, LongAdder> byCost = adders();
    private final LongAdder byFormerRules = new LongAdder();

    DenialCounts() {}

    private static Map<Algorithm, LongAdder> adders() {
        Map<Algorithm, LongAdder> adders = new EnumMap<>(Algorithm.class);
        for (Algorithm algorithm : Algorithm.values()) {
            adders.put(algorithm, new LongAdder());
        }
        return Collections.unmodifiableMap(adders);
    }

    /**
     * A request was denied.
     *
     * @param algorithm the kind of the first limit that denied it
     * @param never whether that limit can't ever have as much as the request costs
     */
    public void denied(Algorithm algorithm, boolean never) {
        Objects.requireNonNull((never ? byCost : byLimit).get(algorithm)).increment();
    }

    /** The repeat of a request got its first answer, a denial by rules that are others now. */
    public void deniedByFormerRules() {
        byFormerRules.increment();
    }

    long byLimit(Algorithm algorithm) {
        return Objects.requireNonNull(byLimit.get(algorithm)).sum();
    }

    long byCost(Algorithm algorithm) {
        return Objects.requireNonNull(byCost.get(algorithm)).sum();
    }

    long byFormerRules() {
        return byFormerRules.sum();
    }
}

package io.quorate.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * What one run of a scenario comes to. Requests are told by one thread, in the order of their arrival; answers by any.
 *
 * <p>Two models judge it. The ideal bucket sees the same arrivals without any delay, first come first served. The meter
 * sees the uses that this run made: a denial is early if at its moment a bucket that had been charged with exactly
 * those uses, and refilled at the limit's rate, still had a token, be it that it lay in another client's pocket.
 */
final class LeaseTally {
    private final LeaseScenario scenario;
    private final IdealBucket ideal;
    private final UseMeter meter;
    private final AtomicLongArray admitted;
    private final long[] demanded;
    private final ConcurrentHistogram waits = new ConcurrentHistogram(TimeUnit.SECONDS.toNanos(60), 2);
    private final LongAdder earlyDenied = new LongAdder();
    private long checks;
    private long idealAdmitted;
    private long local;

    LeaseTally(LeaseScenario scenario, long nowNanos) {
        this.scenario = scenario;
        this.ideal = new IdealBucket(scenario.rate(), scenario.burst());
        this.meter = new UseMeter(scenario.rate(), scenario.burst(), nowNanos);
        this.admitted = new AtomicLongArray(scenario.clients());
        this.demanded = new long[scenario.clients()];
    }

    /** A request arrived; {@code atNanos} is since the beginning of the arrivals. */
    void asked(int who, long atNanos, boolean counting) {
        boolean wanted = ideal.admits(atNanos);
        if (counting) {
            checks++;
            demanded[who]++;
            idealAdmitted += wanted ? 1 : 0;
        }
    }

    /** It was answered where it was asked. */
    void answeredHere(int who, boolean granted, long nowNanos, boolean counting) {
        local += counting ? 1 : 0;
        took(who, granted, nowNanos, 0, counting);
    }

    /** It was answered after so long. */
    void answeredLater(int who, boolean granted, long nowNanos, long delayNanos, boolean counting) {
        took(who, granted, nowNanos, delayNanos, counting);
        if (counting) {
            waits.recordValue(Math.min(TimeUnit.SECONDS.toNanos(60), delayNanos));
        }
    }

    private void took(int who, boolean granted, long nowNanos, long delayNanos, boolean counting) {
        if (granted) {
            meter.used(1, nowNanos, delayNanos);
            if (counting) {
                admitted.incrementAndGet(who);
            }
        } else if (counting && meter.hasRoom(1, nowNanos)) {
            earlyDenied.increment();
        }
    }

    /**
     * What a run gave. Parts are of all checks.
     *
     * @param utilisation admitted, of what the ideal bucket admits
     * @param requests requests to the cluster per 1,000 checks
     * @param local answered without waiting
     * @param jain fairness of what clients got of their max-min shares
     * @param denied all denials
     * @param falselyDenied what the ideal bucket admits beyond what was admitted, net
     * @param earlyDenied denied while a bucket charged with this run's uses had a token
     * @param waitMillis of those that waited, 99th percentile
     * @param expired tokens lost with their leases
     * @param over tokens above the limit in the worst window
     */
    record Figures(
            long checks,
            double utilisation,
            double requests,
            double local,
            double jain,
            double denied,
            double falselyDenied,
            double earlyDenied,
            double waitMillis,
            long expired,
            double over) {}

    /** The figures of a run that took so long and sent so many requests to the cluster. */
    Figures figures(double seconds, long requests, long expired) {
        long granted = 0;
        for (int i = 0; i < admitted.length(); i++) {
            granted += admitted.get(i);
        }
        return new Figures(
                checks,
                (double) granted / Math.max(1, idealAdmitted),
                1000.0 * requests / checks,
                (double) local / checks,
                jain(scenario.rate() * seconds),
                1 - (double) granted / checks,
                Math.max(0, (double) (idealAdmitted - granted) / checks),
                (double) earlyDenied.sum() / checks,
                waits.getTotalCount() == 0 ? 0 : waits.getValueAtPercentile(99) / 1e6,
                expired,
                meter.excess());
    }

    /** Jain's index over what each client got of its max-min share; clients with fewer than 5 requests are left out. */
    private double jain(double allowed) {
        double level = level(allowed);
        double sum = 0;
        double squares = 0;
        int count = 0;
        for (int i = 0; i < demanded.length; i++) {
            if (demanded[i] >= 5) {
                double part = admitted.get(i) / Math.min(demanded[i], level);
                sum += part;
                squares += part * part;
                count++;
            }
        }
        return count == 0 || squares == 0 ? 1 : sum * sum / (count * squares);
    }

    /** What a client gets at most when so much is shared max-min. */
    private double level(double allowed) {
        double high = Arrays.stream(demanded).max().orElse(0);
        if (Arrays.stream(demanded).sum() <= allowed) {
            return high;
        }
        double low = 0;
        for (int step = 0; step < 60; step++) {
            double middle = (low + high) / 2;
            double sum = 0;
            for (long demand : demanded) {
                sum += Math.min(demand, middle);
            }
            if (sum > allowed) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return low;
    }
}

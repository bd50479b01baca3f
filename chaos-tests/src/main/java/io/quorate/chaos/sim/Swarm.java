package io.quorate.chaos.sim;

import io.quorate.core.machine.MachineLimits;
import io.quorate.raft.apply.BatchLimits;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What one seed's run is like: sizes and bounds, far lower than a product's, and which faults it has, how often. Each run
 * draws its own, so that every combination comes up in some; a quarter of them has no faults.
 */
final class Swarm {
    private static final int[] NODES = {1, 3, 3, 3, 3, 5};
    private static final long MILLI = 1_000_000L;

    final int nodes;
    final int dataGroups;
    final int clients;
    final int namespaces;
    final int keys;
    /** Mean time between two requests of one client. */
    final long operationNanos;
    /** Mean time between two requests of an administrator. */
    final long administrationNanos;
    /** Mean time between two faults. */
    final long faultNanos;

    final long delayMicros;
    final int delayPerMille;
    final long delayMaxNanos;
    final int lossPerMille;
    final int duplicationPerMille;
    final int lostProposalPerMille;
    final long fsyncMicros;
    final long electionNanos;
    final int snapshotEvery;
    final int writeBackPerMille;
    final long clockPeriodNanos;
    final long requestTimeoutMillis;
    final MachineLimits machineLimits;
    final BatchLimits batchLimits;
    private final Set<FaultKind> kinds;
    private final Map<FaultKind, Integer> weights = new EnumMap<>(FaultKind.class);
    private final int weightSum;

    /** What a seed draws; {@code off} are kinds of faults that it must do without, though it drew them. */
    Swarm(SplittableRandom random, Set<FaultKind> off) {
        nodes = NODES[random.nextInt(NODES.length)];
        dataGroups = 1 + random.nextInt(2);
        clients = (int) between(random, 1, 16);
        namespaces = 1 + random.nextInt(2);
        keys = (int) between(random, 1, 200);
        operationNanos = between(random, MILLI, 60 * MILLI);
        administrationNanos = between(random, 300 * MILLI, 8_000 * MILLI);
        faultNanos = between(random, 30 * MILLI, 3_000 * MILLI);
        delayMicros = between(random, 50, 4_000);
        delayPerMille = 1 + random.nextInt(100);
        delayMaxNanos = between(random, 10 * MILLI, 10_000 * MILLI);
        lossPerMille = 1 + random.nextInt(300);
        duplicationPerMille = 1 + random.nextInt(500);
        lostProposalPerMille = 1 + random.nextInt(100);
        fsyncMicros = between(random, 50, 5_000);
        electionNanos = between(random, 150 * MILLI, 1_500 * MILLI);
        snapshotEvery = (int) between(random, 5, 500);
        writeBackPerMille = random.nextInt(30);
        clockPeriodNanos = between(random, 2 * MILLI, 20 * MILLI);
        requestTimeoutMillis = between(random, 500, 8_000);
        machineLimits = new MachineLimits(
                10_000,
                between(random, 2_000, 60_000),
                4_096,
                262_144,
                (int) between(random, 4, 256),
                between(random, 100, 10_000),
                50_000_000,
                (int) between(random, 1, 4_096),
                10_000,
                500_000,
                4_096,
                60_000);
        batchLimits = new BatchLimits((int) between(random, 1, 64), 1 << 16, (int) between(random, 1, 16), 4_096);
        kinds = drawKinds(random);
        kinds.removeAll(off);
        int sum = 0;
        for (FaultKind kind : FaultKind.values()) {
            int weight = (int) between(random, 1, 64);
            if (kinds.contains(kind)) {
                weights.put(kind, weight);
                sum += weight;
            }
        }
        weightSum = sum;
    }

    private static Set<FaultKind> drawKinds(SplittableRandom random) {
        Set<FaultKind> drawn = EnumSet.noneOf(FaultKind.class);
        boolean faultFree = random.nextInt(4) == 0;
        int perMille = 100 + random.nextInt(600);
        for (FaultKind kind : FaultKind.values()) {
            boolean chosen = random.nextInt(1_000) < perMille;
            if (kind == FaultKind.CLOCK_RUNAWAY) {
                chosen &= random.nextInt(4) == 0;
            }
            if (chosen && (!faultFree || kind == FaultKind.RULE_CHANGE)) {
                drawn.add(kind);
            }
        }
        return drawn;
    }

    boolean has(FaultKind kind) {
        return kinds.contains(kind);
    }

    Set<FaultKind> kinds() {
        return Set.copyOf(kinds);
    }

    /** Whether clocks are such as the product assumes them to be: what is said of times must hold. */
    boolean clocksAreSane() {
        return !has(FaultKind.CLOCK_RUNAWAY);
    }

    /** One of the kinds of this run, by their weights; {@link FaultKind#LOSS} as a kind that needs nothing done. */
    FaultKind draw(SplittableRandom random) {
        if (weightSum == 0) {
            return FaultKind.LOSS;
        }
        int left = random.nextInt(weightSum);
        for (Map.Entry<FaultKind, Integer> each : weights.entrySet()) {
            left -= each.getValue();
            if (left < 0) {
                return each.getKey();
            }
        }
        throw new IllegalStateException("the weights don't add up");
    }

    private static long between(SplittableRandom random, long least, long most) {
        return SimNetwork.logUniform(random, least, most);
    }

    @Override
    public String toString() {
        return nodes + " nodes, " + dataGroups + " data groups, " + clients + " clients, " + keys + " keys, faults "
                + kinds;
    }
}

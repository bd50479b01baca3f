package io.quorate.chaos.sim;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Who reaches whom, and how long it takes. A message that is lost is never reported so. */
final class SimNetwork {
    private static final int NANOS_PER_MICRO = 1_000;

    private final Swarm swarm;
    private final SplittableRandom random;
    private final boolean[][] cut;
    private boolean perfect = true;

    SimNetwork(Swarm swarm, SplittableRandom random, int places) {
        this.swarm = swarm;
        this.random = random;
        this.cut = new boolean[places][places];
    }

    boolean reaches(int from, int to) {
        return !cut[from][to];
    }

    boolean linked(int a, int b) {
        return !cut[a][b] && !cut[b][a];
    }

    /** Nothing gets from one to the other, until {@link #heal}. */
    void cut(int from, int to) {
        cut[from][to] = true;
    }

    void heal() {
        for (boolean[] row : cut) {
            Arrays.fill(row, false);
        }
    }

    /** From now on things go wrong. */
    void begin() {
        perfect = false;
    }

    /** From now on nothing goes wrong any more. */
    void perfect() {
        heal();
        perfect = true;
    }

    long delayNanos() {
        long delay = swarm.delayMicros * NANOS_PER_MICRO
                + random.nextInt((int) swarm.delayMicros + 1) * (long) NANOS_PER_MICRO;
        if (!perfect && swarm.has(FaultKind.DELAY) && random.nextInt(1_000) < swarm.delayPerMille) {
            delay += logUniform(100_000, swarm.delayMaxNanos);
        }
        return delay;
    }

    boolean loses() {
        return !perfect && swarm.has(FaultKind.LOSS) && random.nextInt(1_000) < swarm.lossPerMille;
    }

    boolean doubles() {
        return !perfect && swarm.has(FaultKind.DUPLICATION) && random.nextInt(1_000) < swarm.duplicationPerMille;
    }

    /** Between two bounds, each power of two as likely as another. */
    long logUniform(long least, long most) {
        return logUniform(random, least, most);
    }

    static long logUniform(SplittableRandom random, long least, long most) {
        int low = 63 - Long.numberOfLeadingZeros(Math.max(1, least));
        int high = 63 - Long.numberOfLeadingZeros(Math.max(1, most));
        int power = low + random.nextInt(high - low + 1);
        long from = Math.max(least, 1L << power);
        long to = Math.min(most, (1L << power) * 2 - 1);
        return from >= to ? from : from + random.nextLong(to - from + 1);
    }
}

package io.quorate.benchmarks;

import java.util.List;

/**
 * Demand of {@code clients} clients for one counter.
 *
 * @param name as in the simulation's tables
 * @param clients how many; their shares of the demand follow Zipf's law
 * @param demand requests per second of all clients together, on average
 * @param zipf the exponent of Zipf's law; 0: all alike
 * @param limitRatio the limit's rate as a part of the demand
 * @param burstSeconds the limit's burst in seconds of its rate
 * @param onFraction of the time that a client asks, at as much higher a rate; 1: always
 * @param onSeconds how long it asks on average before it pauses
 * @param flash from the middle on, for a quarter of the time, the demand is so many times higher; 1: never
 * @param permuteSeconds the clients' shares change places so often; 0: never
 * @param goal what is aimed at
 */
record LeaseScenario(
        String name,
        int clients,
        double demand,
        double zipf,
        double limitRatio,
        double burstSeconds,
        double onFraction,
        double onSeconds,
        double flash,
        double permuteSeconds,
        Goal goal) {

    /**
     * What the policy reached in simulation, and is to reach on the real cluster.
     *
     * @param utilisationMin admitted, as a part of what a zero-latency bucket admits
     * @param renewalsMax requests to the cluster per 1,000 checks
     * @param localMin part of the checks answered without waiting for the cluster
     * @param fairnessMin Jain's index of what each client got of its max-min share
     */
    record Goal(double utilisationMin, double renewalsMax, double localMin, double fairnessMin) {}

    /** Tokens per second that the limit allows. */
    double rate() {
        return demand * limitRatio;
    }

    /** How many times longer than others it is measured, because little happens in it. */
    int times() {
        return demand < 10 ? 8 : 1;
    }

    long burst() {
        return Math.max(1, Math.round(rate() * burstSeconds));
    }

    /** The scenarios whose names are given; all if none is. */
    static List<LeaseScenario> named(List<String> names) {
        List<LeaseScenario> chosen = ALL.stream()
                .filter(s -> names.isEmpty() || names.contains(s.name()))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no scenario is named so; there are "
                    + String.join(", ", ALL.stream().map(LeaseScenario::name).toList()));
        }
        return chosen;
    }

    static final List<LeaseScenario> ALL = List.of(
            steady("loose-100", 100, 1.5, new Goal(0.995, 15, 0.9995, 0.98)),
            steady("critical-100", 100, 1.05, new Goal(0.995, 15, 0.9995, 0.98)),
            steady("tight-100", 100, 0.7, new Goal(0.995, 15, 0.9995, 0.98)),
            steady("tight-10", 10, 0.7, new Goal(0.995, 15, 0.9995, 0.98)),
            steady("loose-1000", 1000, 1.5, new Goal(0.995, 55, 0.998, 0.98)),
            steady("tight-1000", 1000, 0.7, new Goal(0.995, 55, 0.998, 0.98)),
            onOff("bursty-10", 10, new Goal(0.965, 45, 0.996, 0)),
            onOff("bursty-100", 100, new Goal(0.965, 45, 0.996, 0)),
            onOff("bursty-1000", 1000, new Goal(0.965, 45, 0.988, 0)),
            new LeaseScenario("flash-100", 100, 20_000, 1, 1.5, 1, 1, 0, 5, 0, new Goal(0.97, 10, 0.9995, 0)),
            new LeaseScenario("hotshift-100", 100, 20_000, 1, 1.05, 1, 1, 0, 1, 3, new Goal(0.995, 15, 0.999, 0.98)),
            new LeaseScenario("scarce-100", 100, 500, 1, 0.1, 0.2, 1, 0, 1, 0, new Goal(0.99, 330, 0, 0.8)),
            new LeaseScenario("user-1", 1, 1, 0, 100 / 60.0, 60, 1, 0, 1, 0, new Goal(0.995, 55, 0.999, 0)),
            new LeaseScenario("user-4", 4, 1, 0, 100 / 60.0, 60, 1, 0, 1, 0, new Goal(0.995, 230, 0.999, 0)));

    private static LeaseScenario steady(String name, int clients, double ratio, Goal goal) {
        return new LeaseScenario(name, clients, 20_000, 1, ratio, 1, 1, 0, 1, 0, goal);
    }

    private static LeaseScenario onOff(String name, int clients, Goal goal) {
        return new LeaseScenario(name, clients, 20_000, 1, 1.2, 1, 0.2, 1, 1, 0, goal);
    }
}

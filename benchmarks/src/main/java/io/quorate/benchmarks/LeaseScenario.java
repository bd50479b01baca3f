package io.quorate.benchmarks;

import java.util.List;

/**
 * Demand of {@code clients} clients for one counter.
 *
 * @param name words for what the simulation's tables name by number
 * @param clients how many; their shares of the demand follow Zipf's law
 * @param demand requests per second of all clients together, on average
 * @param zipf the exponent of Zipf's law; 0: all alike
 * @param limitRatio the limit's rate as a part of the demand
 * @param burstSeconds the limit's burst in seconds of its rate
 * @param onOff when clients pause
 * @param flash when there are many more
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
        OnOff onOff,
        Flash flash,
        double permuteSeconds,
        Goal goal) {

    /**
     * Each client asks for a while, and pauses for a while.
     *
     * @param fraction of the time that it asks, at as much higher a rate; 1: always
     * @param seconds how long it asks on average before it pauses
     */
    record OnOff(double fraction, double seconds) {
        static final OnOff ALWAYS = new OnOff(1, 0);
    }

    /**
     * From the middle of a run on, the demand is so many times higher.
     *
     * @param times 1: never
     * @param seconds for how long
     */
    record Flash(double times, double seconds) {
        static final Flash NONE = new Flash(1, 0);
    }

    /**
     * What the policy is to reach (THEORY 6.7); where that names nothing, there is nothing to be missed.
     *
     * @param utilisationMin admitted, as a part of what a zero-latency bucket admits
     * @param requestsMax requests to the cluster per 1,000 checks
     * @param localMin part of the checks answered without waiting for the cluster
     * @param fairnessMin Jain's index of what each client got of its max-min share
     */
    record Goal(double utilisationMin, double requestsMax, double localMin, double fairnessMin) {
        static final Goal NONE = new Goal(0, 1e9, 0, 0);
    }

    /** Tokens per second that the limit allows. */
    double rate() {
        return demand * limitRatio;
    }

    /** How many times longer than others it is measured, because little happens in it. */
    int times() {
        if (demand < 10) {
            return 8;
        }
        return demand < 1_000 || onOff.seconds() > 2 || burstSeconds == 5 ? 3 : 1;
    }

    /** How many times longer than others it runs before that: as long as its slowest estimate remembers, at least. */
    int warmTimes() {
        return demand < 10 ? 12 : 1;
    }

    long burst() {
        return Math.max(1, Math.round(rate() * burstSeconds));
    }

    /** The scenarios whose names are given; all if none is. */
    static List<LeaseScenario> named(List<String> names) {
        List<String> known = ALL.stream().map(LeaseScenario::name).toList();
        if (!known.containsAll(names)) {
            throw new IllegalArgumentException("the scenarios are " + String.join(", ", known));
        }
        return ALL.stream()
                .filter(s -> names.isEmpty() || names.contains(s.name()))
                .toList();
    }

    private static final Goal FEW = new Goal(0.995, 15, 0.9995, 0.98);
    private static final Goal MANY = new Goal(0.995, 55, 0.998, 0.98);
    private static final Goal BURSTY = new Goal(0.965, 45, 0.996, 0);
    private static final Goal BURSTY_MANY = new Goal(0.965, 45, 0.988, 0);
    private static final Goal SCARCE = new Goal(0.99, 330, 0, 0.8);
    private static final Goal SMALL = new Goal(0.999, 300, 0, 0);
    private static final Goal USER_1 = new Goal(0, 55, 0.999, 0);
    private static final Goal USER_4 = new Goal(0, 230, 0.999, 0);
    private static final Goal USER_4_TIGHT = new Goal(0, 160, 0.97, 0);

    /**
     * Those of THEORY 6.5, in its order, then those of 6.6 that aren't among them, but for the one of a slower disk:
     * with the parameters of the simulation (its run2.py and scenarios2.py).
     */
    static final List<LeaseScenario> ALL = List.of(
            of("loose-100", 100, 1.5).with(FEW),
            of("critical-100", 100, 1.05).with(FEW),
            of("tight-100", 100, 0.7).with(FEW),
            of("tighter-100", 100, 0.1).with(FEW),
            of("bursty-100", 100, 1.2).onOff(0.2, 1).with(BURSTY),
            of("flash-100", 100, 1.5).flash(5, 5).with(new Goal(0.97, 10, 0.9995, 0)),
            of("hotshift-100", 100, 1.2).permuted(3).with(new Goal(0.995, 15, 0.999, 0.98)),
            of("tight-10", 10, 0.7).demand(10_000, 1).with(FEW),
            of("bursty-10", 10, 1.2).demand(10_000, 1).onOff(0.2, 1).with(BURSTY),
            of("loose-1000", 1000, 1.5).demand(50_000, 1).with(MANY),
            of("tight-1000", 1000, 0.7).demand(50_000, 1).with(MANY),
            of("bursty-1000", 1000, 1.2).demand(50_000, 1).onOff(0.2, 1).with(BURSTY_MANY),
            of("tighter-1000", 1000, 0.1).demand(50_000, 1).with(MANY),
            of("scarce-100", 100, 0.1).demand(500, 1).burst(0.2).with(SCARCE),
            of("cold-loose", 100, 1.5).demand(50, 1).with(Goal.NONE),
            of("cold-tight", 100, 0.7).demand(50, 1).with(Goal.NONE),
            of("small-loose", 100, 1.5).burst(0.05).with(SMALL),
            of("small-tight", 100, 0.7).burst(0.05).with(SMALL),
            of("user-4", 4, 100 / 60.0).demand(1, 1).burst(60).with(USER_4),
            of("user-4-tight", 4, 100 / 180.0).demand(3, 1).burst(60).with(USER_4_TIGHT),
            of("user-1", 1, 100 / 60.0).demand(1, 1).burst(60).with(USER_1),
            of("critical-300", 300, 1.1).demand(30_000, 0.7).with(Goal.NONE),
            of("tight-300", 300, 0.5).demand(30_000, 1.3).with(Goal.NONE),
            of("flicker-300", 300, 1.2).demand(30_000, 0.8).onOff(0.2, 0.3).with(BURSTY_MANY),
            of("waves-300", 300, 1.2).demand(30_000, 0.8).onOff(0.2, 5).with(BURSTY_MANY),
            of("uniform-50", 50, 0.9).demand(10_000, 0).with(new Goal(0.985, 15, 0.9995, 0.98)),
            of("bursty-wide", 100, 1.1).onOff(0.2, 1).burst(5).with(BURSTY),
            of("spike-200", 200, 2).demand(10_000, 1).flash(20, 1).with(Goal.NONE));

    /** Clients by Zipf's law ask 20,000 times a second, all the time; the limit's burst is one second of its rate. */
    private static LeaseScenario of(String name, int clients, double ratio) {
        return new LeaseScenario(name, clients, 20_000, 1, ratio, 1, OnOff.ALWAYS, Flash.NONE, 0, Goal.NONE);
    }

    private LeaseScenario demand(double perSecond, double exponent) {
        return new LeaseScenario(
                name, clients, perSecond, exponent, limitRatio, burstSeconds, onOff, flash, permuteSeconds, goal);
    }

    private LeaseScenario burst(double seconds) {
        return new LeaseScenario(name, clients, demand, zipf, limitRatio, seconds, onOff, flash, permuteSeconds, goal);
    }

    private LeaseScenario onOff(double fraction, double seconds) {
        return new LeaseScenario(
                name,
                clients,
                demand,
                zipf,
                limitRatio,
                burstSeconds,
                new OnOff(fraction, seconds),
                flash,
                permuteSeconds,
                goal);
    }

    private LeaseScenario flash(double times, double seconds) {
        return new LeaseScenario(
                name,
                clients,
                demand,
                zipf,
                limitRatio,
                burstSeconds,
                onOff,
                new Flash(times, seconds),
                permuteSeconds,
                goal);
    }

    private LeaseScenario permuted(double seconds) {
        return new LeaseScenario(name, clients, demand, zipf, limitRatio, burstSeconds, onOff, flash, seconds, goal);
    }

    private LeaseScenario with(Goal aim) {
        return new LeaseScenario(
                name, clients, demand, zipf, limitRatio, burstSeconds, onOff, flash, permuteSeconds, aim);
    }
}

package io.quorate.benchmarks;

import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * When which client of a scenario asks: Poisson streams, drawn from one seed before the run, so every policy sees the
 * same.
 */
final class Arrivals {
    private final long[] atNanos;
    private final short[] client;
    private final int count;

    private Arrivals(long[] atNanos, short[] client, int count) {
        this.atNanos = atNanos;
        this.client = client;
        this.count = count;
    }

    int count() {
        return count;
    }

    /** Since the start of the run. */
    long atNanos(int index) {
        return atNanos[index];
    }

    int client(int index) {
        return client[index];
    }

    static Arrivals draw(LeaseScenario scenario, double seconds, long seed) {
        Drawing drawing = new Drawing(scenario, seconds, new SplittableRandom(seed));
        drawing.draw();
        return new Arrivals(
                Arrays.copyOf(drawing.atNanos, drawing.count),
                Arrays.copyOf(drawing.client, drawing.count),
                drawing.count);
    }

    private record Event(double at, int client, int generation, Kind kind) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return Double.compare(at, other.at);
        }
    }

    private enum Kind {
        ARRIVAL,
        TOGGLE,
        PERMUTE,
        STEP
    }

    private static final class Drawing {
        private final LeaseScenario scenario;
        private final double seconds;
        private final SplittableRandom random;
        private final double[] share;
        private final boolean[] on;
        private final int[] generation;
        private final PriorityQueue<Event> events = new PriorityQueue<>();
        private double factor = 1;
        private double now;
        long[] atNanos = new long[1 << 16];
        short[] client = new short[1 << 16];
        int count;

        Drawing(LeaseScenario scenario, double seconds, SplittableRandom random) {
            this.scenario = scenario;
            this.seconds = seconds;
            this.random = random;
            this.share = new double[scenario.clients()];
            this.on = new boolean[scenario.clients()];
            this.generation = new int[scenario.clients()];
        }

        void draw() {
            double sum = 0;
            for (int i = 0; i < share.length; i++) {
                share[i] = Math.pow(i + 1, -scenario.zipf());
                sum += share[i];
            }
            for (int i = 0; i < share.length; i++) {
                share[i] *= scenario.demand() / sum;
                on[i] = scenario.onOff().fraction() >= 1
                        || random.nextDouble() < scenario.onOff().fraction();
                next(i);
                toggleLater(i);
            }
            if (scenario.permuteSeconds() > 0) {
                events.add(new Event(scenario.permuteSeconds(), -1, 0, Kind.PERMUTE));
            }
            if (scenario.flash().times() != 1) {
                events.add(new Event(seconds / 2, -1, 0, Kind.STEP));
                events.add(new Event(seconds / 2 + scenario.flash().seconds(), -1, 0, Kind.STEP));
            }
            for (Event event = events.poll(); event != null && event.at() < seconds; event = events.poll()) {
                now = event.at();
                happen(event);
            }
        }

        private void happen(Event event) {
            switch (event.kind()) {
                case ARRIVAL -> {
                    if (event.generation() == generation[event.client()]) {
                        keep(event.client());
                        next(event.client());
                    }
                }
                case TOGGLE -> {
                    on[event.client()] = !on[event.client()];
                    restart(event.client());
                    toggleLater(event.client());
                }
                case PERMUTE -> {
                    for (int i = share.length - 1; i > 0; i--) {
                        int j = random.nextInt(i + 1);
                        double other = share[i];
                        share[i] = share[j];
                        share[j] = other;
                    }
                    restartAll();
                    events.add(new Event(now + scenario.permuteSeconds(), -1, 0, Kind.PERMUTE));
                }
                case STEP -> {
                    factor = factor == 1 ? scenario.flash().times() : 1;
                    restartAll();
                }
            }
        }

        private void restartAll() {
            for (int i = 0; i < share.length; i++) {
                restart(i);
            }
        }

        private void restart(int i) {
            generation[i]++;
            next(i);
        }

        private void next(int i) {
            if (on[i]) {
                double rate = share[i] * factor / Math.min(1, scenario.onOff().fraction());
                events.add(new Event(now + exponential(1 / rate), i, generation[i], Kind.ARRIVAL));
            }
        }

        private void toggleLater(int i) {
            if (scenario.onOff().fraction() < 1) {
                double offSeconds = scenario.onOff().seconds()
                        * (1 - scenario.onOff().fraction())
                        / scenario.onOff().fraction();
                events.add(new Event(
                        now + exponential(on[i] ? scenario.onOff().seconds() : offSeconds), i, 0, Kind.TOGGLE));
            }
        }

        private double exponential(double mean) {
            return -mean * Math.log(1 - random.nextDouble());
        }

        private void keep(int who) {
            if (count == atNanos.length) {
                atNanos = Arrays.copyOf(atNanos, 2 * count);
                client = Arrays.copyOf(client, 2 * count);
            }
            atNanos[count] = (long) (now * 1e9);
            client[count++] = (short) who;
        }
    }
}

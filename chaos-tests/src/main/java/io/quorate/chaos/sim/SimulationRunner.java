package io.quorate.chaos.sim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs many seeds, one simulation to a thread; every fiftieth seed twice, to see that it is the same run. This is
 * all that
 * knows threads and real time here.
 */
public final class SimulationRunner {
    private static final int TWICE_EVERY = 50;
    private static final String REGRESSIONS = "regression-seeds.txt";

    private final int threads;
    private final long eventsMax;
    private final Set<FaultKind> off;

    /** Seeds with about so many events each, without some kinds of faults, on so many threads. */
    public SimulationRunner(int threads, long eventsMax, Set<FaultKind> off) {
        this.threads = threads;
        this.eventsMax = eventsMax;
        this.off = off;
    }

    /** A run that failed, and how. */
    public record Failure(Simulation simulation, String what) {}

    /** What came of many runs. */
    public record Summary(
            long seeds,
            long twice,
            long events,
            long decisions,
            long localDecisions,
            long installs,
            long nanos,
            List<Failure> failures) {
        public Summary {
            failures = List.copyOf(failures);
        }

        @Override
        public String toString() {
            long perSecond = nanos == 0 ? 0 : events * 1_000 / Math.max(1, nanos / 1_000_000);
            return String.format(
                    Locale.ROOT,
                    "simulation: %,d seeds, %,d of them twice, %,d events, %,d decisions of which %,d local,"
                            + " %,d snapshots installed, %,d ms, %,d events/s, %d violations",
                    seeds,
                    twice,
                    events,
                    decisions,
                    localDecisions,
                    installs,
                    nanos / 1_000_000,
                    perSecond,
                    failures.size());
        }
    }

    /** The seeds that once failed, first of all. */
    public static List<Simulation> regressions() {
        List<Simulation> found = new ArrayList<>();
        try (InputStream in = SimulationRunner.class.getResourceAsStream(REGRESSIONS)) {
            if (in == null) {
                throw new IllegalStateException(REGRESSIONS + " is missing");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String text = line.replaceFirst("#.*", "").strip();
                if (!text.isEmpty()) {
                    String[] words = text.split("\\s+");
                    found.add(new Simulation(Long.parseLong(words[0]), Long.parseLong(words[1]), Set.of()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Runs the seeds from one on, until there were so many or so much time has passed; the regressions before. */
    public Summary run(long firstSeed, long seeds, long nanosMax) {
        long start = System.nanoTime();
        Tally tally = new Tally();
        for (Simulation simulation : regressions()) {
            tally.add(simulation, false);
        }
        AtomicLong next = new AtomicLong(firstSeed);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(pool.submit(() -> {
                for (long seed = next.getAndIncrement();
                        seed < firstSeed + seeds && System.nanoTime() - start < nanosMax;
                        seed = next.getAndIncrement()) {
                    tally.add(new Simulation(seed, eventsMax, off), seed % TWICE_EVERY == 0);
                }
            }));
        }
        await(workers);
        pool.shutdown();
        return tally.summary(System.nanoTime() - start);
    }

    private static void await(List<Future<?>> workers) {
        for (Future<?> worker : workers) {
            try {
                worker.get(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                throw new IllegalStateException("a run ended by itself", e);
            }
        }
    }

    /** Sums up; thread-safe. */
    private static final class Tally {
        private long seeds;
        private long twice;
        private long events;
        private long decisions;
        private long localDecisions;
        private long installs;
        private final List<Failure> failures = new ArrayList<>();

        void add(Simulation simulation, boolean again) {
            Simulation.Report report = simulation.run();
            Optional<Failure> failure =
                    report.violation().map(v -> new Failure(simulation, String.valueOf(v.getMessage())));
            if (again && failure.isEmpty()) {
                long hash = simulation.run().traceHash();
                if (hash != report.traceHash()) {
                    failure = Optional.of(new Failure(simulation, "another run of the seed was another run"));
                }
            }
            synchronized (this) {
                seeds++;
                twice += again ? 1 : 0;
                events += report.events();
                decisions += report.decisions();
                localDecisions += report.localDecisions();
                installs += report.installs();
                failure.ifPresent(failures::add);
            }
        }

        synchronized Summary summary(long nanos) {
            return new Summary(seeds, twice, events, decisions, localDecisions, installs, nanos, failures);
        }
    }

    /** Tells a failure so that it can be repeated: as it was, and as small as it can be made. */
    public static void explain(Failure failure, PrintStream out) {
        Simulation simulation = failure.simulation();
        out.println(simulation + ": " + failure.what());
        out.println("  " + simulation.describe());
        if (simulation.run().violation().isPresent()) {
            Simulation smallest = new Shrinker(Sabotage.NONE).shrink(simulation);
            out.println("  smallest: "
                    + smallest.run().violation().map(Violation::getMessage).orElse(""));
            out.println("  again: mvn -pl chaos-tests -am verify -Psimulation " + smallest + " -Dseeds=1");
            out.println("  once it is fixed, this line is for " + REGRESSIONS + ": " + simulation.seed() + " "
                    + simulation.eventsMax());
        }
    }
}

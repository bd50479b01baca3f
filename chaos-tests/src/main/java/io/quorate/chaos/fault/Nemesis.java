package io.quorate.chaos.fault;

import io.quorate.chaos.history.History;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Injects faults one after another, half of the time two at once, heals them, and waits each time until the cluster is
 * whole again.
 *
 * <p>All kinds that the substrate can have come up before any comes up again, in an order of chance. All choices are by
 * the scene's seed; what they meet depends on how the cluster's own threads and elections fall.
 *
 * <p>Runs on the caller's thread.
 */
public final class Nemesis {
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SECOND_LATER_MILLIS_MAX = 500;

    private final Scene scene;
    private final History history;
    private final Plan plan;
    private final List<Fault> possible = new ArrayList<>();
    private final Deque<Fault> deck = new ArrayDeque<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, String> skipped = new TreeMap<>();
    private final List<Long> recoveriesMillis = new ArrayList<>();
    private int injections;

    /**
     * How much to do.
     *
     * @param faults kinds to choose from
     * @param injectionsMax it ends after so many
     * @param lasting or after so long, whichever is first; what is under way is finished
     * @param recoveryMax how long the cluster may take to be whole again, each time
     */
    public record Plan(List<Fault> faults, int injectionsMax, Duration lasting, Duration recoveryMax, long seed) {
        public Plan {
            faults = List.copyOf(faults);
        }
    }

    /**
     * What was done.
     *
     * @param counts injections of each kind
     * @param skipped kinds that the substrate can't have, and why
     * @param recoveriesMillis from each healing until the cluster was whole
     */
    public record Report(
            int injections, Map<String, Integer> counts, Map<String, String> skipped, List<Long> recoveriesMillis) {
        public Report {
            counts = Map.copyOf(counts);
            skipped = Map.copyOf(skipped);
            recoveriesMillis = List.copyOf(recoveriesMillis);
        }

        /** For people. */
        public String text() {
            StringBuilder text = new StringBuilder();
            text.append(injections)
                    .append(" injections of ")
                    .append(counts.size())
                    .append(" kinds:");
            new TreeMap<>(counts)
                    .forEach((kind, count) ->
                            text.append(' ').append(kind).append(' ').append(count));
            new TreeMap<>(skipped)
                    .forEach((kind, why) ->
                            text.append("\nskipped ").append(kind).append(": ").append(why));
            List<Long> sorted = recoveriesMillis.stream().sorted().toList();
            if (!sorted.isEmpty()) {
                text.append("\nwhole again after the healing, ms: median ")
                        .append(sorted.get(sorted.size() / 2))
                        .append(", worst ")
                        .append(sorted.get(sorted.size() - 1));
            }
            return text.toString();
        }
    }

    public Nemesis(Scene scene, History history, Plan plan) {
        this.scene = scene;
        this.history = history;
        this.plan = plan;
        for (Fault fault : plan.faults()) {
            Optional<String> lacking = Faults.lacking(fault, scene.substrate(), scene.clients());
            if (lacking.isPresent()) {
                skipped.put(fault.kind(), lacking.get());
            } else {
                possible.add(fault);
            }
        }
        if (possible.isEmpty()) {
            throw new IllegalArgumentException("no fault is possible: " + skipped);
        }
    }

    /**
     * Does it all.
     *
     * @throws IllegalStateException that says so if the cluster isn't whole again in time, or a node ended of which
     *     nobody expected it
     */
    public Report run() {
        long deadline = System.nanoTime() + plan.lasting().toNanos();
        while (injections < plan.injectionsMax() && System.nanoTime() - deadline < 0) {
            Fault first = draw();
            if (scene.random().nextBoolean() && injections + 1 < plan.injectionsMax()) {
                Optional<Fault> second = drawBeside(first);
                if (second.isPresent()) {
                    both(first, second.get());
                } else {
                    alone(first);
                }
            } else {
                alone(first);
            }
            recover();
        }
        return report();
    }

    /** What was done so far. */
    public Report report() {
        return new Report(injections, counts, skipped, recoveriesMillis);
    }

    private Fault draw() {
        if (deck.isEmpty()) {
            deck.addAll(scene.shuffled(possible));
        }
        Fault next = deck.stream().filter(f -> f.isReady(scene)).findFirst().orElse(null);
        if (next == null) { // what is left isn't possible yet: it stays in the deck
            List<Fault> again = new ArrayList<>(possible);
            again.removeAll(deck);
            deck.addAll(scene.shuffled(again));
            next = deck.stream().filter(f -> f.isReady(scene)).findFirst().orElseThrow();
        }
        deck.removeFirstOccurrence(next);
        return next;
    }

    private Optional<Fault> drawBeside(Fault first) {
        if (first.company() == Fault.Company.ALONE) {
            return Optional.empty();
        }
        Optional<Fault> second = deck.stream()
                .filter(f -> f.company() != Fault.Company.ALONE && f.company() != first.company())
                .filter(f -> f.isReady(scene))
                .findFirst();
        second.ifPresent(deck::removeFirstOccurrence);
        return second;
    }

    private void alone(Fault fault) {
        Injection injection = fault.plan(scene);
        long number = begin(fault, injection);
        injection.inject();
        Scene.rest(injection.lastsMillis());
        end(number, injection);
    }

    /** The second begins while the first lasts; they are healed in this order. */
    private void both(Fault first, Fault second) {
        Injection one = first.plan(scene);
        Injection other = second.plan(scene);
        long oneNumber = begin(first, one);
        one.inject();
        long later = scene.between(0, Math.min(SECOND_LATER_MILLIS_MAX, one.lastsMillis()));
        Scene.rest(later);
        long otherNumber = begin(second, other);
        long started = System.nanoTime();
        other.inject();
        Scene.rest(one.lastsMillis() - later - (System.nanoTime() - started) / NANOS_PER_MILLI);
        end(oneNumber, one);
        Scene.rest(other.lastsMillis() - (System.nanoTime() - started) / NANOS_PER_MILLI);
        end(otherNumber, other);
    }

    private long begin(Fault fault, Injection injection) {
        injections++;
        counts.merge(fault.kind(), 1, Integer::sum);
        scene.say(fault.kind() + " " + injection.nodes() + " " + injection.parameters());
        return history.faultStarted(
                fault.kind(), injection.nodes(), new TreeMap<>(injection.parameters()), plan.seed(), System.nanoTime());
    }

    private void end(long number, Injection injection) {
        injection.heal();
        history.faultStopped(number, System.nanoTime());
    }

    private void recover() {
        long healed = System.nanoTime();
        scene.awaitWhole(plan.recoveryMax());
        recoveriesMillis.add((System.nanoTime() - healed) / NANOS_PER_MILLI);
    }
}

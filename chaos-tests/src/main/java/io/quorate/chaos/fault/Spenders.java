package io.quorate.chaos.fault;

import io.quorate.chaos.check.UseLog;
import io.quorate.chaos.process.SpenderProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Client processes that spend with leases, each logging every use: see {@link SpenderProcess}. */
public final class Spenders implements AutoCloseable {
    private static final Duration USES_MAX = Duration.ofSeconds(8);
    private static final long LOOK_MILLIS = 20;
    /** Ten uses; and five hundred, as a lease begins with a few tokens. */
    private static final long USED_NOW_BYTES = 10 * UseLog.RECORD_BYTES;

    private static final long USED_BYTES = 500 * UseLog.RECORD_BYTES;

    private final Plan plan;
    private final List<SpenderProcess> living = new ArrayList<>();
    private final List<SpenderProcess> all = new ArrayList<>();

    /**
     * What they do.
     *
     * @param directory of their logs
     * @param endpoints of the cluster
     * @param tasks see {@link io.quorate.chaos.process.LeaseSpender}
     * @param greedyTasks of a hoarder
     * @param steady namespaces of which each of them spends all the time
     * @param leaseMillisMax no lease that they get lives for longer
     */
    public record Plan(
            Path directory,
            String[] endpoints,
            List<String> tasks,
            List<String> greedyTasks,
            List<String> steady,
            long leaseMillisMax) {}

    public Spenders(Plan plan) {
        this.plan = plan;
    }

    /** Starts one more. */
    public void add(SplittableRandom random) {
        var unused = start("spender", plan.tasks(), random);
    }

    private SpenderProcess start(String what, List<String> tasks, SplittableRandom random) {
        SpenderProcess spender = SpenderProcess.start(new SpenderProcess.Plan(
                plan.directory(),
                what + "-" + (all.size() + 1),
                random.nextInt(1_000_000),
                plan.endpoints(),
                tasks,
                Optional.empty()));
        all.add(spender);
        living.add(spender);
        return spender;
    }

    /** Has all that live return their leases and end; gives what they printed of those that ended wrongly. */
    public List<String> end() {
        List<String> wrong = new ArrayList<>();
        for (SpenderProcess spender : living) {
            int code = spender.end();
            if (code != 0) {
                wrong.add(spender.name() + " ended with " + code + ": " + spender.output());
            }
        }
        living.clear();
        return wrong;
    }

    /** Kills one of them when it has used something; another takes its place. Gives its name. */
    public String kill(SplittableRandom random) {
        SpenderProcess victim = living.get(random.nextInt(living.size()));
        awaitUses(victim);
        living.remove(victim);
        victim.kill();
        add(random);
        return victim.name();
    }

    /** Stops one of them where it is, when it has used something; gives its name. */
    public String pause(SplittableRandom random) {
        SpenderProcess victim = living.get(random.nextInt(living.size()));
        awaitUses(victim);
        victim.pause();
        return victim.name();
    }

    /** Waits until it has used enough to hold a lease of some size, and uses it now, or for a while. */
    private void awaitUses(SpenderProcess spender) {
        long deadline = System.nanoTime() + USES_MAX.toNanos();
        long enough = Math.max(USED_BYTES, usedBytes(spender) + USED_NOW_BYTES);
        while (usedBytes(spender) < enough && System.nanoTime() - deadline < 0) {
            Scene.rest(LOOK_MILLIS);
        }
    }

    private long usedBytes(SpenderProcess spender) {
        return plan.steady().stream()
                .map(spender::useLog)
                .filter(Files::exists)
                .mapToLong(DataFiles::sizeBytes)
                .sum();
    }

    /** Lets it go on. */
    public void resume(String name) {
        named(name).resume();
    }

    /** Starts one that takes all that it can get; gives its name. */
    public String startHoarder(SplittableRandom random) {
        return start("hoarder", plan.greedyTasks(), random).name();
    }

    /** Ends a hoarder without a word to the cluster. */
    public void killHoarder(String name) {
        SpenderProcess hoarder = named(name);
        living.remove(hoarder);
        hoarder.kill();
    }

    /** No lease lives for longer. */
    public long leaseMillisMax() {
        return plan.leaseMillisMax();
    }

    private SpenderProcess named(String name) {
        return living.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    }

    @Override
    public void close() {
        living.forEach(SpenderProcess::kill);
        living.clear();
    }
}

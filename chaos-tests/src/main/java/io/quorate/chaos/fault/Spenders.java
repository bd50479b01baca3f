package io.quorate.chaos.fault;

import io.quorate.chaos.process.SpenderProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Client processes that spend with leases, each logging every use: see {@link SpenderProcess}. */
public final class Spenders implements ClientSide, AutoCloseable {
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
     * @param leaseMillisMax no lease that they get lives for longer
     */
    public record Plan(
            Path directory, String[] endpoints, List<String> tasks, List<String> greedyTasks, long leaseMillisMax) {}

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

    /** The logs of all there ever were, of one namespace. */
    public List<Path> useLogs(String namespace) {
        return all.stream().map(s -> s.useLog(namespace)).toList();
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

    @Override
    public String kill(SplittableRandom random) {
        SpenderProcess victim = living.remove(random.nextInt(living.size()));
        victim.kill();
        add(random);
        return victim.name();
    }

    @Override
    public String pause(SplittableRandom random) {
        SpenderProcess victim = living.get(random.nextInt(living.size()));
        victim.pause();
        return victim.name();
    }

    @Override
    public void resume(String name) {
        named(name).resume();
    }

    @Override
    public String startHoarder(SplittableRandom random) {
        return start("hoarder", plan.greedyTasks(), random).name();
    }

    @Override
    public void killHoarder(String name) {
        SpenderProcess hoarder = named(name);
        living.remove(hoarder);
        hoarder.kill();
    }

    @Override
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

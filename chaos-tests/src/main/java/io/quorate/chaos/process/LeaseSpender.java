package io.quorate.chaos.process;

import io.quorate.chaos.check.Use;
import io.quorate.chaos.check.UseLog;
import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.Limiter;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The main class of a process that spends with leases, on one thread per namespace, and logs every use and every call
 * that took long. It ends when its standard input does, which is also when the process that started it dies.
 *
 * <p>Arguments: endpoints separated by commas, the directory of its logs, its name, a seed, and tasks
 * {@code namespace:tokensPerSecond:costMax}; a pace of 0 is as fast as it may, with rests, so that tokens pile up.
 */
public final class LeaseSpender {
    /** A call that took as long was not decided by what was held. */
    public static final long SLOW_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private static final long DENIED_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    /** Spending, then resting, each for so long at most. */
    private static final long PHASE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1_500);

    private final QuorateClient client;
    private final Path directory;
    private final String name;
    private final AtomicBoolean stop = new AtomicBoolean();

    private LeaseSpender(QuorateClient client, Path directory, String name) {
        this.client = client;
        this.directory = directory;
        this.name = name;
    }

    /** Spends until standard input ends; prints what was lost with its leases. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (QuorateClient client = QuorateClient.builder()
                .endpoints(args[0].split(",", -1))
                .name(args[2])
                .build()) {
            LeaseSpender spender = new LeaseSpender(client, Path.of(args[1]), args[2]);
            List<Thread> threads = new ArrayList<>();
            for (int i = 4; i < args.length; i++) {
                String[] task = args[i].split(":", -1);
                SplittableRandom random = new SplittableRandom(Long.parseLong(args[3]) + i);
                Thread thread = new Thread(
                        () -> spender.spend(task[0], Long.parseLong(task[1]), Integer.parseInt(task[2]), random),
                        task[0]);
                // A thread that fails ends the process: a spender that goes on without its log would prove nothing.
                thread.setUncaughtExceptionHandler((t, e) -> {
                    e.printStackTrace();
                    Runtime.getRuntime().halt(3);
                });
                thread.start();
                threads.add(thread);
            }
            var unused = System.in.readAllBytes();
            spender.stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            System.out.println(client.leaseStats());
        }
    }

    private void spend(String namespace, long tokensPerSecond, int costMax, SplittableRandom random) {
        Limiter limiter = client.limiter(AcquireRequest.of(namespace));
        try (UseLog log = new UseLog(SpenderProcess.useLog(directory, name, namespace))) {
            long dueNanos = System.nanoTime();
            long restNanos = dueNanos + random.nextLong(PHASE_NANOS_MAX);
            while (!stop.get()) {
                int cost = 1 + random.nextInt(costMax);
                long asked = System.nanoTime();
                Use.Outcome outcome = outcome(limiter.tryAcquire(cost));
                Use use = new Use(asked, System.nanoTime(), cost, outcome);
                if (use.granted() || use.tookNanos() >= SLOW_NANOS) {
                    log.append(use);
                }
                if (tokensPerSecond > 0) {
                    dueNanos += cost * TimeUnit.SECONDS.toNanos(1) / tokensPerSecond;
                    long now = System.nanoTime();
                    dueNanos = Math.max(dueNanos, now - TimeUnit.MILLISECONDS.toNanos(100));
                    LockSupport.parkNanos(dueNanos - now);
                } else if (System.nanoTime() - restNanos >= 0) {
                    LockSupport.parkNanos(random.nextLong(PHASE_NANOS_MAX));
                    restNanos = System.nanoTime() + random.nextLong(PHASE_NANOS_MAX);
                } else if (!use.granted()) {
                    LockSupport.parkNanos(DENIED_PAUSE_NANOS);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("a use of " + namespace + " can't be logged", e);
        }
    }

    private static Use.Outcome outcome(Result result) {
        if (result instanceof Result.Granted granted) {
            return switch (granted.source()) {
                case LEADER -> Use.Outcome.GRANTED_BY_LEADER;
                case LEASE -> Use.Outcome.GRANTED_BY_LEASE;
                case FALLBACK -> Use.Outcome.GRANTED_BY_FALLBACK;
            };
        }
        return result instanceof Result.Denied ? Use.Outcome.DENIED : Use.Outcome.UNKNOWN;
    }
}

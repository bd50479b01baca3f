package io.quorate.chaos.sim;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A node's single thread for rules and administration: what is to run becomes an event. */
final class StepExecutor extends AbstractExecutorService implements ScheduledExecutorService {
    private final SimProcess process;
    private boolean over;

    StepExecutor(SimProcess process) {
        this.process = process;
    }

    @Override
    public void execute(Runnable task) {
        process.post(process.world.slownessNanos(4), Step.SERVER_TASK, task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        Later<Void> later = new Later<>(task);
        process.post(unit.toNanos(delay), Step.SERVER_TASK, later);
        return later;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody does that here");
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody does that here");
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException("nobody does that here");
    }

    @Override
    public void shutdown() {
        over = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        over = true;
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return over;
    }

    @Override
    public boolean isTerminated() {
        return over;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return over;
    }

    /** A task that comes later; nobody asks when. */
    private static final class Later<V> extends FutureTask<V> implements ScheduledFuture<V> {
        @SuppressWarnings("NullAway") // a task without a result
        Later(Runnable task) {
            super(task, null);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }
}

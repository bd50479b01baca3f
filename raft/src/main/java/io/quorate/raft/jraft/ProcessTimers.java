package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of JRaft's timers of this process on one scheduler, which sleeps until something is due.
 *
 * <p>JRaft's own timers wake up every millisecond, per group and kind. JRaft finds this class by its name in
 * {@code META-INF/services} and keeps one instance for the life of the process; so stopping a timer here stops
 * nothing but what was cancelled.
 *
 * <p>Several threads, because JRaft connects to peers in its election timers, and a peer that doesn't answer
 * must hold up its own group only.
 */
@SPI(name = "quorate", priority = 100)
public final class ProcessTimers implements RaftTimerFactory {
    private static final int THREADS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(ProcessTimers.class);

    private final ScheduledThreadPoolExecutor executor;
    private final Timer timer = new SharedTimer();
    private final Scheduler scheduler = new SharedScheduler();

    /** For JRaft's service loader. */
    public ProcessTimers() {
        AtomicInteger threads = new AtomicInteger();
        executor = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "quorate-raft-timer-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Timer getElectionTimer(boolean shared, String name) {
        return timer;
    }

    @Override
    public Timer getVoteTimer(boolean shared, String name) {
        return timer;
    }

    @Override
    public Timer getStepDownTimer(boolean shared, String name) {
        return timer;
    }

    @Override
    public Timer getSnapshotTimer(boolean shared, String name) {
        return timer;
    }

    @Override
    public Scheduler getRaftScheduler(boolean shared, int workers, String name) {
        return scheduler;
    }

    @Override
    public Timer createTimer(String name) {
        return timer;
    }

    @Override
    public Scheduler createScheduler(int workers, String name) {
        return scheduler;
    }

    /** JRaft's one-shot timer. */
    private final class SharedTimer implements Timer {
        @Override
        public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
            Pending pending = new Pending(task);
            pending.future = executor.schedule(pending, delay, unit);
            return pending;
        }

        @Override
        public Set<Timeout> stop() {
            return Set.of();
        }

        private final class Pending implements Timeout, Runnable {
            private final TimerTask task;
            /** Null until it is scheduled. */
            private volatile @Nullable ScheduledFuture<?> future;

            Pending(TimerTask task) {
                this.task = task;
            }

            @Override
            public void run() {
                try {
                    task.run(this);
                } catch (Exception e) {
                    LOG.error("A Raft timer failed", e);
                }
            }

            @Override
            public Timer timer() {
                return SharedTimer.this;
            }

            @Override
            public TimerTask task() {
                return task;
            }

            @Override
            public boolean isExpired() {
                ScheduledFuture<?> scheduled = future;
                return scheduled != null && scheduled.isDone() && !scheduled.isCancelled();
            }

            @Override
            public boolean isCancelled() {
                ScheduledFuture<?> scheduled = future;
                return scheduled != null && scheduled.isCancelled();
            }

            @Override
            public boolean cancel() {
                ScheduledFuture<?> scheduled = future;
                return scheduled != null && scheduled.cancel(false);
            }
        }
    }

    /** JRaft's scheduler, whose shutdown ends nothing that others use. */
    private final class SharedScheduler implements Scheduler {
        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            return executor.schedule(task, delay, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initial, long period, TimeUnit unit) {
            return executor.scheduleAtFixedRate(task, initial, period, unit);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initial, long delay, TimeUnit unit) {
            return executor.scheduleWithFixedDelay(task, initial, delay, unit);
        }

        @Override
        public void shutdown() {}
    }
}

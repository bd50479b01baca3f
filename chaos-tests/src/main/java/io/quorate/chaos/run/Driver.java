package io.quorate.chaos.run;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A thread that does one thing after the other until it is told to stop. */
abstract class Driver {
    final SplittableRandom random;
    private final Thread thread;
    private final long pauseNanos;
    private volatile boolean stopping;
    private volatile String failure = "";

    /**
     * A driver that isn't started yet.
     *
     * @param pauseNanos between one thing and the next
     */
    Driver(String name, SplittableRandom random, long pauseNanos) {
        this.random = random;
        this.pauseNanos = pauseNanos;
        this.thread = new Thread(this::run, "chaos-" + name);
    }

    /** Does one thing. */
    abstract void step();

    /** Is called on the thread when it ends. */
    void ended() {}

    final void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stopping) {
                step();
                if (pauseNanos > 0) {
                    LockSupport.parkNanos(pauseNanos);
                }
            }
        } catch (RuntimeException e) {
            failure = thread.getName() + ": " + e;
        } finally {
            ended();
        }
    }

    final void stopSoon() {
        stopping = true;
    }

    /** Waits for the end; what made it end by itself, or nothing. */
    final String join() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            return thread.isAlive() ? thread.getName() + " doesn't end" : failure;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}

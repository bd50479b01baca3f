package io.quorate.client.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for futures that the client's loop completes. Never to be used on the loop. */
final class Answering {
    /** What the loop may be late: futures are completed at their deadline, up to a tick later. */
    private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private Answering() {}

    /**
     * What the future was completed with; null if it wasn't even some time after {@code nanos}. An interrupt is
     * kept for later.
     */
    static <T> @Nullable T uninterruptibly(CompletableFuture<T> future, long nanos) {
        long deadlineNanos = System.nanoTime() + nanos + SLACK_NANOS;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    return null;
                } catch (ExecutionException e) {
                    throw unwrapped(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Like {@link #uninterruptibly}, but an interrupt ends it. */
    static <T> @Nullable T interruptibly(CompletableFuture<T> future, long nanos) throws InterruptedException {
        try {
            return future.get(nanos + SLACK_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    private static RuntimeException unwrapped(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof QuorateException quorate) {
            // Thrown anew on this thread, so that the trace shows who asked.
            QuorateException here = new QuorateException(quorate.kind(), String.valueOf(quorate.getMessage()));
            here.initCause(quorate);
            return here;
        }
        return cause instanceof RuntimeException runtime ? runtime : new IllegalStateException(cause);
    }
}

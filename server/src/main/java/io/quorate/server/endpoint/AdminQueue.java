package io.quorate.server.endpoint;

import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.storage.api.StoreException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread for requests that may take long or wait for a group's lock, so that no event loop does; what
 * waits for it is bounded.
 */
public final class AdminQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminQueue.class);

    private final ExecutorService thread;

    public AdminQueue(int waitingMax, String threadName) {
        this(bounded(waitingMax, threadName));
    }

    /** Over something that runs one task after the other, and refuses what it has no room for; closed with this. */
    public AdminQueue(ExecutorService thread) {
        this.thread = thread;
    }

    private static ExecutorService bounded(int waitingMax, String threadName) {
        ThreadPoolExecutor thread =
                new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waitingMax), task -> {
                    Thread made = new Thread(task, threadName);
                    made.setDaemon(true);
                    return made;
                });
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    /** Runs a request's work, or refuses the request. */
    void run(Exchange exchange, Runnable work) {
        try {
            thread.execute(() -> {
                try {
                    work.run();
                } catch (IllegalArgumentException e) {
                    exchange.fail(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
                } catch (StoreException e) {
                    exchange.fail(Code.UNAVAILABLE, "the group halted on this node: " + e.getMessage());
                } catch (RuntimeException e) {
                    LOG.error("a request failed for a reason that wasn't foreseen", e);
                    exchange.fail(Refusals.unforeseen());
                }
            });
        } catch (RejectedExecutionException e) {
            exchange.fail(Failures.retry(
                    Code.OVERLOADED,
                    "too many requests about rules, keys and groups wait already",
                    Refusals.SOON_RETRY_MILLIS));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

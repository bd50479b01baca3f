package io.quorate.storage.rocks;

import io.quorate.storage.api.StoreException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way into RocksDB, on the writer's thread.
 *
 * <p>Threads: made and asked by the store's thread, run by the writer's. A batch is written before it is
 * finished, so that the store can go on as soon as the rows can be read.
 */
final class WriteBack {
    private final Object monitor = new Object();
    private boolean written;
    private boolean finished;
    private @Nullable StoreException failure;

    private WriteBack() {}

    /** Begins to write a batch; with {@code flush}, also puts everything written so far on disk. */
    static WriteBack start(Database database, byte[] batch, boolean flush, Executor writer) {
        WriteBack started = new WriteBack();
        try {
            writer.execute(() -> started.run(database, batch, flush));
        } catch (RejectedExecutionException e) {
            throw new StoreException("the store's resources are closed", e);
        }
        return started;
    }

    private void run(Database database, byte[] batch, boolean flush) {
        StoreException failed = new StoreException("writing back ended without a result");
        try {
            database.write(batch);
            written();
            if (flush) {
                database.flush();
            }
            failed = null;
        } catch (StoreException e) {
            failed = e;
        } finally {
            finished(failed);
        }
    }

    private void written() {
        synchronized (monitor) {
            written = true;
            monitor.notifyAll();
        }
    }

    private void finished(@Nullable StoreException failed) {
        synchronized (monitor) {
            written = true;
            finished = true;
            failure = failed;
            monitor.notifyAll();
        }
    }

    /** Whether the batch's rows can be read from the database; throws if it failed. */
    boolean isWritten() {
        synchronized (monitor) {
            throwFailure();
            return written;
        }
    }

    /** Whether nothing is left to do; throws if it failed. */
    boolean isFinished() {
        synchronized (monitor) {
            throwFailure();
            return finished;
        }
    }

    /** Waits until the rows can be read; throws if it failed. */
    void awaitWritten() {
        await(false);
        isWritten();
    }

    /** Waits until nothing is left to do, whether it failed or not. */
    void awaitFinished() {
        await(true);
    }

    private void await(boolean untilFinished) {
        boolean interrupted = false;
        synchronized (monitor) {
            while (!(untilFinished ? finished : written)) {
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    interrupted = true; // the write can't be abandoned: its thread uses the database
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw new StoreException("writing back failed earlier: " + failure.getMessage(), failure);
        }
    }
}

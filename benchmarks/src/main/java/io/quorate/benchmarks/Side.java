package io.quorate.benchmarks;

import java.util.concurrent.CompletableFuture;

/** One of the systems that are measured beside each other. */
interface Side extends AutoCloseable {
    String name();

    /** Decides one request on the counter {@code key}; the future tells whether it was granted. */
    CompletableFuture<Boolean> acquire(int key);

    /** Sends what the client may have held back, after a burst. */
    void flush();

    @Override
    void close();
}

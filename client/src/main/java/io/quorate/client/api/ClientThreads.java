package io.quorate.client.api;

import io.quorate.client.net.SharedLoops;

/**
 * Threads that several clients share, for a process that has many. Each client still has one of them for all it does.
 * To be closed when all its clients are.
 */
public final class ClientThreads implements AutoCloseable {
    final SharedLoops loops;

    private ClientThreads(SharedLoops loops) {
        this.loops = loops;
    }

    /** So many threads; 1 or more. */
    public static ClientThreads of(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads must be 1 to 1024, not " + threads);
        }
        return new ClientThreads(new SharedLoops(threads));
    }

    @Override
    public void close() {
        loops.close();
    }
}

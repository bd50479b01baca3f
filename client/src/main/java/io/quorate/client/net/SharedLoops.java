package io.quorate.client.net;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** Event loops for one client, or for several that take turns. Thread-safe. */
public final class SharedLoops implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup threads;

    public SharedLoops(int count) {
        this.threads = new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("quorate-client", true), NioIoHandler.newFactory());
    }

    EventLoop next() {
        return threads.next();
    }

    /** Ends the threads, and waits for them unless called by one. */
    @Override
    public void close() {
        boolean own = false;
        for (var each : threads) {
            own |= each.inEventLoop();
        }
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        if (!own) {
            threads.terminationFuture().awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
    }
}

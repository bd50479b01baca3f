package io.quorate.client.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.internal.PlatformDependent;
import io.quorate.client.route.Call;
import io.quorate.client.route.ClientLoop;
import io.quorate.client.route.Link;
import io.quorate.client.route.LinkEvents;
import io.quorate.client.route.NanoClock;
import io.quorate.client.route.Router;
import io.quorate.client.route.RouterSettings;
import io.quorate.protocol.FrameDecoder;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Response;
import java.net.UnknownHostException;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The client's one thread: an event loop that owns the router and all connections.
 *
 * <p>{@link #submit} may be called on any thread: it puts the call into a bounded queue, and wakes the loop
 * if nobody has yet; the loop then takes all that is there, and flushes once.
 */
public final class NettyLoop implements ClientLoop {
    /** How long a node may take to accept a connection, and again to shake hands. */
    private static final int CONNECT_MILLIS = 2000;
    /** How long closing waits until the sessions are closed; else they end by themselves when idle. */
    private static final long CLOSE_MILLIS = 300;
    /** Calls taken from the queue before answers get their turn. */
    private static final int DRAIN_MAX = 4096;

    /** Its own threads, to be closed with it; null if it shares others'. */
    private final @Nullable SharedLoops own;

    private final EventLoop loop;
    private final NanoClock clock;
    private final Router router;
    private final Hello hello;
    private final RouterSettings settings;
    private final Queue<Call> submitted;
    /** Whether the loop was told to look into the queue, and hasn't begun to. */
    private final AtomicBoolean drainComing = new AtomicBoolean();
    /** The queue has one consumer at a time: the loop, or, once that ended, whoever finds that out. */
    private final Object consuming = new Object();

    /** A loop that runs, with a router that wasn't started. */
    public NettyLoop(RouterSettings settings, NanoClock clock) {
        this(settings, clock, null);
    }

    /** Like the other, on one of the given threads; null: on one of its own. */
    public NettyLoop(RouterSettings settings, NanoClock clock, @Nullable SharedLoops shared) {
        this.clock = clock;
        this.settings = settings;
        this.submitted = PlatformDependent.newFixedMpscQueue(Math.max(64, 2 * settings.inFlightMax()));
        this.hello = Hello.newBuilder()
                .setProtocolVersion(NativeProtocol.VERSION)
                .setClusterId(settings.clusterId())
                .setClientName(settings.clientName())
                .build();
        SharedLoops loops = shared == null ? new SharedLoops(1) : shared;
        this.own = shared == null ? loops : null;
        this.loop = loops.next();
        this.router = new Router(settings, this::open, clock, this::tickAfter, new SplittableRandom());
    }

    /** Begins to connect; {@code onFirstMap} runs on the loop once a node has told the topology. */
    public void start(Runnable onFirstMap) {
        loop.execute(() -> router.start(onFirstMap));
    }

    @Override
    public Router router() {
        return router;
    }

    @Override
    public int inFlightMax() {
        return settings.inFlightMax();
    }

    @Override
    public NanoClock clock() {
        return clock;
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public RandomGenerator newRandom() {
        return new SplittableRandom();
    }

    @Override
    public boolean inLoop() {
        return loop.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> {
            task.run();
            router.flush();
        });
    }

    @Override
    public boolean tryExecute(Runnable task) {
        try {
            execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void executeAfter(long nanos, Runnable task) {
        loop.schedule(
                () -> {
                    task.run();
                    router.flush();
                },
                nanos,
                TimeUnit.NANOSECONDS);
    }

    @Override
    public void submit(Call call) {
        if (!router.admit()) {
            call.refuse(Code.OVERLOADED, settings.tooManyUnanswered());
            return;
        }
        if (!submitted.offer(call)) {
            router.leave();
            throw new IllegalStateException("fewer requests fit than are admitted");
        }
        if (!drainComing.get() && drainComing.compareAndSet(false, true)) {
            try {
                loop.execute(this::drain);
            } catch (RejectedExecutionException e) {
                refuseSubmitted();
            }
        }
    }

    private void drain() {
        drainComing.set(false);
        synchronized (consuming) {
            int left = DRAIN_MAX;
            Call call = submitted.poll();
            while (call != null) {
                router.take(call);
                left--;
                call = left > 0 ? submitted.poll() : null;
            }
        }
        router.flush();
        if (!submitted.isEmpty() && drainComing.compareAndSet(false, true)) {
            loop.execute(this::drain);
        }
    }

    private void refuseSubmitted() {
        drainComing.set(false);
        synchronized (consuming) {
            for (Call call = submitted.poll(); call != null; call = submitted.poll()) {
                router.leave();
                call.refuse(Code.UNAVAILABLE, "the client is closed");
            }
        }
    }

    private void tickAfter(long nanos) {
        loop.schedule(router::tick, nanos, TimeUnit.NANOSECONDS);
    }

    private Link open(String address, LinkEvents events) {
        NodeConnection connection =
                new NodeConnection(address, events, clock, hello, settings.inFlightMax(), router::flush);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new FrameDecoder<>(Response.parser(), NativeProtocol.RESPONSE_BYTES_MAX))
                                .addLast(connection);
                    }
                });
        try {
            bootstrap.connect(HostPort.parse(address).toSocketAddress()).addListener(connected -> {
                if (connected.isSuccess()) {
                    loop.schedule(
                            () -> {
                                connection.handshakeTimeUp();
                                router.flush();
                            },
                            CONNECT_MILLIS,
                            TimeUnit.MILLISECONDS);
                } else {
                    // Not at once: this may run before the link was returned.
                    execute(() -> connection.refused(reason(connected.cause())));
                }
            });
        } catch (IllegalArgumentException e) {
            execute(() -> connection.refused(String.valueOf(e.getMessage())));
        }
        return connection;
    }

    /** Why there is no connection; whoever shows it names the address, so it isn't named here. */
    static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        if (cause instanceof UnknownHostException) {
            return "no host has this name";
        }
        // Netty adds ": host/1.2.3.4:7401" to what the system says.
        int address = text.lastIndexOf(": ");
        return address > 0 && text.indexOf('/', address) > 0 ? text.substring(0, address) : text;
    }

    /** Closes the sessions, completes what is unanswered, and ends the thread. */
    @Override
    public void close() {
        CountDownLatch closed = new CountDownLatch(1);
        try {
            execute(() -> router.closeSessions(
                    clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS),
                    () -> execute(() -> {
                        router.close();
                        closed.countDown();
                    })));
            if (!inLoop()) {
                awaitUninterruptibly(closed);
            }
        } catch (RejectedExecutionException e) {
            closed.countDown(); // closed before
        }
        if (own != null) {
            own.close();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10 * CLOSE_MILLIS);
        while (true) {
            try {
                latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes the connections of one address on to another, with faults that may change while they last.
 *
 * <p>It stands where TCP is whole, so it shows what a connection shows of faulty links: of a blocked link, silence, and
 * all bytes once it is healed; of lost packets, bytes that are as late as their repetition makes them. It can't send
 * packets twice or in another order, which no connection would show.
 *
 * <p>Has one thread that accepts, and four for each connection.
 */
final class FaultProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int QUEUED_CHUNKS_MAX = 256;
    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** What TCP waits, at least, before it repeats a packet; twice as long each further time. */
    private static final long REPEAT_MILLIS = 200;

    private static final int REPEATS_MAX = 5;
    private static final byte[] END = new byte[0];

    private final Route route;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Where connections come in, where they go, and the states of both directions. */
    record Route(
            String name,
            InetSocketAddress from,
            InetSocketAddress to,
            Supplier<LinkState> forth,
            Supplier<LinkState> back,
            long seed) {}

    private record Chunk(byte[] bytes, long dueNanos) {}

    FaultProxy(Route route) {
        this.route = route;
        try {
            this.server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(route.from(), 128);
        } catch (IOException e) {
            throw new UncheckedIOException("proxy " + route.name() + " can't listen at " + route.from(), e);
        }
        thread(route.name(), this::accept);
    }

    /** Ends all connections, with a reset where bytes are under way. */
    void cut() {
        open.forEach(FaultProxy::end);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("proxy " + route.name() + " can't be closed", e);
        }
        cut();
    }

    private void accept() {
        SplittableRandom random = new SplittableRandom(route.seed());
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                SplittableRandom its = random.split();
                open.add(near);
                thread(route.name() + "-connection", () -> connect(near, its));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        cut();
    }

    /** While either direction is blocked, a connection isn't made, which the near end can't tell from a slow one. */
    private void connect(Socket near, SplittableRandom random) {
        while (route.forth().get().blocked() || route.back().get().blocked()) {
            if (near.isClosed() || server.isClosed()) {
                forget(near);
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        Socket far = new Socket();
        open.add(far);
        try {
            far.connect(route.to(), CONNECT_MILLIS_MAX);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            pipe(near, far, route.forth(), random.split());
            pipe(far, near, route.back(), random.split());
        } catch (IOException e) {
            forget(near); // the far end is down: the near one sees its connection end
            forget(far);
        }
    }

    private void pipe(Socket from, Socket to, Supplier<LinkState> state, SplittableRandom random) {
        BlockingQueue<Chunk> under = new LinkedBlockingQueue<>(QUEUED_CHUNKS_MAX);
        thread(route.name() + "-in", () -> read(from, under, state, random));
        thread(route.name() + "-out", () -> {
            write(to, under, state);
            forget(from);
            forget(to);
        });
    }

    private static void read(
            Socket from, BlockingQueue<Chunk> under, Supplier<LinkState> state, SplittableRandom random) {
        byte[] buffer = new byte[CHUNK_BYTES];
        long due = System.nanoTime();
        try {
            InputStream in = from.getInputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                due = Math.max(due, System.nanoTime() + lateNanos(state.get(), random, read));
                under.put(new Chunk(Arrays.copyOf(buffer, read), due));
            }
            under.put(new Chunk(END, due));
        } catch (IOException e) {
            offerEnd(under);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void offerEnd(BlockingQueue<Chunk> under) {
        under.clear(); // a reset overtakes what is under way
        under.add(new Chunk(END, System.nanoTime()));
    }

    private static void write(Socket to, BlockingQueue<Chunk> under, Supplier<LinkState> state) {
        try {
            OutputStream out = to.getOutputStream();
            for (Chunk chunk = next(under, to); chunk != null && chunk.bytes() != END; chunk = next(under, to)) {
                awaitTurn(chunk, state, to);
                out.write(chunk.bytes());
                int rate = state.get().bytesPerSecondMax();
                if (rate > 0) {
                    parkUntil(System.nanoTime() + chunk.bytes().length * TimeUnit.SECONDS.toNanos(1) / rate);
                }
            }
        } catch (IOException e) {
            // the other end is gone: both connections end
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Chunk next(BlockingQueue<Chunk> under, Socket to) throws InterruptedException {
        while (!to.isClosed()) {
            Chunk chunk = under.poll(50, TimeUnit.MILLISECONDS);
            if (chunk != null) {
                return chunk;
            }
        }
        return null;
    }

    private static void awaitTurn(Chunk chunk, Supplier<LinkState> state, Socket to) {
        parkUntil(chunk.dueNanos());
        while (state.get().blocked() && !to.isClosed()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static long lateNanos(LinkState state, SplittableRandom random, int bytes) {
        long millis = state.delayMillis();
        if (state.jitterMillis() > 0) {
            millis += random.nextInt(-state.jitterMillis(), state.jitterMillis() + 1);
        }
        int packets = 1 + bytes / 1_448;
        for (int i = 0; i < packets; i++) {
            for (int repeats = 0; repeats < REPEATS_MAX && random.nextInt(100) < state.lossPercent(); repeats++) {
                millis += REPEAT_MILLIS << repeats;
            }
        }
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private static void parkUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void forget(Socket socket) {
        open.remove(socket);
        end(socket);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket can't be closed", e);
        }
    }

    private static void thread(String name, Runnable body) {
        Thread thread = new Thread(body, "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}

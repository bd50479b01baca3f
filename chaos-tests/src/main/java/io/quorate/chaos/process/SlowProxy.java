package io.quorate.chaos.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes the connections of one port of an address on to the same port of another, both ways late by a random time, in
 * order, and cuts each connection after a random time.
 */
public final class SlowProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Profile profile;
    private final InetSocketAddress target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong cuts = new AtomicLong();

    /** How late bytes are, and how long connections last; milliseconds, each drawn evenly from its range. */
    public record Profile(
            long delayMillisMin, long delayMillisMax, long lastsMillisMin, long lastsMillisMax, long seed) {}

    private record Chunk(byte[] bytes, long dueNanos) {}

    private static final Chunk END = new Chunk(new byte[0], 0);

    private SlowProxy(Profile profile, InetSocketAddress target, ServerSocket server) {
        this.profile = profile;
        this.target = target;
        this.server = server;
    }

    /** Listens on {@code from} and passes on to {@code to}, at one port. */
    public static SlowProxy start(InetAddress from, InetAddress to, int port, Profile profile) {
        try {
            SlowProxy proxy = new SlowProxy(profile, new InetSocketAddress(to, port), new ServerSocket(port, 50, from));
            thread("proxy-" + port, proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen at " + from + ":" + port, e);
        }
    }

    /** Connections that were cut so far. */
    public long cuts() {
        return cuts.get();
    }

    @Override
    public void close() {
        end(server);
        open.forEach(SlowProxy::end);
    }

    private void accept() {
        SplittableRandom random = new SplittableRandom(profile.seed());
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                open.add(near);
                SplittableRandom its = random.split();
                thread("proxy-connection", () -> serve(near, its));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket near, SplittableRandom random) {
        try (near;
                Socket far = new Socket()) {
            open.add(far);
            far.connect(target, 1_000);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            long cutNanos = System.nanoTime() + nanos(random, profile.lastsMillisMin(), profile.lastsMillisMax());
            pipe(near, far, random.split());
            pipe(far, near, random.split());
            while (!near.isClosed() && !far.isClosed() && System.nanoTime() - cutNanos < 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            if (!near.isClosed() && !far.isClosed()) {
                cuts.incrementAndGet();
            }
            open.remove(far);
        } catch (IOException e) {
            cuts.incrementAndGet(); // the far end is down: the near one sees its connection end
        } finally {
            open.remove(near);
        }
    }

    private void pipe(Socket from, Socket to, SplittableRandom random) {
        BlockingQueue<Chunk> late = new LinkedBlockingQueue<>();
        thread("proxy-in", () -> {
            byte[] buffer = new byte[CHUNK_BYTES];
            long due = System.nanoTime();
            try {
                for (int read = from.getInputStream().read(buffer);
                        read >= 0;
                        read = from.getInputStream().read(buffer)) {
                    long own = System.nanoTime() + nanos(random, profile.delayMillisMin(), profile.delayMillisMax());
                    due = Math.max(due, own);
                    late.add(new Chunk(Arrays.copyOf(buffer, read), due));
                }
            } catch (IOException e) {
                end(to);
            }
            late.add(END);
        });
        thread("proxy-out", () -> {
            try {
                for (Chunk chunk = late.take(); chunk != END; chunk = late.take()) {
                    for (long left = chunk.dueNanos() - System.nanoTime();
                            left > 0;
                            left = chunk.dueNanos() - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    to.getOutputStream().write(chunk.bytes());
                }
            } catch (IOException e) {
                end(from);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            end(to);
        });
    }

    private static long nanos(SplittableRandom random, long millisMin, long millisMax) {
        return TimeUnit.MICROSECONDS.toNanos(random.nextLong(millisMin * 1000, millisMax * 1000 + 1));
    }

    private static void thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void end(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new IllegalStateException("a socket can't be closed", e);
        }
    }
}

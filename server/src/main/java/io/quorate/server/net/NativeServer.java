package io.quorate.server.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.quorate.protocol.FrameDecoder;
import io.quorate.protocol.v1.Request;
import io.quorate.server.config.HostPort;
import io.quorate.server.config.ServerLimits;
import io.quorate.server.endpoint.Endpoints;
import io.quorate.server.metrics.ServerMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The client port: accepts connections at one address, as long as it is open. Thread-safe. */
public final class NativeServer implements AutoCloseable {
    /** How often connections are looked at for being too slow. */
    private static final long CHECK_MILLIS = 250;

    private final Port port;
    private final MultiThreadIoEventLoopGroup loops;
    private final Channel listening;
    private final HostPort address;

    /**
     * Binds the address, and nothing else.
     *
     * @throws IOException if it can't be bound
     */
    public static NativeServer start(
            HostPort address, Endpoints endpoints, ServerLimits limits, ServerMetrics metrics, String threadName)
            throws IOException {
        Port port = new Port(endpoints, limits, metrics);
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                limits.ioThreads(), new DefaultThreadFactory(threadName, true), NioIoHandler.newFactory());
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(limits.writeBufferLowBytes(), limits.writeBufferHighBytes()))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        FrameDecoder<Request> decoder = new FrameDecoder<>(Request.parser(), limits.helloBytesMax());
                        channel.pipeline().addLast(decoder, new Connection(port, channel, decoder));
                    }
                })
                .bind(address.toSocketAddress())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "can't bind " + address + " for clients: " + bound.cause().getMessage(), bound.cause());
        }
        return new NativeServer(port, loops, bound.channel());
    }

    private NativeServer(Port port, MultiThreadIoEventLoopGroup loops, Channel listening) {
        this.port = port;
        this.loops = loops;
        this.listening = listening;
        InetSocketAddress local = (InetSocketAddress) listening.localAddress();
        this.address = new HostPort(local.getAddress().getHostAddress(), local.getPort());
        var unused = loops.scheduleWithFixedDelay(
                () -> port.connections().forEach(Connection::check), CHECK_MILLIS, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The address as bound. */
    public HostPort address() {
        return address;
    }

    /** Whether every client reads its answers fast enough to be read itself. */
    boolean allWritable() {
        return port.connections().stream().allMatch(Connection::isWritable);
    }

    /** Takes no new connections; those that are open go on. */
    public void stopAccepting() {
        listening.close().awaitUninterruptibly();
    }

    /** Refuses new requests and waits until those in flight are answered; false if some aren't in time. */
    public boolean drain(long millisMax) throws InterruptedException {
        port.inFlight().drain();
        return port.inFlight().awaitEmpty(millisMax);
    }

    /** Closes every connection after what is written, and the port. Idempotent. */
    @Override
    public void close() {
        stopAccepting();
        port.connections().forEach(Connection::close);
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}

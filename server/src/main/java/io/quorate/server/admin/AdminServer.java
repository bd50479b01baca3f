package io.quorate.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.quorate.server.config.HostPort;
import io.quorate.server.metrics.MetricsPage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The admin port: a small HTTP server with one thread, bounded in everything. Thread-safe. */
public final class AdminServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 64;
    private static final int IDLE_SECONDS_MAX = 60;
    private static final int LINE_BYTES_MAX = 4 * 1024;
    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final int BODY_BYTES_MAX = 4 * 1024;

    private final MultiThreadIoEventLoopGroup loop;
    private final Channel listening;

    /**
     * Binds the address, and nothing else.
     *
     * @throws IOException if it can't be bound
     */
    public static AdminServer start(HostPort address, MetricsPage metrics, NodeHealth health, String threadName)
            throws IOException {
        MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory(threadName, true), NioIoHandler.newFactory());
        AtomicInteger connections = new AtomicInteger();
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, CONNECTIONS_MAX)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new ReadTimeoutHandler(IDLE_SECONDS_MAX, TimeUnit.SECONDS))
                                .addLast(new HttpServerCodec(LINE_BYTES_MAX, HEADER_BYTES_MAX, BODY_BYTES_MAX))
                                .addLast(new HttpObjectAggregator(BODY_BYTES_MAX, true))
                                .addLast(new AdminHandler(metrics, health, connections, CONNECTIONS_MAX));
                    }
                })
                .bind(address.toSocketAddress())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw new IOException(
                    "can't bind " + address + " for the admin port: "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        return new AdminServer(loop, bound.channel());
    }

    private AdminServer(MultiThreadIoEventLoopGroup loop, Channel listening) {
        this.loop = loop;
        this.listening = listening;
    }

    /** The address as bound. */
    public HostPort address() {
        InetSocketAddress local = (InetSocketAddress) listening.localAddress();
        return new HostPort(local.getAddress().getHostAddress(), local.getPort());
    }

    /** Closes the port and its connections. Idempotent. */
    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}

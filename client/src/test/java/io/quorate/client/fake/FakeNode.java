package io.quorate.client.fake;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.quorate.protocol.Failures;
import io.quorate.protocol.Frame;
import io.quorate.protocol.FrameDecoder;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Done;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A node of the model over a real socket: answers what the model says, unless the test has a fault for it. */
public final class FakeNode implements AutoCloseable {
    private static final int DELAY_MILLIS = 30;

    private final String id;
    private final ClusterModel model;
    private final EventLoopGroup threads;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Request> received = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile Function<Request, Fault> faults = request -> Fault.NONE;
    private volatile @Nullable Channel listening;

    /** A node that listens and belongs to the model's cluster. */
    public FakeNode(String id, ClusterModel model, EventLoopGroup threads) {
        this.id = id;
        this.model = model;
        this.threads = threads;
        this.port = listen(0);
        model.addNode(id, address());
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    public void faults(Function<Request, Fault> forRequests) {
        faults = forRequests;
    }

    /** All that came, in order; not the handshakes. */
    public List<Request> received() {
        return received;
    }

    public int connections() {
        return connections.size();
    }

    /** Closes all connections, and accepts none until {@link #up}. */
    public void down() {
        Channel open = listening;
        if (open != null) {
            open.close().syncUninterruptibly();
        }
        connections.close().awaitUninterruptibly();
    }

    public void up() {
        listen(port);
    }

    @Override
    public void close() {
        down();
    }

    private int listen(int wanted) {
        Channel open = new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new FrameDecoder<>(Request.parser(), 256 * 1024))
                                .addLast(new Serving());
                    }
                })
                .bind("127.0.0.1", wanted)
                .syncUninterruptibly()
                .channel();
        listening = open;
        return ((InetSocketAddress) open.localAddress()).getPort();
    }

    private final class Serving extends SimpleChannelInboundHandler<Request> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, Request request) {
            if (!request.hasHello()) {
                received.add(request);
            }
            Fault fault = faults.apply(request);
            switch (fault) {
                case CLOSE_BEFORE -> ctx.close();
                case IGNORE -> {}
                case OVERLOADED -> fail(ctx, request, Code.OVERLOADED);
                case UNAVAILABLE -> fail(ctx, request, Code.UNAVAILABLE);
                case STALE_RULES -> fail(ctx, request, Code.STALE_RULES);
                default -> answer(ctx, fault, model.serve(id, request));
            }
        }

        private void fail(ChannelHandlerContext ctx, Request request, Code code) {
            write(
                    ctx,
                    Response.newBuilder()
                            .setCorrelationId(request.getCorrelationId())
                            .setFailure(Failures.retry(code, "as the test wants", 5))
                            .build());
        }

        private void answer(ChannelHandlerContext ctx, Fault fault, Response answer) {
            switch (fault) {
                case CLOSE_AFTER -> ctx.close();
                case HALF_ANSWER -> {
                    ByteBuf frame = ctx.alloc().buffer();
                    Frame.append(frame, answer);
                    ctx.writeAndFlush(frame.readRetainedSlice(frame.readableBytes() / 2))
                            .addListener(done -> ctx.close());
                    frame.release();
                }
                case SWALLOW -> {}
                case ANSWER_TWICE -> {
                    write(ctx, answer);
                    write(ctx, answer);
                }
                case WRONG_ID ->
                    write(ctx, answer.toBuilder().setCorrelationId(1L << 40).build());
                case SAY_UNKNOWN ->
                    write(
                            ctx,
                            Response.newBuilder()
                                    .setCorrelationId(answer.getCorrelationId())
                                    .setFailure(Failures.of(Code.UNKNOWN, "as the test wants"))
                                    .build());
                case DELAY -> ctx.executor().schedule(() -> write(ctx, answer), DELAY_MILLIS, TimeUnit.MILLISECONDS);
                case GARBAGE ->
                    ctx.writeAndFlush(ctx.alloc().buffer().writeInt(3).writeBytes(new byte[] {-1, -1, -1}));
                case WRONG_BODY ->
                    write(
                            ctx,
                            Response.newBuilder()
                                    .setCorrelationId(answer.getCorrelationId())
                                    .setDone(Done.getDefaultInstance())
                                    .build());
                default -> write(ctx, answer);
            }
        }

        private void write(ChannelHandlerContext ctx, Response response) {
            ByteBuf frame = ctx.alloc().buffer();
            Frame.append(frame, response);
            ctx.writeAndFlush(frame);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // the client's side of it is what a test looks at
        }
    }
}

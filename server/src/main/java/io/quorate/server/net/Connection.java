package io.quorate.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.quorate.protocol.Failures;
import io.quorate.protocol.Frame;
import io.quorate.protocol.FrameDecoder;
import io.quorate.protocol.FrameException;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.server.endpoint.Exchange;
import io.quorate.server.endpoint.Peer;
import io.quorate.server.endpoint.ReplyQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection.
 *
 * <p>Everything here happens on the connection's event loop, except for {@link #answered}, which hands on.
 * What is read in one go is one burst: its commands are flushed into their groups once, and its answers are
 * written into one buffer and flushed to the socket once.
 */
final class Connection extends ChannelInboundHandlerAdapter implements Peer {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** What is left to the client to read why it is refused, before the connection is closed hard. */
    private static final long LINGER_MILLIS = 1_000;

    private static final long OVERLOADED_RETRY_MILLIS = 10;
    private static final int OUT_BYTES = 4 * 1024;
    private static final int OUT_BYTES_MAX = 64 * 1024;

    private enum State {
        AWAIT_HELLO,
        OPEN,
        CLOSING
    }

    private final Port port;
    private final FrameDecoder<Request> decoder;
    private final Channel channel;
    private final ReplyQueue replies = new ReplyQueue();
    private final Runnable drain = this::drain;
    private final List<ReplicatedGroup> submittedTo = new ArrayList<>();
    private final long openedNanos;

    private State state = State.AWAIT_HELLO;
    private boolean counted;
    private boolean inBurst;
    private long burstNanos;
    private int inFlight;
    private @Nullable ByteBuf out;

    private long framesRead;
    private long framesReadBefore;
    /** Since when the frame that has begun is awaited; meaningful only while the decoder is inside one. */
    private long insideSinceNanos;

    Connection(Port port, Channel channel, FrameDecoder<Request> decoder) {
        this.port = port;
        this.channel = channel;
        this.decoder = decoder;
        this.openedNanos = System.nanoTime();
        this.burstNanos = openedNanos;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!port.opened(this)) {
            closeWith(Failures.retry(Code.OVERLOADED, "this node has as many connections as it may", 1_000));
            return;
        }
        counted = true;
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (counted) {
            counted = false;
            port.closed(this);
        }
        port.endpoints().closed(this);
        state = State.CLOSING;
        ByteBuf unsent = out;
        out = null;
        if (unsent != null) {
            unsent.release();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        framesRead++;
        if (state == State.CLOSING) {
            return;
        }
        if (!inBurst) {
            inBurst = true;
            burstNanos = System.nanoTime();
        }
        Request request = (Request) message;
        if (request.getCorrelationId() == 0) {
            closeWith(Failures.of(Code.INVALID_ARGUMENT, "correlation_id must be 1 or more"));
        } else if (state == State.AWAIT_HELLO) {
            greet(request);
        } else {
            take(request);
        }
    }

    private void greet(Request request) {
        if (!request.hasHello()) {
            closeWith(Failures.of(Code.INVALID_ARGUMENT, "the first request of a connection must be hello"));
            return;
        }
        Failure refusal = port.endpoints().refusal(request.getHello());
        if (refusal != null) {
            append(response(request, refusal));
            finish();
            return;
        }
        decoder.frameBytesMax(port.limits().frameBytesMax());
        state = State.OPEN;
        append(Response.newBuilder()
                .setCorrelationId(request.getCorrelationId())
                .setWelcome(port.endpoints().welcome())
                .build());
    }

    private void take(Request request) {
        if (port.inFlight().isDraining()) {
            append(response(
                    request, Failures.retry(Code.UNAVAILABLE, "this node is shutting down", OVERLOADED_RETRY_MILLIS)));
            return;
        }
        if (inFlight >= port.limits().inFlightPerConnectionMax()) {
            append(response(
                    request,
                    Failures.retry(
                            Code.OVERLOADED,
                            "this connection has " + inFlight + " requests in flight, as many as it may",
                            OVERLOADED_RETRY_MILLIS)));
            return;
        }
        if (!port.inFlight().tryEnter()) {
            append(response(
                    request,
                    Failures.retry(
                            Code.OVERLOADED,
                            "this node has as many requests in flight as it may",
                            OVERLOADED_RETRY_MILLIS)));
            return;
        }
        inFlight++;
        try {
            port.endpoints().dispatch(request, this, burstNanos);
        } catch (RuntimeException e) {
            LOG.error("a request of kind {} failed for a reason that wasn't foreseen", request.getBodyCase(), e);
            inFlight--;
            port.inFlight().leave(1);
            append(response(request, Failures.of(Code.UNKNOWN, "the node failed at this request; its log says why")));
        }
    }

    private Response response(Request request, Failure failure) {
        port.metrics().failed(failure.getCode());
        return Response.newBuilder()
                .setCorrelationId(request.getCorrelationId())
                .setFailure(failure)
                .build();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (decoder.insideFrame() && (framesRead != framesReadBefore || insideSinceNanos == 0)) {
            insideSinceNanos = Math.max(1, System.nanoTime());
        } else if (!decoder.insideFrame()) {
            insideSinceNanos = 0;
        }
        framesReadBefore = framesRead;
        endBurst();
        ctx.fireChannelReadComplete();
    }

    private void endBurst() {
        inBurst = false;
        if (!submittedTo.isEmpty()) {
            for (int i = 0; i < submittedTo.size(); i++) {
                submittedTo.get(i).flush();
            }
            submittedTo.clear();
        }
        drain();
    }

    @Override
    public void submitted(ReplicatedGroup group) {
        if (!submittedTo.contains(group)) {
            submittedTo.add(group);
        }
    }

    @Override
    public void execute(Runnable task) {
        runLater(() -> {
            inBurst = true;
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a step of a request failed for a reason that wasn't foreseen", e);
            } finally {
                endBurst();
            }
        });
    }

    @Override
    public void answered(Exchange exchange) {
        if (replies.add(exchange)) {
            if (channel.eventLoop().inEventLoop() && inBurst) {
                return; // the end of the burst drains
            }
            runLater(drain);
        }
    }

    @Override
    public void push(Push push) {
        runLater(() -> {
            if (state == State.OPEN && channel.isWritable()) {
                append(Response.newBuilder().setPush(push).build());
                drain();
            }
        });
    }

    private void runLater(Runnable task) {
        try {
            channel.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("an answer came after the client port was closed", e);
        }
    }

    /** Writes all answers that wait into one buffer, and flushes once. */
    private void drain() {
        collect();
        writeOut();
        channel.flush();
    }

    private void collect() {
        Exchange exchange = replies.takeAll();
        if (exchange == null) {
            return;
        }
        long nowNanos = System.nanoTime();
        int answers = 0;
        while (exchange != null) {
            Exchange after = ReplyQueue.after(exchange);
            answers++;
            if (state == State.OPEN) {
                write(exchange, nowNanos);
            }
            exchange = after;
        }
        inFlight -= answers;
        port.inFlight().leave(answers);
    }

    private void write(Exchange exchange, long nowNanos) {
        try {
            append(exchange.response(port.metrics(), nowNanos));
        } catch (RuntimeException e) {
            LOG.error("an answer couldn't be written; the connection is closed", e);
            channel.close();
        }
    }

    private void append(Response response) {
        int sizeBytes = Frame.sizeBytes(response);
        if (sizeBytes > NativeProtocol.RESPONSE_BYTES_MAX) {
            append(Response.newBuilder()
                    .setCorrelationId(response.getCorrelationId())
                    .setFailure(Failures.of(
                            Code.INVALID_ARGUMENT,
                            "the answer would have " + sizeBytes + " bytes, more than "
                                    + NativeProtocol.RESPONSE_BYTES_MAX + "; ask for less"))
                    .build());
            return;
        }
        ByteBuf buffer = out;
        if (buffer != null && buffer.readableBytes() + sizeBytes > OUT_BYTES_MAX) {
            writeOut();
            buffer = null;
        }
        if (buffer == null) {
            buffer = channel.alloc().ioBuffer(Math.max(OUT_BYTES, sizeBytes));
            out = buffer;
        }
        Frame.append(buffer, response);
    }

    private void writeOut() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            channel.write(buffer, channel.voidPromise());
        }
    }

    /** Tells the client why, as far as it reads it, and closes. */
    private void closeWith(Failure failure) {
        port.metrics().failed(failure.getCode());
        collect();
        append(Response.newBuilder().setFailure(failure).build());
        finish();
    }

    /**
     * Sends what is written and ends our side. The other side is read (and dropped) for a moment more, since a
     * socket that is closed with unread bytes resets, and takes the explanation with it.
     */
    private void finish() {
        state = State.CLOSING;
        ByteBuf last = out;
        out = null;
        if (last == null) {
            channel.close();
            return;
        }
        channel.config().setAutoRead(true);
        var unused = channel.eventLoop().schedule(() -> channel.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        channel.writeAndFlush(last).addListener((ChannelFutureListener) sent -> {
            if (sent.isSuccess() && channel instanceof SocketChannel socket) {
                socket.shutdownOutput();
            } else {
                channel.close();
            }
        });
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (state != State.CLOSING) {
            boolean writable = channel.isWritable();
            if (!writable) {
                port.metrics().paused();
            }
            channel.config().setAutoRead(writable);
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof FrameException) {
            port.metrics().frameMalformed();
            if (state != State.CLOSING) {
                closeWith(Failures.of(Code.INVALID_ARGUMENT, String.valueOf(cause.getMessage())));
            }
        } else {
            if (!(cause instanceof IOException)) {
                LOG.warn("a connection is closed for a reason that wasn't foreseen", cause);
            }
            ctx.close();
        }
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Looks whether the client is too slow. To be called now and then, on any thread. */
    void check() {
        if (channel.eventLoop().inEventLoop()) {
            check(System.nanoTime());
        } else {
            runLater(() -> check(System.nanoTime()));
        }
    }

    private void check(long nowNanos) {
        switch (state) {
            case AWAIT_HELLO -> {
                if (isOver(openedNanos, port.limits().handshakeMillisMax(), nowNanos)) {
                    timedOut("no hello came within " + port.limits().handshakeMillisMax() + " ms");
                }
            }
            case OPEN -> {
                boolean paused = !channel.isWritable();
                if (!paused
                        && insideSinceNanos != 0
                        && isOver(insideSinceNanos, port.limits().frameMillisMax(), nowNanos)) {
                    timedOut("a request took more than " + port.limits().frameMillisMax() + " ms to arrive");
                } else if ((inFlight == 0 || paused)
                        && isOver(burstNanos, port.limits().idleMillisMax(), nowNanos)) {
                    port.metrics().connectionTimedOut();
                    channel.close();
                }
            }
            case CLOSING -> {
                // finish() has seen to it
            }
        }
    }

    private void timedOut(String why) {
        port.metrics().connectionTimedOut();
        closeWith(Failures.of(Code.INVALID_ARGUMENT, why));
    }

    private static boolean isOver(long sinceNanos, long millisMax, long nowNanos) {
        return nowNanos - sinceNanos > millisMax * 1_000_000L;
    }

    /** Sends what is written, and closes. Any thread. */
    void close() {
        runLater(() -> {
            drain();
            if (state != State.CLOSING) {
                state = State.CLOSING;
                channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        });
    }
}

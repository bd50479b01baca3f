package io.quorate.client.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.quorate.client.route.Call;
import io.quorate.client.route.Link;
import io.quorate.client.route.LinkEvents;
import io.quorate.client.route.NanoClock;
import io.quorate.protocol.Frame;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.protocol.v1.Welcome;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to one node: shakes hands, numbers and writes requests, hands answers to their calls.
 * Confined to its event loop.
 *
 * <p>Requests gather in one buffer and go out in one write when the loop's burst is over. Every end of the
 * connection, and everything that the node may not do, ends in one {@link LinkEvents#lost}.
 */
final class NodeConnection extends ChannelInboundHandlerAdapter implements Link {
    private static final Logger LOG = LoggerFactory.getLogger(NodeConnection.class);
    /** The handshake's number, below all others. */
    private static final long HELLO_ID = Long.MAX_VALUE;
    /** Bytes that a fresh buffer has room for. */
    private static final int BUFFER_BYTES = 8 * 1024;

    private final String address;
    private final LinkEvents events;
    private final NanoClock clock;
    private final Hello hello;
    private final Runnable burstOver;
    /** Bound of what this client itself has in flight, whatever the node allows. */
    private final int inFlightMax;

    private InFlight inFlight = new InFlight(1);
    private @Nullable Channel channel;
    private @Nullable ByteBuf gathered;
    private int frameBytesMax;
    private long heardAtNanos;
    private boolean welcomed;
    private boolean over;

    NodeConnection(
            String address, LinkEvents events, NanoClock clock, Hello hello, int inFlightMax, Runnable burstOver) {
        this.address = address;
        this.events = events;
        this.clock = clock;
        this.hello = hello;
        this.inFlightMax = inFlightMax;
        this.burstOver = burstOver;
        this.heardAtNanos = clock.nanoTime();
    }

    // ---- the router's side

    @Override
    public boolean hasRoom() {
        return inFlight.hasRoom();
    }

    @Override
    public void send(Call call) {
        Channel open = channel;
        if (open == null || !welcomed || over) {
            throw new IllegalStateException("the connection to " + address + " isn't ready");
        }
        inFlight.add(call);
        ByteBuf out = gathered;
        if (out == null) {
            out = open.alloc().ioBuffer(BUFFER_BYTES);
            gathered = out;
        }
        RequestWriter.append(out, call);
    }

    @Override
    public void abandon(Call call) {
        inFlight.abandon(call);
    }

    @Override
    public void flush() {
        ByteBuf out = gathered;
        Channel open = channel;
        if (out != null && open != null) {
            gathered = null;
            open.writeAndFlush(out, open.voidPromise());
        }
    }

    @Override
    public long heardAtNanos() {
        return heardAtNanos;
    }

    @Override
    public int frameBytesMax() {
        return frameBytesMax;
    }

    @Override
    public List<Call> close() {
        List<Call> unanswered = finish();
        if (channel != null) {
            channel.close();
        }
        return unanswered;
    }

    // ---- the network's side

    /** The connection never came about. */
    void refused(String reason) {
        lose("can't connect: " + reason);
    }

    /** The node had its time to shake hands. */
    void handshakeTimeUp() {
        if (!welcomed) {
            lose("didn't shake hands in time");
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (over) {
            ctx.close();
            return;
        }
        channel = ctx.channel();
        ByteBuf out = ctx.alloc().ioBuffer(256);
        Frame.append(
                out,
                Request.newBuilder().setCorrelationId(HELLO_ID).setHello(hello).build());
        ctx.writeAndFlush(out, ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over) {
            return;
        }
        Response response = (Response) message;
        long id = response.getCorrelationId();
        if (!welcomed) {
            shakeHands(id, response);
        } else if (id == 0 && response.hasPush()) {
            events.pushed(response.getPush());
        } else if (inFlight.has(id)) {
            Call call = inFlight.remove(id);
            if (call != null) {
                events.answered(call, response);
            }
        } else if (response.hasFailure()) {
            lose("ended the connection: " + response.getFailure().getMessage());
        } else {
            lose("answered request " + Long.toUnsignedString(id) + ", which isn't open");
        }
    }

    private void shakeHands(long id, Response response) {
        Welcome welcome = response.getWelcome();
        if (response.hasFailure()) {
            lose("refused the handshake: " + response.getFailure().getMessage());
        } else if (!response.hasWelcome() || id != HELLO_ID) {
            lose("answered the handshake with " + response.getBodyCase());
        } else if (welcome.getProtocolVersion() != NativeProtocol.VERSION) {
            lose("speaks version " + welcome.getProtocolVersion() + " of the protocol, this client version "
                    + NativeProtocol.VERSION);
        } else if (welcome.getNodeId().isEmpty() || welcome.getInFlightMax() < 1 || welcome.getFrameBytesMax() < 1) {
            lose("sent a Welcome without its name or bounds");
        } else {
            welcomed = true;
            frameBytesMax = welcome.getFrameBytesMax();
            inFlight = new InFlight(Math.min(welcome.getInFlightMax(), inFlightMax));
            LOG.debug("{} is node {}", address, welcome.getNodeId());
            events.ready(this, welcome);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        heardAtNanos = clock.nanoTime();
        burstOver.run();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        lose(welcomed ? "closed the connection" : "closed the connection before the handshake");
        burstOver.run();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof RuntimeException && !(cause instanceof DecoderException)) {
            LOG.error("the connection to {} failed for a reason of this client's", address, cause);
        }
        lose("the connection failed: " + cause.getMessage());
        burstOver.run();
    }

    private void lose(String reason) {
        if (over) {
            return;
        }
        LOG.debug("{}: {}", address, reason);
        List<Call> unanswered = close();
        events.lost(this, reason, unanswered);
    }

    private List<Call> finish() {
        over = true;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        return inFlight.drain();
    }
}

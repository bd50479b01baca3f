package io.quorate.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts a connection's bytes into frames and parses each, straight from the receive buffer.
 *
 * <p>Runs on the connection's event loop alone. What is no frame or no message is a {@link FrameException},
 * once; all that comes after it is dropped unread.
 */
public final class FrameDecoder<M extends MessageLite> extends ByteToMessageDecoder {
    private final Parser<M> parser;
    private int frameBytesMax;
    private boolean insideFrame;
    private boolean broken;

    public FrameDecoder(Parser<M> parser, int frameBytesMax) {
        this.parser = parser;
        this.frameBytesMax = frameBytesMax;
    }

    /** Changes the bound of the frames from the next one on. */
    public void frameBytesMax(int bytes) {
        frameBytesMax = bytes;
    }

    /** Whether the peer has begun a frame and not yet ended it. */
    public boolean insideFrame() {
        return insideFrame;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int readable = in.readableBytes();
        insideFrame = readable > 0;
        if (readable < NativeProtocol.LENGTH_BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length < 1 || length > frameBytesMax) {
            throw broken(
                    in,
                    "a frame's length must be 1 to " + frameBytesMax + " bytes, not "
                            + Integer.toUnsignedString(length));
        }
        if (readable < NativeProtocol.LENGTH_BYTES + length) {
            return;
        }
        int start = in.readerIndex() + NativeProtocol.LENGTH_BYTES;
        M message;
        try {
            message = parse(in, start, length);
        } catch (InvalidProtocolBufferException e) {
            throw broken(in, "a frame isn't a protobuf message as expected: " + e.getMessage());
        }
        in.readerIndex(start + length);
        insideFrame = in.isReadable();
        out.add(message);
    }

    private M parse(ByteBuf in, int start, int length) throws InvalidProtocolBufferException {
        if (in.hasArray()) {
            return parser.parseFrom(in.array(), in.arrayOffset() + start, length);
        }
        return parser.parseFrom(
                in.nioBufferCount() == 1 ? in.internalNioBuffer(start, length) : in.nioBuffer(start, length));
    }

    private FrameException broken(ByteBuf in, String message) {
        broken = true;
        insideFrame = false;
        in.skipBytes(in.readableBytes());
        return new FrameException(message);
    }
}

package io.quorate.protocol;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/** Turns each message written to a channel into its frame in a pooled buffer. */
@Sharable
public final class FrameEncoder extends MessageToByteEncoder<MessageLite> {
    public FrameEncoder() {
        super(MessageLite.class);
    }

    @Override
    protected ByteBuf allocateBuffer(ChannelHandlerContext ctx, MessageLite message, boolean preferDirect) {
        int sizeBytes = Frame.sizeBytes(message);
        return preferDirect ? ctx.alloc().ioBuffer(sizeBytes) : ctx.alloc().heapBuffer(sizeBytes);
    }

    @Override
    protected void encode(ChannelHandlerContext ctx, MessageLite message, ByteBuf out) {
        Frame.append(out, message);
    }
}

package io.quorate.protocol;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;

/** One message on the wire: its length in four bytes, big-endian, and its protobuf bytes. */
public final class Frame {
    private Frame() {}

    /** The bytes of a message's frame. */
    public static int sizeBytes(MessageLite message) {
        return NativeProtocol.LENGTH_BYTES + message.getSerializedSize();
    }

    /**
     * Appends a message's frame to a buffer, with no copy between. Who has several messages to send appends
     * all of them to one buffer and writes that once.
     */
    public static void append(ByteBuf out, MessageLite message) {
        int length = message.getSerializedSize();
        out.ensureWritable(NativeProtocol.LENGTH_BYTES + length);
        out.writeInt(length);
        int start = out.writerIndex();
        try {
            CodedOutputStream stream = out.hasArray()
                    ? CodedOutputStream.newInstance(out.array(), out.arrayOffset() + start, length)
                    : CodedOutputStream.newInstance(
                            out.nioBufferCount() == 1
                                    ? out.internalNioBuffer(start, length)
                                    : out.nioBuffer(start, length));
            message.writeTo(stream);
            stream.flush();
            stream.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new UncheckedIOException("a message of " + length + " bytes didn't fill its frame", e);
        }
        out.writerIndex(start + length);
    }
}

package io.quorate.client.net;

import io.netty.buffer.ByteBuf;
import io.quorate.client.route.AcquireCall;
import io.quorate.client.route.Call;
import io.quorate.protocol.Frame;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Request;

/**
 * Appends requests to a buffer as frames.
 *
 * <p>Acquires are encoded by hand, since they are nearly all that a client sends: the fields that no try
 * changes come encoded, and the others are six numbers. A test holds that the bytes say the same as the
 * message's own encoding.
 */
final class RequestWriter {
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    /** Room for the varying fields: the tag and at most ten bytes of each, the message's own included. */
    private static final int VARYING_BYTES_MAX = 8 * 11;

    private RequestWriter() {}

    static void append(ByteBuf out, Call call) {
        if (call instanceof AcquireCall acquire) {
            append(
                    out,
                    acquire.correlationId(),
                    acquire.group(),
                    acquire.epoch(),
                    acquire.sessionId(),
                    acquire.sequence(),
                    acquire.ackedBelow(),
                    acquire.payload());
        } else {
            Frame.append(out, call.request(call.correlationId()));
        }
    }

    /** Appends an acquire: its varying fields, and the fixed ones as they are. */
    static void append(
            ByteBuf out,
            long correlationId,
            int group,
            long epoch,
            long session,
            long sequence,
            long ackedBelow,
            byte[] payload) {
        int body = payload.length
                + fieldSize(group)
                + fieldSize(epoch)
                + fieldSize(session)
                + fieldSize(sequence)
                + fieldSize(ackedBelow);
        int length = 1 + varintSize(correlationId) + 1 + varintSize(body) + body;
        out.ensureWritable(NativeProtocol.LENGTH_BYTES + VARYING_BYTES_MAX + payload.length);
        out.writeInt(length);
        writeField(out, Request.CORRELATION_ID_FIELD_NUMBER, correlationId);
        out.writeByte(Request.ACQUIRE_FIELD_NUMBER << 3 | BYTES);
        writeVarint(out, body);
        writeField(out, Acquire.GROUP_FIELD_NUMBER, group);
        writeField(out, Acquire.EPOCH_FIELD_NUMBER, epoch);
        writeField(out, Acquire.SESSION_ID_FIELD_NUMBER, session);
        writeField(out, Acquire.SEQUENCE_FIELD_NUMBER, sequence);
        writeField(out, Acquire.ACKED_BELOW_FIELD_NUMBER, ackedBelow);
        out.writeBytes(payload);
    }

    private static int fieldSize(long value) {
        return 1 + varintSize(value);
    }

    private static int varintSize(long value) {
        // 7 bits a byte: (bits + 6) / 7, and one byte for zero.
        return (70 - Long.numberOfLeadingZeros(value | 1)) / 7;
    }

    private static void writeField(ByteBuf out, int number, long value) {
        out.writeByte(number << 3 | VARINT);
        writeVarint(out, value);
    }

    private static void writeVarint(ByteBuf out, long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.writeByte((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.writeByte((int) left);
    }
}

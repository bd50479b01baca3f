package io.quorate.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Request;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestWriterTest {
    private static final long[] EDGES = {
        0,
        1,
        127,
        128,
        16_383,
        16_384,
        (1L << 21) - 1,
        1L << 21,
        (1L << 28) - 1,
        1L << 28,
        (1L << 35) - 1,
        1L << 35,
        1L << 42,
        1L << 49,
        1L << 56,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
    };

    @Test
    void saysWhatTheMessagesOwnEncodingSays() throws InvalidProtocolBufferException {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            Acquire.Builder fixed = Acquire.newBuilder().setNamespace("shop").setCost(1 + random.nextInt(1000));
            for (int entry = random.nextInt(4); entry > 0; entry--) {
                fixed.addEntries(Entry.newBuilder().setName("name" + entry).setValue("v".repeat(random.nextInt(200))));
            }
            long id = value(random);
            int group = random.nextInt(65);
            long epoch = value(random);
            long session = value(random);
            long sequence = value(random);
            long ackedBelow = value(random);
            ByteBuf out = Unpooled.buffer(8);
            RequestWriter.append(
                    out,
                    id,
                    group,
                    epoch,
                    session,
                    sequence,
                    ackedBelow,
                    fixed.build().toByteArray());
            assertThat(out.readInt()).isEqualTo(out.readableBytes());
            Request read = Request.parseFrom(out.nioBuffer());
            Request expected = Request.newBuilder()
                    .setCorrelationId(id)
                    .setAcquire(fixed.setGroup(group)
                            .setEpoch(epoch)
                            .setSessionId(session)
                            .setSequence(sequence)
                            .setAckedBelow(ackedBelow))
                    .build();
            assertThat(read).isEqualTo(expected);
            out.release();
        }
    }

    private static long value(Random random) {
        return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextLong() >>> random.nextInt(64);
    }

    @Test
    void writesOtherCallsAsTheyAre() throws InvalidProtocolBufferException {
        BlankCall call = new BlankCall();
        call.correlationId(9);
        ByteBuf out = Unpooled.buffer(8);
        RequestWriter.append(out, call);
        assertThat(out.readInt()).isEqualTo(out.readableBytes());
        assertThat(Request.parseFrom(out.nioBuffer())).isEqualTo(call.request(9));
    }
}

package io.quorate.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Request;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    private static final int FRAME_BYTES_MAX = 1000;
    private static final Request REQUEST = Request.newBuilder()
            .setCorrelationId(7)
            .setAcquire(Acquire.newBuilder()
                    .setGroup(1)
                    .setNamespace("shop")
                    .addEntries(Entry.newBuilder().setName("client").setValue("größe"))
                    .setCost(3))
            .build();

    private final FrameDecoder<Request> decoder = new FrameDecoder<>(Request.parser(), FRAME_BYTES_MAX);
    private final EmbeddedChannel channel = new EmbeddedChannel(decoder);

    @Test
    void appendedFramesAreReadBackFromHeapAndDirectBuffers() {
        for (ByteBuf buffer :
                new ByteBuf[] {ByteBufAllocator.DEFAULT.directBuffer(16), ByteBufAllocator.DEFAULT.heapBuffer(16)}) {
            Frame.append(buffer, REQUEST);
            Frame.append(buffer, REQUEST);
            assertThat(buffer.readableBytes()).isEqualTo(2 * Frame.sizeBytes(REQUEST));
            channel.writeInbound(buffer);
            assertThat(channel.<Request>readInbound()).isEqualTo(REQUEST);
            assertThat(channel.<Request>readInbound()).isEqualTo(REQUEST);
            assertThat(channel.<Request>readInbound()).isNull();
            assertThat(decoder.insideFrame()).isFalse();
        }
    }

    @Test
    void encoderWritesTheSameBytesAsAppend() {
        EmbeddedChannel out = new EmbeddedChannel(new FrameEncoder());
        out.writeOutbound(REQUEST);
        ByteBuf encoded = out.readOutbound();
        ByteBuf expected = Unpooled.buffer();
        Frame.append(expected, REQUEST);
        assertThat(encoded).isEqualTo(expected);
        encoded.release();
    }

    @Test
    void bytesOfTheWireAreStable() {
        ByteBuf buffer = Unpooled.buffer();
        Frame.append(
                buffer,
                Request.newBuilder()
                        .setCorrelationId(1)
                        .setHello(Hello.newBuilder().setProtocolVersion(NativeProtocol.VERSION))
                        .build());
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("00000006" + "0801" + "12020801");
    }

    @Test
    void aFrameCutAnywhereIsReadWhole() {
        ByteBuf whole = Unpooled.buffer();
        Frame.append(whole, REQUEST);
        int size = whole.readableBytes();
        for (int cut = 1; cut < size; cut++) {
            channel.writeInbound(Unpooled.copiedBuffer(whole.slice(0, cut)));
            assertThat(channel.<Request>readInbound()).isNull();
            assertThat(decoder.insideFrame()).isTrue();
            channel.writeInbound(Unpooled.copiedBuffer(whole.slice(cut, size - cut)));
            assertThat(channel.<Request>readInbound()).as("cut at %d", cut).isEqualTo(REQUEST);
            assertThat(decoder.insideFrame()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, FRAME_BYTES_MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aLengthOutOfBoundsIsRefusedBeforeItsBytesCome(int length) {
        ByteBuf bad = Unpooled.buffer().writeInt(length);
        assertThatThrownBy(() -> channel.writeInbound(bad))
                .isInstanceOf(FrameException.class)
                .hasMessage("a frame's length must be 1 to 1000 bytes, not " + Integer.toUnsignedString(length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ffffffffffffffffffffff", // a varint of 11 bytes
                "0a", // a field without its bytes
                "0c", // the end of a group that never began
                "12ff01", // a length beyond the frame
                "00", // field number 0
                "32043202c328", // an invalid character in a text
            })
    void whatIsNoMessageIsRefusedOnceAndTheRestDropped(String hex) {
        byte[] body = HexFormat.of().parseHex(hex);
        ByteBuf bad = Unpooled.buffer().writeInt(body.length).writeBytes(body);
        Frame.append(bad, REQUEST);
        assertThatThrownBy(() -> channel.writeInbound(bad))
                .isInstanceOf(FrameException.class)
                .hasMessageStartingWith("a frame isn't a protobuf message as expected: ");
        ByteBuf good = Unpooled.buffer();
        Frame.append(good, REQUEST);
        channel.writeInbound(good);
        assertThat(channel.<Request>readInbound()).isNull();
    }

    @Test
    void theBoundCanBeRaisedBetweenFrames() {
        decoder.frameBytesMax(4);
        ByteBuf bad = Unpooled.buffer();
        Frame.append(bad, REQUEST);
        decoder.frameBytesMax(bad.readableBytes());
        channel.writeInbound(bad);
        assertThat(channel.<Request>readInbound()).isEqualTo(REQUEST);
    }
}

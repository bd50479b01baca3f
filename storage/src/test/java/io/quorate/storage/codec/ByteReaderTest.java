package io.quorate.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteReaderTest {
    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 127, 128, 300, 16383, 16384, -1, -64, -65, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 35, 1L << 62
            })
    void readsWhatWasWritten(long value) {
        ByteWriter out = new ByteWriter(1);
        out.putVarLong(value)
                .putZigzag(value)
                .putFixedLong(value)
                .putVarInt((int) value)
                .putFixedInt((int) value)
                .putByte((int) value)
                .putBoolean(value == 0)
                .putString("grüße " + value)
                .putBytes(new byte[] {1, 2})
                .putRaw(new byte[] {3});
        ByteReader in = new ByteReader(out.array(), 0, out.size());
        assertThat(in.readVarLong()).isEqualTo(value);
        assertThat(in.readZigzag()).isEqualTo(value);
        assertThat(in.readFixedLong()).isEqualTo(value);
        assertThat(in.readVarInt()).isEqualTo((int) value);
        assertThat(in.readFixedInt()).isEqualTo((int) value);
        assertThat(in.readByte()).isEqualTo((int) value & 0xff);
        assertThat(in.readBoolean()).isEqualTo(value == 0);
        assertThat(in.readString(100)).isEqualTo("grüße " + value);
        assertThat(in.readBytes(2)).containsExactly(1, 2);
        assertThat(in.readRaw(1)).containsExactly(3);
        in.expectEnd();
    }

    @Test
    void isCompact() {
        assertThat(new ByteWriter().putVarLong(300).toByteArray()).containsExactly(0xac, 0x02);
        assertThat(new ByteWriter().putZigzag(-2).toByteArray()).containsExactly(3);
        assertThat(new ByteWriter().putVarInt(-1).size()).isEqualTo(5);
        assertThat(new ByteWriter().putVarLong(-1).size()).isEqualTo(10);
    }

    @Test
    void refusesIntegersThatArentInTheirShortestForm() {
        refused(in -> in.readVarLong(), 0x80, 0x00);
        refused(in -> in.readVarLong(), 0xac, 0x82, 0x00);
        refused(in -> in.readVarLong(), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02);
        refused(in -> in.readVarLong(), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00);
        refused(in -> in.readVarInt(), 0xff, 0xff, 0xff, 0xff, 0x1f);
    }

    @Test
    void refusesBytesThatEndTooEarly() {
        refused(ByteReader::readByte);
        refused(ByteReader::readVarLong);
        refused(ByteReader::readVarLong, 0x80);
        refused(ByteReader::readFixedInt, 1, 2, 3);
        refused(ByteReader::readFixedLong, 1, 2, 3, 4, 5, 6, 7);
        refused(in -> in.readRaw(2), 1);
        refused(in -> in.readRaw(-1), 1);
        refused(in -> in.skip(2), 1);
    }

    @Test
    void refusesLyingLengthsWithoutAllocatingThem() {
        byte[] lie = new ByteWriter().putVarInt(Integer.MAX_VALUE).toByteArray();
        assertThatThrownBy(() -> new ByteReader(lie).readBytes(Integer.MAX_VALUE))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("can't be in the 0 bytes left");
        assertThatThrownBy(() -> new ByteReader(lie).readString(Integer.MAX_VALUE))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> new ByteReader(lie).readCount(100, 0)).isInstanceOf(MalformedException.class);
        byte[] negative = new ByteWriter().putVarLong(-1).toByteArray();
        assertThatThrownBy(() -> new ByteReader(negative).readCount(Integer.MAX_VALUE, 1))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void refusesWhatIsntABooleanOrUtf8OrLeftOver() {
        refused(ByteReader::readBoolean, 2);
        refused(in -> in.readString(10), 2, 0xc3, 0x28);
        refused(in -> in.readString(10), 3, 0xed, 0xa0, 0x80);
        assertThatThrownBy(() -> new ByteReader(new byte[1]).expectEnd()).isInstanceOf(MalformedException.class);
    }

    @Test
    void findsEveryFlippedBitByTheChecksum() {
        byte[] sealed = new ByteWriter().putString("counter").putChecksum(0).toByteArray();
        new ByteReader(sealed).readChecksumAtEnd(0);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> new ByteReader(damaged).readChecksumAtEnd(0))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void whatItAcceptsIsWrittenAgainAsTheSameBytes() {
        long seed = Long.getLong("seed", 1);
        System.out.println("ByteReaderTest -Dseed=" + seed);
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(11)];
            random.nextBytes(bytes);
            ByteReader in = new ByteReader(bytes);
            long value;
            try {
                value = in.readVarLong();
            } catch (MalformedException e) {
                assertThat(in.position()).isBetween(0, bytes.length);
                continue;
            }
            accepted++;
            byte[] again = new ByteWriter().putVarLong(value).toByteArray();
            assertThat(Arrays.equals(again, 0, again.length, bytes, 0, in.position()))
                    .isTrue();
        }
        assertThat(accepted).isGreaterThan(100_000);
    }

    private interface Read {
        void from(ByteReader in);
    }

    private static void refused(Read read, int... unsignedBytes) {
        byte[] bytes = new byte[unsignedBytes.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) unsignedBytes[i];
        }
        assertThatThrownBy(() -> read.from(new ByteReader(bytes))).isInstanceOf(MalformedException.class);
    }
}

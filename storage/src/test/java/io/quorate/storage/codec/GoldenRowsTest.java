package io.quorate.storage.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.machine.CounterRow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The bytes of every kind and version of row that was ever written stay readable, and nothing else is.
 *
 * <p>A golden file has a line for each case: its name, its bytes in hexadecimal. When a version is added, its
 * file is added and the old ones stay.
 */
class GoldenRowsTest {
    /** A kind of row with its cases, and how it is written and read. */
    private record Kind<T>(
            String file, Map<String, T> cases, BiConsumer<T, ByteWriter> writer, Function<ByteReader, T> reader) {
        byte[] write(T value) {
            ByteWriter out = new ByteWriter();
            writer.accept(value, out);
            return out.toByteArray();
        }

        T read(byte[] bytes) {
            return reader.apply(new ByteReader(bytes));
        }

        byte[] rewrite(byte[] bytes) {
            return write(read(bytes));
        }

        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Kind<?>> kinds() {
        return Stream.of(
                new Kind<>("counter-v1", GoldenRows.counters(), CounterCodec::writeRow, CounterCodec::readRow),
                new Kind<>("session-v1", GoldenRows.sessions(), SessionCodec::writeRow, SessionCodec::readRow),
                new Kind<>("limit-v1", GoldenRows.limits(), LimitCodec::writeRow, LimitCodec::readRow),
                new Kind<>("rules-v1", GoldenRows.rules(), RulesCodec::writeRow, RulesCodec::readRow),
                new Kind<>("header-v3", GoldenRows.headers(), HeaderCodec::writeRow, HeaderCodec::readRow));
    }

    /** Versions that aren't written any more. */
    static Stream<Kind<?>> formerKinds() {
        return Stream.of(
                new Kind<>(
                        "header-v1",
                        GoldenRows.headersBeforeLimitSweeps(),
                        HeaderCodec::writeRow,
                        HeaderCodec::readRow),
                new Kind<>(
                        "header-v2",
                        GoldenRows.headersBeforeLeasedTokens(),
                        HeaderCodec::writeRow,
                        HeaderCodec::readRow));
    }

    static Stream<Kind<?>> allKinds() {
        return Stream.concat(kinds(), formerKinds());
    }

    private static Map<String, byte[]> golden(String file) throws IOException {
        Map<String, byte[]> rows = new LinkedHashMap<>();
        try (InputStream in = GoldenRowsTest.class.getResourceAsStream("/golden/" + file + ".txt")) {
            assertThat(in).as("golden/%s.txt", file).isNotNull();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                String[] nameAndBytes = line.split(" ");
                rows.put(nameAndBytes[0], HexFormat.of().parseHex(nameAndBytes[1]));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("allKinds")
    <T> void goldenBytesAreReadAsTheirValues(Kind<T> kind) throws IOException {
        Map<String, byte[]> golden = golden(kind.file());
        assertThat(golden.keySet()).isEqualTo(kind.cases().keySet());
        golden.forEach((name, bytes) -> {
            T value = kind.read(bytes);
            T expected = kind.cases().get(name);
            assertThat(kind.write(value)).as(name).isEqualTo(kind.write(expected));
            if (!kind.file().startsWith("session") && !kind.file().startsWith("header")) {
                assertThat(value).isEqualTo(expected);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    <T> void valuesAreWrittenAsTheirGoldenBytes(Kind<T> kind) throws IOException {
        Map<String, byte[]> golden = golden(kind.file());
        kind.cases()
                .forEach((name, value) -> assertThat(HexFormat.of().formatHex(kind.write(value)))
                        .as("%s %s", kind.file(), name)
                        .isEqualTo(HexFormat.of().formatHex(golden.getOrDefault(name, new byte[0]))));
    }

    @ParameterizedTest
    @MethodSource("allKinds")
    <T> void everyFlippedBitAndEveryTruncationIsRefused(Kind<T> kind) throws IOException {
        for (byte[] bytes : golden(kind.file()).values()) {
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(() -> kind.read(damaged)).isInstanceOf(MalformedException.class);
            }
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> kind.read(cut)).isInstanceOf(MalformedException.class);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatThrownBy(() -> kind.read(longer)).isInstanceOf(MalformedException.class);
        }
    }

    /** A right checksum over wrong bytes: what a writer with a bug, or an attacker, could leave. */
    @ParameterizedTest
    @MethodSource("kinds")
    <T> void mutatedBytesWithARightChecksumAreRefusedOrMeanWhatTheySay(Kind<T> kind) throws IOException {
        long seed = Long.getLong("seed", 7);
        System.out.println("GoldenRowsTest " + kind + " -Dseed=" + seed);
        Random random = new Random(seed);
        List<byte[]> rows = new ArrayList<>(golden(kind.file()).values());
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = mutate(rows.get(random.nextInt(rows.size())), random);
            try {
                assertThat(kind.rewrite(mutated)).isEqualTo(mutated);
            } catch (MalformedException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private static byte[] mutate(byte[] row, Random random) {
        ByteWriter out = new ByteWriter();
        int content = row.length - Integer.BYTES;
        int kept = random.nextInt(4) == 0 ? 2 + random.nextInt(content - 1) : content;
        out.putRaw(row, 0, Math.min(kept, content));
        for (int i = random.nextInt(4); i > 0; i--) {
            out.array()[random.nextInt(out.size())] = (byte) random.nextInt();
        }
        if (random.nextInt(4) == 0) {
            byte[] more = new byte[random.nextInt(20)];
            random.nextBytes(more);
            out.putRaw(more);
        }
        return out.putChecksum(0).toByteArray();
    }

    @Test
    void anotherKindIsRefused() throws IOException {
        byte[] limit = golden("limit-v1").get("gcra");
        assertThatThrownBy(() -> CounterCodec.readRow(new ByteReader(limit)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("kind 2 stands where COUNTER should");
    }

    @Test
    void aNewerVersionIsRefusedByName() {
        byte[] newer = new ByteWriter()
                .putByte(RowKind.HEADER.version() + 1)
                .putByte(1)
                .putRaw(new byte[30])
                .putChecksum(0)
                .toByteArray();
        assertThatThrownBy(() -> HeaderCodec.readRow(new ByteReader(newer)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("version 4 of HEADER isn't known here")
                .hasMessageContaining("newer release");
    }

    @Test
    void aFreshCounterHasNoRow() {
        ByteWriter out = new ByteWriter();
        assertThatThrownBy(() -> CounterCodec.writeRow(CounterRow.FRESH, out))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

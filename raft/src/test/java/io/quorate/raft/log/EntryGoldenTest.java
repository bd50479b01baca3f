package io.quorate.raft.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.LogEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logs of every version stay readable. The files hold what a released version wrote, as hexadecimal digits;
 * they are added to and never changed. A missing file's content is in the failure's message.
 */
class EntryGoldenTest {
    static Stream<Arguments> samples() {
        return EntrySamples.golden().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void version1IsReadAndWrittenAsEver(String name, LogEntry entry) throws IOException {
        String written = HexFormat.of().formatHex(EntryCodec.encode(entry));

        String golden = golden("entry-v1/" + name + ".hex");

        assertThat(written).as("bytes of '%s'", name).isEqualTo(golden);
        assertThat(EntryCodec.decode(ByteBuffer.wrap(HexFormat.of().parseHex(golden))))
                .as("entry of '%s'", name)
                .isEqualTo(entry);
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = EntryGoldenTest.class.getResourceAsStream("/golden/" + name)) {
            return in == null ? "no file " + name : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }
}

package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.raft.apply.ClockMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClockFileTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("clock");
    }

    private static ClockMark mark(long millis) {
        return new ClockMark("b9a0f9b8-6f0c-4e5e-8f67-000000000001", 7, millis, -5, 1_750_000_000_000L);
    }

    @Test
    void theLastMarkIsReadBackAndWrittenOverByLaterOnes() {
        assertThat(new ClockFile(file).read()).isEmpty();
        ClockFile written = new ClockFile(file);
        for (int i = 1; i <= 5; i++) {
            written.write(mark(i));
            assertThat(new ClockFile(file).read()).contains(mark(i));
        }
        ClockFile reopened = new ClockFile(file);
        assertThat(reopened.read()).contains(mark(5));
        reopened.write(mark(6));
        reopened.write(mark(7));
        assertThat(new ClockFile(file).read()).contains(mark(7));
        assertThat(file).hasSize(2 * ClockFile.SLOT_BYTES);
    }

    /** A mark that a loss of power tore leaves the one before; bytes of anything else leave none. */
    @Test
    void aDamagedMarkLeavesTheOneBefore() throws IOException {
        ClockFile written = new ClockFile(file);
        written.write(mark(1));
        written.write(mark(2));
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x10;
            Files.write(file, damaged);
            boolean ofTheLast = at < ClockFile.SLOT_BYTES;
            assertThat(new ClockFile(file).read()).as("byte %d", at).contains(mark(ofTheLast ? 1 : 2));
        }
        for (int length = 0; length < whole.length; length += 50) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            ClockFile cut = new ClockFile(file);
            assertThat(cut.read().isPresent()).as("%d bytes", length).isEqualTo(length >= ClockFile.SLOT_BYTES);
            cut.write(mark(3));
            assertThat(new ClockFile(file).read()).contains(mark(3));
        }
    }

    @Test
    void whereNothingCanBeWrittenNothingIsKept() {
        ClockFile nowhere = new ClockFile(directory.resolve("absent").resolve("clock"));
        nowhere.write(mark(1));
        assertThat(nowhere.read()).isEmpty();
    }
}

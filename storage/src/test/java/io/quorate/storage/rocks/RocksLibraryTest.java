package io.quorate.storage.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.storage.api.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksLibraryTest {
    @TempDir
    Path directory;

    @Test
    void isUnpackedOnceAndAgainWhenItIsDamaged() throws IOException {
        RocksLibrary.load(directory);
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        FileTime unpacked = Files.getLastModifiedTime(file);
        RocksLibrary.load(directory);
        assertThat(Files.getLastModifiedTime(onlyFile())).isEqualTo(unpacked);

        // Replaced, not written into: the process may have the old one in memory.
        Files.delete(file);
        Files.write(file, new byte[1000]);
        RocksLibrary.load(directory);
        assertThat(Files.readAllBytes(onlyFile())).isEqualTo(whole);
    }

    @Test
    void aDirectoryThatCantBeWrittenIsNamed() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[1]);
        assertThatThrownBy(() -> RocksLibrary.load(file.resolve("native")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(file.toString());
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}

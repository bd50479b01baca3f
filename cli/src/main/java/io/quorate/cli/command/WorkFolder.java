package io.quorate.cli.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder to work in: the user's own, which stays, or a temporary one, which is removed at the end. */
record WorkFolder(Path path, boolean isTemporary) implements AutoCloseable {

    static WorkFolder temporary(String prefix) throws IOException {
        return new WorkFolder(Files.createTempDirectory(prefix), true);
    }

    static WorkFolder kept(Path path) throws IOException {
        return new WorkFolder(Files.createDirectories(path), false);
    }

    @Override
    public void close() throws IOException {
        if (!isTemporary) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(WorkFolder::delete);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** C programs of this package, compiled where they are needed. */
final class Native {
    private Native() {}

    /** Why nothing can be compiled; empty if it can. */
    static Optional<String> lacking() {
        Tool.Outcome outcome = Tool.attempt(List.of("gcc", "--version"), "");
        return outcome.code() == 0
                ? Optional.empty()
                : Optional.of(
                        "no C compiler: " + outcome.output().lines().findFirst().orElse("gcc failed"));
    }

    /** Compiles a source into a folder and gives what was made of it. */
    static Path compile(String source, Path folder, String... options) {
        Path copy = folder.resolve(source);
        Path made = folder.resolve(source.replaceFirst("\\.c$", options.length == 0 ? "" : ".so"));
        try (InputStream in = Objects.requireNonNull(Native.class.getResourceAsStream(source), source)) {
            Files.createDirectories(folder);
            Files.write(copy, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(List.of("gcc", "-O2", "-Wall", "-Werror"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", made.toString(), copy.toString(), "-ldl"));
        Tool.run(command.toArray(String[]::new));
        return made;
    }
}

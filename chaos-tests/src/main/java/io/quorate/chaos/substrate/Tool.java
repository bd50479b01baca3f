package io.quorate.chaos.substrate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of the system, run to its end. */
final class Tool {
    private static final long SECONDS_MAX = 60;

    /** How a command ended, and what it printed. */
    record Outcome(int code, String output) {}

    private Tool() {}

    /** Runs it; fails, with what it printed, if it does. */
    static String run(String... command) {
        Outcome outcome = attempt(List.of(command), "");
        if (outcome.code() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + " ended with " + outcome.code() + ": " + outcome.output());
        }
        return outcome.output();
    }

    /** Runs it with something on its standard input; fails if it does. */
    static String feed(String input, String... command) {
        Outcome outcome = attempt(List.of(command), input);
        if (outcome.code() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + outcome.code() + ": "
                    + outcome.output() + "; given:\n" + input);
        }
        return outcome.output();
    }

    /** Runs it; a command that isn't there ends with 127. */
    static Outcome attempt(List<String> command, String input) {
        try {
            Path output = Files.createTempFile("quorate-tool-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().close();
                if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IllegalStateException(String.join(" ", command) + " didn't end in " + SECONDS_MAX + " s");
                }
                return new Outcome(process.exitValue(), Files.readString(output).trim());
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("error=2,")) {
                return new Outcome(127, command.get(0) + " isn't installed");
            }
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + String.join(" ", command), e);
        }
    }
}

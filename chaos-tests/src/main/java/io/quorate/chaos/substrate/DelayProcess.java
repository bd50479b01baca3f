package io.quorate.chaos.substrate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A {@code delay.c} that holds the packets of one netfilter queue. */
final class DelayProcess implements AutoCloseable {
    private final Process process;

    /** Starts it and waits until it has its queue. */
    DelayProcess(List<String> prefix, String program, int queue, LinkState state) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                program,
                String.valueOf(queue),
                String.valueOf(state.delayMillis()),
                String.valueOf(state.jitterMillis())));
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String first = output.readLine();
            if (!"READY".equals(first)) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", command) + " isn't ready: " + first);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}

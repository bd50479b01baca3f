package io.quorate.cli;

import io.quorate.cli.command.CommandContext;
import io.quorate.cli.command.CommandTree;
import io.quorate.cli.command.Logging;
import io.quorate.client.api.QuorateClient;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The {@code quorate} command's entry point. */
public final class Quorate {
    private Quorate() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Logging.silent();
        CommandContext context = new CommandContext(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.getenv(),
                isTerminal(),
                Quorate::connect);
        System.exit(run(context, arguments));
    }

    /** Runs one command. */
    public static int run(CommandContext context, String... arguments) {
        return CommandTree.of(context).execute(arguments);
    }

    private static QuorateClient connect(List<String> endpoints, Duration timeout, int inFlightMax) {
        return QuorateClient.builder()
                .leases(false)
                .endpoints(endpoints.toArray(String[]::new))
                .name("quorate-cli")
                .requestTimeout(timeout)
                .inFlightMax(inFlightMax)
                .build();
    }

    /** Buffered, since commands flush when they have said something whole. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }

    /** Whether standard error is a terminal. {@code System.console()} asks for all three streams, so it can't say. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return System.console() != null;
        }
    }
}

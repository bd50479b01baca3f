package io.quorate.cli.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Runs commands against a fake cluster, and keeps what the last one printed. */
final class CommandRun {
    private final FakeCluster cluster;
    private String out = "";
    private String err = "";

    CommandRun(FakeCluster cluster) {
        this.cluster = cluster;
    }

    /** The exit code. */
    int command(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        CommandContext context = new CommandContext(
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                Map.of(),
                false,
                (endpoints, timeout, inFlightMax) -> cluster);
        int code = CommandTree.of(context).execute(arguments);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    String out() {
        return out;
    }

    String err() {
        return err;
    }
}

package io.quorate.cli.command;

import io.quorate.cli.text.Printable;
import io.quorate.server.QuorateServer;
import io.quorate.server.config.ConfigException;
import io.quorate.server.config.ServerConfig;
import io.quorate.server.config.ServerConfigParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** Runs one node until it is told to stop. */
@Command(
        name = "server",
        description = "Run one node until SIGTERM or Ctrl-C; then it hands its leaderships over and stops.",
        footer = {
            "",
            "Every key of the file may be given as a flag, which wins: --node n2, --limits.frame-max=512KiB.",
            "Exit code: 0 stopped as told, 2 wrong configuration, 4 the node could not go on."
        })
final class ServerCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The configuration (YAML).")
    private Path config = Path.of("");

    @Unmatched
    private List<String> flags = new ArrayList<>();

    private final CommandContext context;

    ServerCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> overrides = parse(flags);
        if (!Files.isReadable(config) || Files.isDirectory(config)) {
            throw CommandFailure.usage("--config " + config + ": no such file, or not readable; give the node's"
                    + " configuration (docs/operating.md)");
        }
        ServerConfig parsed;
        try {
            parsed = ServerConfigParser.parse(config, overrides);
        } catch (ConfigException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        Logging.daemon(parsed.log());
        CompletableFuture<String> fatal = new CompletableFuture<>();
        QuorateServer server = start(parsed, fatal);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "quorate-shutdown"));
        try {
            ready(parsed, server);
        } catch (OutputClosed e) {
            context.note("quorate: standard output is closed; the node runs all the same");
        }
        String message = fatal.join();
        context.failed("node " + parsed.raft().self().value() + " can't go on: " + message);
        // A node whose groups are broken can't hand anything over: it must be gone, so that the others take over.
        server.kill();
        Runtime.getRuntime().halt(ExitCode.UNAVAILABLE);
        return ExitCode.UNAVAILABLE;
    }

    /** Stops as told. The JVM would exit with 143 after SIGTERM, which tells a supervisor of a failure. */
    private static void stop(QuorateServer server) {
        server.close();
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private static QuorateServer start(ServerConfig config, CompletableFuture<String> fatal) {
        try {
            return QuorateServer.start(config, fatal::complete);
        } catch (ConfigException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            throw CommandFailure.unavailable("the node can't start: " + Causes.text(e));
        }
    }

    private void ready(ServerConfig config, QuorateServer server) {
        String node = config.raft().self().value();
        if (context.json()) {
            context.json(CommandContext.object(
                    "event",
                    "ready",
                    "node",
                    node,
                    "client_address",
                    server.clientAddress(),
                    "admin_address",
                    config.adminAddress().orElse("")));
        } else {
            context.line("node " + node + " is ready; clients: " + server.clientAddress()
                    + config.adminAddress()
                            .map(address -> ", admin: " + address)
                            .orElse(""));
        }
    }

    /** Flags by the configuration's names: {@code --key=value} or {@code --key value}. */
    static Map<String, String> parse(List<String> flags) {
        Map<String, String> parsed = new LinkedHashMap<>();
        for (int i = 0; i < flags.size(); i++) {
            String flag = flags.get(i);
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            if (!name.matches("--[a-z][a-z.-]*")) {
                throw CommandFailure.usage("'" + Printable.escape(flag, 80)
                        + "' is no flag; write --KEY=VALUE with a key of the configuration, such as --node=n1");
            }
            if (equals < 0 && i + 1 == flags.size()) {
                throw CommandFailure.usage(Printable.escape(flag, 80) + " needs a value");
            }
            String value = equals < 0 ? flags.get(++i) : flag.substring(equals + 1);
            if (parsed.put(name.substring(2), value) != null) {
                throw CommandFailure.usage(Printable.escape(name, 80) + " stands twice; give it once");
            }
        }
        return parsed;
    }
}

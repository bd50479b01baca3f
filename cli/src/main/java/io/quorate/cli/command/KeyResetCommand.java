package io.quorate.cli.command;

import io.quorate.client.api.QuorateClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes one counter fresh. */
@Command(name = "reset", description = "Make one counter fresh, as if nothing had been taken from it.")
final class KeyResetCommand implements Callable<Integer> {
    @Mixin
    private KeyName key = new KeyName();

    private final CommandContext context;

    KeyResetCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (QuorateClient client = context.connect()) {
            boolean existed = client.admin().resetKey(key.namespace(), key.rule(), key.values());
            if (context.json()) {
                context.json(CommandContext.object("reset", existed));
            } else {
                context.line(existed ? "reset" : "the counter was fresh already");
            }
        }
        return ExitCode.OK;
    }
}

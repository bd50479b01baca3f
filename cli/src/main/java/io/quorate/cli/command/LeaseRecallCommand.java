package io.quorate.cli.command;

import io.quorate.client.api.QuorateClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks for a counter's tokens back. */
@Command(
        name = "recall",
        description = {
            "Ask every client that holds tokens of a counter to return what it doesn't need this moment.",
            "Clients go on with what they need; one that can't be reached keeps its lease until that expires."
        })
final class LeaseRecallCommand implements Callable<Integer> {
    @Mixin
    private KeyName key = new KeyName();

    private final CommandContext context;

    LeaseRecallCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (QuorateClient client = context.connect()) {
            int told = client.admin().recallLeases(key.namespace(), key.rule(), key.values());
            if (context.json()) {
                context.json(CommandContext.object("connections_told", told));
            } else {
                context.line("asked back from " + told + (told == 1 ? " connection" : " connections")
                        + "; see what is still out with: quorate key inspect");
            }
        }
        return ExitCode.OK;
    }
}

package io.quorate.cli.command;

import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows one counter. */
@Command(name = "inspect", description = "Show one counter: its limit, what is used, and its state.")
final class KeyInspectCommand implements Callable<Integer> {
    @Mixin
    private KeyName key = new KeyName();

    private final CommandContext context;

    KeyInspectCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (QuorateClient client = context.connect()) {
            KeyDetails details = client.admin().key(key.namespace(), key.rule(), key.values());
            if (context.json()) {
                context.json(Keys.json(details));
            } else {
                context.table(Keys.details(details));
                if (!details.leases().isEmpty()) {
                    context.table(Keys.leases(details));
                }
            }
        }
        return ExitCode.OK;
    }
}

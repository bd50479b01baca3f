package io.quorate.cli.command;

import io.quorate.client.api.QuorateAdmin.GroupInfo;
import io.quorate.client.api.QuorateClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the groups as their leaders describe them. */
@Command(name = "list", description = "List the groups; group 0 is meta, which keeps the rules.")
final class GroupListCommand implements Callable<Integer> {
    private final CommandContext context;

    GroupListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (QuorateClient client = context.connect()) {
            List<GroupInfo> groups = client.admin().groups();
            if (context.json()) {
                context.json(groups.stream().map(Groups::json).toList());
            } else {
                context.table(Groups.table(groups));
            }
        }
        return ExitCode.OK;
    }
}

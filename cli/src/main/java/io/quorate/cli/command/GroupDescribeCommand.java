package io.quorate.cli.command;

import io.quorate.client.api.QuorateAdmin.GroupInfo;
import io.quorate.client.api.QuorateClient;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one group as each of its nodes sees it. */
@Command(name = "describe", description = "Show one group as each node that answers sees it.")
final class GroupDescribeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "GROUP", description = "The group's number.")
    private int group;

    private final CommandContext context;

    GroupDescribeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        checkGroup(group);
        try (QuorateClient client = context.connect()) {
            List<GroupInfo> replicas = client.admin().group(group);
            if (context.json()) {
                context.json(replicas.stream().map(Groups::json).toList());
            } else {
                context.table(Groups.table(replicas));
                replicas.stream()
                        .findFirst()
                        .ifPresent(replica -> context.line("members: " + String.join(", ", replica.members())));
            }
        }
        return ExitCode.OK;
    }

    static void checkGroup(int group) {
        if (group < 0) {
            throw CommandFailure.usage("GROUP must be 0 or more, not " + group + "; 'quorate group list' shows them");
        }
    }
}

package io.quorate.cli.command;

import io.quorate.client.api.QuorateClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves a group's leadership. */
@Command(name = "transfer-leader", description = "Hand a group's leadership to another node.")
final class GroupTransferLeaderCommand implements Callable<Integer> {
    @Parameters(paramLabel = "GROUP", description = "The group's number.")
    private int group;

    @Option(names = "--to", required = true, paramLabel = "NODE", description = "The id of the node to lead.")
    private String node = "";

    private final CommandContext context;

    GroupTransferLeaderCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        GroupDescribeCommand.checkGroup(group);
        try (QuorateClient client = context.connect()) {
            client.admin().transferLeader(group, node, context.globals().timeout);
            if (context.json()) {
                context.json(CommandContext.object("group", group, "leader", node));
            } else {
                context.line("group " + group + " is led by " + node);
            }
        }
        return ExitCode.OK;
    }
}

package io.quorate.cli.command;

import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateAdmin.NodeInfo;
import io.quorate.client.api.QuorateClient;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists the nodes. */
@Command(name = "list", description = "List the nodes, and the groups that each leads.")
final class NodeListCommand implements Callable<Integer> {
    private final CommandContext context;

    NodeListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        try (QuorateClient client = context.connect()) {
            List<NodeInfo> nodes = client.admin().nodes();
            if (context.json()) {
                context.json(nodes.stream()
                        .map(node -> CommandContext.object(
                                "id", node.id(),
                                "client_address", node.clientAddress(),
                                "raft_address", node.raftAddress(),
                                "reachable", node.reachable(),
                                "leads", node.leads()))
                        .toList());
                return ExitCode.OK;
            }
            Table table = Table.of("node", "client address", "raft address", "reachable", "leads groups");
            for (NodeInfo node : nodes) {
                String leads = node.leads().stream().map(String::valueOf).collect(Collectors.joining(","));
                table.row(
                        node.id(),
                        node.clientAddress(),
                        node.raftAddress(),
                        node.reachable() ? "yes" : "no",
                        leads.isEmpty() ? "-" : leads);
            }
            context.table(table);
        }
        return ExitCode.OK;
    }
}

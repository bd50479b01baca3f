package io.quorate.server.endpoint;

import io.quorate.core.quota.Names;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Done;
import io.quorate.protocol.v1.Groups.Status;
import io.quorate.protocol.v1.Groups.TransferLeader;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import java.util.Optional;

/** Describes groups as this node sees them, and asks leaders to hand over. On the admin queue. */
final class GroupsEndpoint {
    private final Groups groups;

    GroupsEndpoint(Groups groups) {
        this.groups = groups;
    }

    void describe(ReplicatedGroup group, AnswerExchange exchange) {
        GroupStatus status = group.status();
        Status.Builder message = Status.newBuilder()
                .setGroup(status.group().value())
                .setNode(status.node().value())
                .setRole(status.role())
                .setLeader(status.leader().map(NodeId::value).orElse(""))
                .setTerm(status.term())
                .setCommittedIndex(status.committedIndex())
                .setAppliedIndex(status.appliedIndex())
                .setLogTimeMillis(status.logTimeMillis())
                .setRulesVersion(status.rulesVersion())
                .setCounters(status.counters())
                .setSessions(status.sessions())
                .setDigest(status.digest())
                .setMemoryBytes(status.memoryBytes())
                .setDiskBytes(status.diskBytes());
        status.members().forEach(member -> message.addMembers(member.value()));
        exchange.answer(response -> response.setGroup(message));
    }

    void transferLeader(TransferLeader request, ReplicatedGroup group, AnswerExchange exchange) {
        String to = request.getTo();
        boolean member = groups.topology().members().stream()
                .anyMatch(m -> m.id().value().equals(to));
        if (!member) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "there is no node '" + Names.printable(to) + "'; nodes are "
                            + String.join(
                                    ", ",
                                    groups.topology().members().stream()
                                            .map(m -> m.id().value())
                                            .toList()));
            return;
        }
        if (!group.isLeader()) {
            exchange.fail(Groups.notLeader(group));
            return;
        }
        Optional<String> wrong = group.transferLeadership(new NodeId(to));
        if (wrong.isPresent()) {
            exchange.fail(Code.UNAVAILABLE, wrong.get());
        } else {
            exchange.answer(response -> response.setDone(Done.newBuilder().setChanged(1)));
        }
    }
}

package io.quorate.server.endpoint;

import io.quorate.protocol.Failures;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Hello;
import io.quorate.protocol.v1.Topology;
import io.quorate.protocol.v1.Welcome;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.placement.Member;
import io.quorate.server.config.ServerLimits;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Greets clients and tells them who leads what, as far as this node knows. */
final class TopologyEndpoint {
    private final Groups groups;
    private final NodeId self;
    private final String serverVersion;
    private final ServerLimits limits;

    TopologyEndpoint(Groups groups, NodeId self, String serverVersion, ServerLimits limits) {
        this.groups = groups;
        this.self = self;
        this.serverVersion = serverVersion;
        this.limits = limits;
    }

    /** Why a client can't be served, or null. */
    @Nullable
    Failure refusal(Hello hello) {
        if (hello.getProtocolVersion() != NativeProtocol.VERSION) {
            return Failures.of(
                    Code.INCOMPATIBLE,
                    "this node speaks protocol version " + NativeProtocol.VERSION + ", not "
                            + Integer.toUnsignedString(hello.getProtocolVersion()));
        }
        String clusterId = groups.topology().clusterId();
        if (!hello.getClusterId().isEmpty() && !hello.getClusterId().equals(clusterId)) {
            return Failures.of(Code.INCOMPATIBLE, "this node belongs to cluster '" + clusterId + "', another one");
        }
        String nameWrong = SessionEndpoint.clientNameWrong(hello.getClientName());
        return nameWrong.isEmpty() ? null : Failures.of(Code.INVALID_ARGUMENT, nameWrong);
    }

    Welcome welcome() {
        return Welcome.newBuilder()
                .setProtocolVersion(NativeProtocol.VERSION)
                .setNodeId(self.value())
                .setServerVersion(serverVersion)
                .setFrameBytesMax(limits.frameBytesMax())
                .setInFlightMax(limits.inFlightPerConnectionMax())
                .setTopology(topology())
                .build();
    }

    Topology topology() {
        Topology.Builder message = Topology.newBuilder()
                .setClusterId(groups.topology().clusterId())
                .setEpoch(groups.topology().epoch())
                .setDataGroups(groups.topology().dataGroups());
        for (Member member : groups.topology().members()) {
            message.addNodes(Topology.Node.newBuilder()
                    .setId(member.id().value())
                    .setClientAddress(member.clientAddress())
                    .setRaftAddress(member.raftAddress()));
        }
        for (ReplicatedGroup group : groups.all()) {
            Optional<NodeId> leader = group.leader();
            if (leader.isPresent()) {
                message.addLeaders(Topology.Leader.newBuilder()
                        .setGroup(group.id().value())
                        .setNode(leader.get().value()));
            }
        }
        return message.build();
    }
}

package io.quorate.server.config;

import io.quorate.raft.jraft.RaftSettings;
import java.util.Optional;

/**
 * Everything that one node is told.
 *
 * @param raft groups, peers, data directory and the bounds of replication
 * @param clientAddress {@code host:port} that the native protocol binds; port 0 takes a free one
 * @param adminAddress {@code host:port} of metrics and health; absent: no admin port
 * @param limits bounds of the client port
 * @param log how the daemon logs; a node embedded in another program leaves logging to that
 */
public record ServerConfig(
        RaftSettings raft, String clientAddress, Optional<String> adminAddress, ServerLimits limits, LogSettings log) {

    public ServerConfig {
        HostPort.parse(clientAddress);
        adminAddress.ifPresent(HostPort::parse);
    }

    /** A node that is embedded in another program, which has its own logging. */
    public ServerConfig(RaftSettings raft, String clientAddress, Optional<String> adminAddress, ServerLimits limits) {
        this(raft, clientAddress, adminAddress, limits, LogSettings.DEFAULT);
    }
}

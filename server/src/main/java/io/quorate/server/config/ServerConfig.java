package io.quorate.server.config;

import io.quorate.raft.jraft.RaftSettings;
import java.util.Optional;

/**
 * Everything that one node is told.
 *
 * @param raft groups, peers, data directory and the bounds of replication
 * @param clientAddress {@code host:port} that the native protocol binds
 * @param adminAddress {@code host:port} of metrics and health; absent: no admin port
 * @param limits bounds of the client port
 */
public record ServerConfig(
        RaftSettings raft, String clientAddress, Optional<String> adminAddress, ServerLimits limits) {}

package io.quorate.raft.placement;

import io.quorate.raft.group.NodeId;

/**
 * A node's addresses.
 *
 * @param raftAddress {@code host:port} of the Raft port
 * @param clientAddress {@code host:port} of the native protocol
 */
public record Member(NodeId id, String raftAddress, String clientAddress) {}

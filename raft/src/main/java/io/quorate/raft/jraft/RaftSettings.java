package io.quorate.raft.jraft;

import io.quorate.raft.group.NodeId;
import io.quorate.raft.placement.Topology;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How this node runs its groups.
 *
 * @param self this node's id in the topology
 * @param dataDirectory everything durable of this node is under it
 * @param electionTimeoutMillis without a heartbeat for so long a follower stands for election
 * @param electionDelayMillisMax at most so much is added to the election timeout at random
 * @param snapshotIntervalSeconds time between snapshots
 * @param snapshotEntriesMin no snapshot before so many entries since the last
 * @param batchCommandsMax commands in one log entry
 * @param batchBytesMax bytes in one log entry
 * @param entriesInFlightMax entries of one group being replicated at once
 * @param queuedCommandsMax commands of one group waiting to get into an entry
 * @param cacheBytes write-back cache of counters, per group
 * @param stuckMillisMax a group with waiting entries whose commits stand still so long is handed to another
 *     member, and ends the process if that doesn't help
 * @param fsync false only for tests and measurements: entries are lost on power failure
 * @param spreadLeaders whether a leader hands its group, some seconds after the start, to the member whose turn it
 *     is, so that each leads about as many
 * @param keepLog true only for tests and diagnosis: what a snapshot makes superfluous of the log stays on disk, so
 *     that {@link StoppedLog} shows all of it; it grows without end
 * @param tls certificates for the Raft port; absent: plain TCP
 */
public record RaftSettings(
        NodeId self,
        Topology topology,
        Path dataDirectory,
        int electionTimeoutMillis,
        int electionDelayMillisMax,
        int snapshotIntervalSeconds,
        int snapshotEntriesMin,
        int batchCommandsMax,
        int batchBytesMax,
        int entriesInFlightMax,
        int queuedCommandsMax,
        long cacheBytes,
        long stuckMillisMax,
        boolean fsync,
        boolean spreadLeaders,
        boolean keepLog,
        Optional<RaftTls> tls) {

    /** Settings with the shipped values. */
    public static RaftSettings of(NodeId self, Topology topology, Path dataDirectory) {
        return new RaftSettings(
                self,
                topology,
                dataDirectory,
                400,
                200,
                30,
                10_000,
                512,
                256 * 1024,
                4,
                16_384,
                64L << 20,
                10_000,
                true,
                true,
                false,
                Optional.empty());
    }

    /** PEM files of the Raft port's mutual TLS. */
    public record RaftTls(Path certificateChain, Path privateKey, Path trustedCertificates) {}
}

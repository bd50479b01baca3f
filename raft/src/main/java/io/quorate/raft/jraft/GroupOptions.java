package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.option.ApplyTaskMode;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import java.nio.file.Path;

/** JRaft's options of one group, with the values that are safe, and the transport of the group's process. */
final class GroupOptions extends NodeOptions {
    private static final int DISRUPTOR_SIZE = 1024;
    private static final int APPLY_BATCH = 32;
    private static final int ENTRIES_PER_APPEND_MAX = 1024;
    private static final int BYTES_PER_APPEND_MAX = 512 * 1024;
    private static final int BYTES_PER_SYNC_MAX = 256 * 1024;
    /** Appends on their way to one follower; bounds what a slow one holds in memory. */
    private static final int APPENDS_IN_FLIGHT_MAX = 64;

    private static final long LOG_MEMORY_BYTES_MAX = 64L << 20;
    private static final int FILE_CHUNK_BYTES = 512 * 1024;
    /** A leader's heartbeats per election timeout: one may be lost. They are most of what an idle node does. */
    private static final int HEARTBEATS_PER_TIMEOUT = 3;

    private static final int READ_LAG_ENTRIES_MAX = 10_000;
    /** How long the log's thread waits for its first event, at most, before it looks around. */
    private static final int LOG_WAIT_SECONDS = 10;

    private final PeerTransport transport;

    GroupOptions(RaftSettings settings, Path groupDirectory, PeerTransport transport) {
        this.transport = transport;
        setElectionTimeoutMs(settings.electionTimeoutMillis());
        setSnapshotIntervalSecs(settings.snapshotIntervalSeconds());
        setSnapshotLogIndexMargin(settings.snapshotEntriesMin());
        setLogUri(groupDirectory.resolve("log").toString());
        setRaftMetaUri(groupDirectory.resolve("vote").toString());
        setSnapshotUri(groupDirectory.resolve("snapshots").toString());
        setDisableCli(true);
        setApplyTaskMode(ApplyTaskMode.NonBlocking);
        setSharedTimerPool(true);
        setSharedElectionTimer(true);
        setSharedVoteTimer(true);
        setSharedStepDownTimer(true);
        setSharedSnapshotTimer(true);
        setEnableMetrics(false);
        // A peer that doesn't answer must not hold up an election for longer than the election may last.
        setRpcConnectTimeoutMs(Math.max(100, settings.electionTimeoutMillis() / 2));
        // JRaft keeps a third of these per group as threads.
        setRpcProcessorThreadPoolSize(3);
        setAppendEntriesExecutors(transport.appendExecutors());
        setRaftOptions(raftOptions(settings));
    }

    private static RaftOptions raftOptions(RaftSettings settings) {
        RaftOptions raft = new RaftOptions();
        raft.setSync(settings.fsync());
        raft.setSyncMeta(settings.fsync());
        raft.setEnableLogEntryChecksum(true);
        raft.setOpenStatistics(false);
        raft.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
        raft.setMaxReadIndexLag(READ_LAG_ENTRIES_MAX);
        raft.setDisruptorBufferSize(DISRUPTOR_SIZE);
        raft.setDisruptorPublishEventWaitTimeoutSecs(LOG_WAIT_SECONDS);
        raft.setApplyBatch(APPLY_BATCH);
        raft.setMaxEntriesSize(ENTRIES_PER_APPEND_MAX);
        raft.setMaxBodySize(BYTES_PER_APPEND_MAX);
        raft.setMaxAppendBufferSize(BYTES_PER_SYNC_MAX);
        raft.setMaxByteCountPerRpc(FILE_CHUNK_BYTES);
        raft.setReplicatorPipeline(true);
        raft.setMaxReplicatorInflightMsgs(APPENDS_IN_FLIGHT_MAX);
        raft.setMaxLogsInMemoryBytes(LOG_MEMORY_BYTES_MAX);
        raft.setElectionHeartbeatFactor(HEARTBEATS_PER_TIMEOUT);
        raft.setMaxElectionDelayMs(settings.electionDelayMillisMax());
        return raft;
    }

    PeerTransport transport() {
        return transport;
    }
}

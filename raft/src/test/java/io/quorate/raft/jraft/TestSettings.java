package io.quorate.raft.jraft;

import io.quorate.raft.jraft.RaftSettings.RaftTls;
import java.util.Optional;

/** Settings that differ from others in something. */
final class TestSettings {
    private TestSettings() {}

    static RaftSettings withTls(RaftSettings s, Optional<RaftTls> tls) {
        return new RaftSettings(
                s.self(),
                s.topology(),
                s.dataDirectory(),
                s.electionTimeoutMillis(),
                s.electionDelayMillisMax(),
                s.snapshotIntervalSeconds(),
                s.snapshotEntriesMin(),
                s.batchCommandsMax(),
                s.batchBytesMax(),
                s.entriesInFlightMax(),
                s.queuedCommandsMax(),
                s.cacheBytes(),
                s.stuckMillisMax(),
                s.fsync(),
                s.spreadLeaders(),
                s.keepLog(),
                tls);
    }

    static RaftSettings withSnapshots(RaftSettings s, int everySeconds, int entriesMin) {
        return new RaftSettings(
                s.self(),
                s.topology(),
                s.dataDirectory(),
                s.electionTimeoutMillis(),
                s.electionDelayMillisMax(),
                everySeconds,
                entriesMin,
                s.batchCommandsMax(),
                s.batchBytesMax(),
                s.entriesInFlightMax(),
                s.queuedCommandsMax(),
                s.cacheBytes(),
                s.stuckMillisMax(),
                s.fsync(),
                s.spreadLeaders(),
                s.keepLog(),
                s.tls());
    }

    static RaftSettings withStuckMillis(RaftSettings s, long stuckMillisMax) {
        return new RaftSettings(
                s.self(),
                s.topology(),
                s.dataDirectory(),
                s.electionTimeoutMillis(),
                s.electionDelayMillisMax(),
                s.snapshotIntervalSeconds(),
                s.snapshotEntriesMin(),
                s.batchCommandsMax(),
                s.batchBytesMax(),
                s.entriesInFlightMax(),
                s.queuedCommandsMax(),
                s.cacheBytes(),
                stuckMillisMax,
                s.fsync(),
                s.spreadLeaders(),
                s.keepLog(),
                s.tls());
    }

    static RaftSettings withSpreadLeaders(RaftSettings s, boolean spreadLeaders) {
        return new RaftSettings(
                s.self(),
                s.topology(),
                s.dataDirectory(),
                s.electionTimeoutMillis(),
                s.electionDelayMillisMax(),
                s.snapshotIntervalSeconds(),
                s.snapshotEntriesMin(),
                s.batchCommandsMax(),
                s.batchBytesMax(),
                s.entriesInFlightMax(),
                s.queuedCommandsMax(),
                s.cacheBytes(),
                s.stuckMillisMax(),
                s.fsync(),
                spreadLeaders,
                s.keepLog(),
                s.tls());
    }

    static RaftSettings withKeptLog(RaftSettings s) {
        return new RaftSettings(
                s.self(),
                s.topology(),
                s.dataDirectory(),
                s.electionTimeoutMillis(),
                s.electionDelayMillisMax(),
                s.snapshotIntervalSeconds(),
                s.snapshotEntriesMin(),
                s.batchCommandsMax(),
                s.batchBytesMax(),
                s.entriesInFlightMax(),
                s.queuedCommandsMax(),
                s.cacheBytes(),
                s.stuckMillisMax(),
                s.fsync(),
                s.spreadLeaders(),
                true,
                s.tls());
    }
}

package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.JRaftServiceFactory;
import com.alipay.sofa.jraft.entity.codec.LogEntryCodecFactory;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import io.quorate.core.quota.GroupId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives JRaft the storage of one group: log and vote in the shared log, snapshots in a directory. */
final class GroupServices implements JRaftServiceFactory {
    private final SharedLog log;
    private final GroupId group;
    private final GroupLog groupLog;
    private volatile @Nullable String failure;

    /** The storage of one group; {@code logWaitMillisMax} and {@code keepHead} as in {@link GroupLog}. */
    GroupServices(SharedLog log, GroupId group, long logWaitMillisMax, boolean keepHead) {
        this.log = log;
        this.group = group;
        this.groupLog = new GroupLog(log, group, logWaitMillisMax, keepHead, this::failed);
    }

    GroupLog log() {
        return groupLog;
    }

    @Override
    public LogStorage createLogStorage(String uri, RaftOptions options) {
        return groupLog;
    }

    @Override
    public SnapshotStorage createSnapshotStorage(NodeOptions options) {
        return new LocalSnapshotStorage(
                options.getSnapshotUri(), options.getSnapshotTempUri(), options.getRaftOptions());
    }

    @Override
    public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
        return new GroupVotes(log, group, this::failed);
    }

    @Override
    public LogEntryCodecFactory createLogEntryCodecFactory() {
        return LogEntryV2CodecFactory.getInstance();
    }

    private void failed(String cause) {
        failure = cause;
    }

    /** What made the start of the group fail, if it was its storage; JRaft itself only says that it failed. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }
}

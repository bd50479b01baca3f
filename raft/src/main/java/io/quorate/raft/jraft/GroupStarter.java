package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.apply.ApplyListener;
import io.quorate.raft.apply.BatchLimits;
import io.quorate.raft.apply.GroupClock;
import io.quorate.raft.apply.GroupCore;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.rocksdb.RocksDBException;

/** Starts the groups of one process, one after the other. */
final class GroupStarter {
    private static final long READ_MILLIS_MIN = 1000;

    private final RaftSettings settings;
    private final NodeParts parts;
    private final NodeResources resources;
    private final FatalReport fatal;
    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final BatchLimits batches;
    private final List<Runnable> introductions = new ArrayList<>();
    private final List<Runnable> clocks = new ArrayList<>();

    GroupStarter(RaftSettings settings, NodeParts parts, NodeResources resources, FatalReport fatal) {
        this.settings = settings;
        this.parts = parts;
        this.resources = resources;
        this.fatal = fatal;
        this.batches = new BatchLimits(
                settings.batchCommandsMax(),
                settings.batchBytesMax(),
                settings.entriesInFlightMax(),
                settings.queuedCommandsMax());
    }

    /** Opens the group's store and joins its Raft. Throws {@link IllegalStateException} that says why it can't. */
    JRaftGroup start(GroupId group, Consumer<Long> onRulesChanged) {
        Path directory = resources.directory().group(group);
        RaftEntries entries = new RaftEntries();
        GroupServices services =
                new GroupServices(resources.log(), group, settings.stuckMillisMax(), settings.keepLog());
        long loggedIndex = lastLogged(group, services.log());
        StateStore store = parts.stores()
                .open(directory.resolve("state"), settings.cacheBytes(), resources.stores(), services.log());
        ApplyListener listener = onRulesChanged::accept;
        GroupClock clock = new GroupClock(parts.monotonicNanos(), parts.wallMillis());
        GroupCore core = new GroupCore(group, store, machine, clock, entries, batches, listener);
        try {
            ClockFile clockFile = new ClockFile(directory.resolve("clock"));
            clockFile.read().ifPresent(mark -> clock.resume(mark, parts.bootId()));
            clocks.add(() -> clock.mark(parts.bootId()).ifPresent(clockFile::write));
            StartCheck check = new StartCheck(group, settings.dataDirectory(), directory);
            check.logReachesBack(services.log().getFirstLogIndex());
            check.stateIsCovered(core.header().appliedIndex(), loggedIndex);
            guard(group, services.log(), loggedIndex == 0 && core.header().appliedIndex() == 0);
            GroupMachine groupMachine =
                    new GroupMachine(core, resources.peers(), resources.snapshots(), loggedIndex, events(group));
            NodeImpl node = startRaft(group, directory, services, groupMachine);
            entries.startedAs(node);
            long readMillis = Math.max(READ_MILLIS_MIN, 2L * settings.electionTimeoutMillis());
            return new JRaftGroup(
                    settings.self(), resources.peers(), core, groupMachine, node, readMillis, newcomer(group));
        } catch (RuntimeException e) {
            core.close();
            throw e;
        }
    }

    /** From its first moment on, the group answers only what its guard lets pass. */
    private void guard(GroupId group, GroupLog log, boolean empty) {
        Peers peers = resources.peers();
        VoteGuard guard = new VoteGuard(resources.log(), group, peers.others(settings.self()));
        guard.open(empty && !GroupVotes.isKept(resources.log(), group));
        String name = peers.groupName(group);
        resources.transport().guarded().add(name, guard, log);
        introductions.add(new Introductions(
                name, peers.peer(settings.self()), guard, resources.transport().client()));
    }

    private BooleanSupplier newcomer(GroupId group) {
        String name = resources.peers().groupName(group);
        return () -> resources.transport().guarded().isNewcomer(name);
    }

    /** Of each group started: asks for terms if it is new here. To be called a few times a second. */
    List<Runnable> introductions() {
        return List.copyOf(introductions);
    }

    /** Of each group started: writes down its clock, for the next start. To be called every second. */
    List<Runnable> clocks() {
        return List.copyOf(clocks);
    }

    private static long lastLogged(GroupId group, GroupLog log) {
        try {
            log.readEnds();
            return log.getLastLogIndex();
        } catch (RocksDBException e) {
            throw new StoreException("group " + group + " can't start: can't read its log: " + e.getMessage(), e);
        }
    }

    private NodeImpl startRaft(GroupId group, Path directory, GroupServices services, GroupMachine machineOfGroup) {
        String name = resources.peers().groupName(group);
        PeerId self = resources.peers().peer(settings.self());
        GroupOptions options = new GroupOptions(settings, directory, resources.transport());
        options.setServiceFactory(services);
        options.setFsm(machineOfGroup);
        options.setInitialConf(resources.peers().configuration());
        ClosurePools.register(name);
        NodeImpl node = new NodeImpl(name, self);
        if (!node.init(options)) {
            GroupEnding.end(node);
            throw new IllegalStateException(
                    "group " + group + " can't start: " + services.failure().orElse("Raft refused; the log says more"));
        }
        try {
            StartCheck.membersAreThoseOf(
                    resources.peers(), group, node.getCurrentConf().listPeers());
        } catch (IllegalStateException e) {
            GroupEnding.end(node);
            throw e;
        }
        return node;
    }

    private GroupMachine.Events events(GroupId group) {
        return new GroupMachine.Events() {
            @Override
            public void leadershipChanged() {
                resources.leadership().changed();
            }

            @Override
            public void broken(String cause) {
                fatal.tell("group " + group + " of node " + settings.self() + ": " + cause);
            }
        };
    }
}

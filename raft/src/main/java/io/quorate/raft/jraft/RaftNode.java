package io.quorate.raft.jraft;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.apply.GroupCore;
import io.quorate.raft.apply.GroupCounters;
import io.quorate.raft.group.GroupLoad;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.storage.api.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All groups of this process, over one log store, one Raft port and shared threads. Thread-safe.
 *
 * <p>Besides JRaft's threads there is one that, every second, lets each group do its housekeeping and looks
 * whether it gets on, one for chores that can wait, and one that completes snapshots.
 */
public final class RaftNode implements AutoCloseable {
    private static final long TICK_MILLIS = 1000;
    private static final long INTRODUCE_MILLIS = 200;
    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);

    private final NodeResources resources;
    private final List<JRaftGroup> groups;
    private final FatalReport fatal;
    /** For watchdogs alone: nothing that can hang may keep them from looking. */
    private final ScheduledExecutorService ticker = daemon("quorate-raft-tick");

    private final ScheduledExecutorService chores = daemon("quorate-raft-chores");
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts every group of the topology.
     *
     * @param onRulesChanged called (on meta's apply thread; must be short) with the rules version after meta
     *     applied a change of rules, and once after start
     * @param onFatal called when a group is broken for good (an error state, a failed store, commits stuck);
     *     the process should exit with the message
     * @throws IllegalStateException that says why the node can't start: its directory or port, or a group's Raft
     * @throws StoreException that says which stored data can't be used
     * @throws IllegalArgumentException that says which setting is wrong
     */
    public static RaftNode start(RaftSettings settings, Consumer<Long> onRulesChanged, Consumer<String> onFatal) {
        return start(settings, NodeParts.REAL, onRulesChanged, onFatal);
    }

    static RaftNode start(
            RaftSettings settings, NodeParts parts, Consumer<Long> onRulesChanged, Consumer<String> onFatal) {
        FatalReport fatal = new FatalReport(onFatal);
        NodeResources resources = NodeResources.open(settings);
        List<JRaftGroup> groups = new ArrayList<>();
        GroupStarter starter = new GroupStarter(settings, parts, resources, fatal);
        try {
            for (int id = 0; id <= settings.topology().dataGroups(); id++) {
                groups.add(starter.start(new GroupId(id), id == 0 ? onRulesChanged : version -> {}));
            }
        } catch (RuntimeException e) {
            fatal.silence();
            GroupEnding.endAll(groups);
            resources.close();
            throw e;
        }
        RaftNode node = new RaftNode(resources, groups, fatal);
        node.keep(settings, starter);
        onRulesChanged.accept(groups.get(0).core().header().rulesVersion());
        return node;
    }

    private RaftNode(NodeResources resources, List<JRaftGroup> groups, FatalReport fatal) {
        this.resources = resources;
        this.groups = List.copyOf(groups);
        this.fatal = fatal;
    }

    private void keep(RaftSettings settings, GroupStarter starter) {
        for (JRaftGroup group : groups) {
            every(TICK_MILLIS, ticker, new Watchdog(group, settings.stuckMillisMax(), fatal, RaftNode::inBackground));
        }
        for (Runnable introduction : starter.introductions()) {
            every(INTRODUCE_MILLIS, chores, introduction);
        }
        for (Runnable clock : starter.clocks()) {
            every(TICK_MILLIS, chores, clock);
        }
        spreading(settings, resources.peers(), groups).ifPresent(task -> every(TICK_MILLIS, chores, task));
    }

    /** What hands leadership to those whose turn it is, if that is wanted. */
    static Optional<Runnable> spreading(RaftSettings settings, Peers peers, List<JRaftGroup> groups) {
        return settings.spreadLeaders()
                ? Optional.of(new LeadershipSpread(settings.self(), peers, groups, System.nanoTime()))
                : Optional.empty();
    }

    private static void every(long millis, ScheduledExecutorService thread, Runnable task) {
        thread.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    private static ScheduledExecutorService daemon(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void inBackground(Runnable task) {
        Thread thread = new Thread(task, "quorate-hand-over");
        thread.setDaemon(true);
        thread.start();
    }

    /** A group by its number. Throws {@link IllegalArgumentException} if there is none. */
    public ReplicatedGroup group(GroupId id) {
        if (id.value() >= groups.size()) {
            throw new IllegalArgumentException(
                    "there is no group " + id + "; groups are g0 to g" + (groups.size() - 1));
        }
        return groups.get(id.value());
    }

    /** What a group did on this node since it started, and what waits in it now. */
    public GroupLoad load(GroupId id) {
        if (id.value() >= groups.size()) {
            throw new IllegalArgumentException("there is no group " + id);
        }
        GroupCore core = groups.get(id.value()).core();
        GroupCounters counters = core.counters();
        return new GroupLoad(
                counters.entriesProposed(),
                counters.commandsProposed(),
                counters.bytesProposed(),
                counters.entriesApplied(),
                counters.commandsApplied(),
                counters.applyNanos(),
                counters.commandsOverloaded(),
                counters.leases(),
                core.queuedCommands(),
                core.entriesInFlight());
    }

    /** Whether a group began with nothing here, and may not vote yet. */
    boolean isNewcomer(GroupId id) {
        return resources.transport().guarded().isNewcomer(resources.peers().groupName(id));
    }

    /** All groups, meta first. */
    public List<ReplicatedGroup> groups() {
        return List.copyOf(groups);
    }

    /**
     * Hands the leadership of every group to another member, within the time given at most. A group that no
     * other member can take isn't waited for.
     */
    public void handOver(Duration timeout) {
        List<JRaftGroup> leaving = new ArrayList<>();
        for (JRaftGroup group : groups) {
            if (group.isLeader()) {
                Optional<String> refused = group.handOver();
                refused.ifPresent(why -> LOG.warn("Not handed over: {}", why));
                if (refused.isEmpty()) {
                    leaving.add(group);
                }
            }
        }
        try {
            boolean done = resources
                    .leadership()
                    .await(() -> leaving.stream().noneMatch(JRaftGroup::leadsOrHandsOver), timeout.toNanos());
            if (!done) {
                LOG.warn("Not every group was handed over within {}", timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends all groups on this node and closes everything; a leader that remains hands over as it goes. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        fatal.silence();
        ticker.shutdownNow();
        chores.shutdownNow();
        GroupEnding.endAll(groups);
        resources.close();
    }

    /** Cuts this node off from its peers, as a crash would; what is left is to close it. */
    public void cutOff() {
        resources.transport().close();
    }
}

package io.quorate.chaos.sim;

import io.quorate.core.machine.StateView;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.apply.ApplyListener;
import io.quorate.raft.apply.ClockMark;
import io.quorate.raft.apply.EntryLog;
import io.quorate.raft.apply.GroupClock;
import io.quorate.raft.apply.GroupCore;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One group on one node: the product's core over a {@link SimLog}; and what of it outlives the process. */
final class Replica implements ReplicatedGroup, EntryLog {
    private static final long READ_NANOS_MAX = 2_000_000_000L;

    final SimLog log;
    final SimNode node;
    private final World world;

    // On disk.
    private final SimDisk disk = new SimDisk();
    private long durable;
    private long firstIndex = 1;
    private @Nullable Snapshot snapshot;
    private Optional<ClockMark> mark = Optional.empty();

    // In memory.
    private @Nullable GroupCore core;
    private @Nullable StateStore store;
    private @Nullable SimStore plain;
    private @Nullable GroupClock clock;
    private long written;
    private long applied;
    private long commitKnown;
    private long replayed;
    private long term;
    private int knownLeader = -1;
    /** The term in which it believes to lead; 0 if it doesn't. */
    private long leading;

    private long leadsFrom;
    private final TreeMap<Long, Proposal> proposals = new TreeMap<>();
    private final List<Proposal> hopeless = new ArrayList<>();
    private boolean applying;
    private boolean syncing;
    private boolean saving;
    private boolean saveSoon;
    private boolean installing;
    private int snapshots;

    /** A sealed snapshot; the log before {@code next} isn't needed with it. */
    record Snapshot(long index, byte[] bytes) {}

    Replica(World world, SimLog log, SimNode node) {
        this.world = world;
        this.log = log;
        this.node = node;
    }

    int number() {
        return node.number;
    }

    // ---- the process

    void boot() {
        SimStore opened = new SimStore(disk);
        StateStore used = world.sabotage.store(opened, this);
        GroupClock ticking = new GroupClock(world.sabotage.monoNanos(node.clock), node.clock::wallMillis);
        core = new GroupCore(
                log.group,
                used,
                world.machine,
                ticking,
                world.sabotage.log(this, this),
                world.swarm.batchLimits,
                new ApplyListener() {
                    @Override
                    public void rulesVersionChanged(long rulesVersion) {
                        node.rulesVersionChanged(log.group);
                    }

                    @Override
                    public void applied(long index, io.quorate.core.command.LogEntry entry, Transition transition) {
                        world.checks.applied(Replica.this, index, entry, transition);
                    }
                });
        mark.ifPresent(left -> ticking.resume(left, node.bootId()));
        plain = opened;
        store = used;
        clock = ticking;
        written = durable;
        applied = opened.header().appliedIndex();
        replayed = durable;
        commitKnown = 0;
        term = Math.max(term, 0);
        knownLeader = -1;
        leading = 0;
        proposals.clear();
        hopeless.clear();
        applying = false;
        syncing = false;
        saving = false;
        saveSoon = false;
        installing = false;
    }

    /** The process dies: what wasn't synced is gone. */
    void die() {
        log.died(this);
        written = durable;
        leading = 0;
        core = null;
        store = null;
        plain = null;
        clock = null;
    }

    void tick() {
        GroupCore its = core;
        GroupClock ticking = clock;
        if (its != null && ticking != null) {
            var unused = its.tick();
            mark = ticking.mark(node.bootId()).or(() -> mark);
        }
    }

    private GroupCore core() {
        GroupCore its = core;
        if (its == null) {
            throw new IllegalStateException("the process is dead");
        }
        return its;
    }

    // ---- the log on this node

    long durable() {
        return durable;
    }

    long written() {
        return written;
    }

    long firstIndex() {
        return firstIndex;
    }

    long commitKnown() {
        return commitKnown;
    }

    long term() {
        return term;
    }

    long applied() {
        return applied;
    }

    boolean hasSnapshot() {
        return snapshot != null;
    }

    Snapshot snapshot() {
        Snapshot its = snapshot;
        if (its == null) {
            throw new IllegalStateException("there is no snapshot");
        }
        return its;
    }

    /** The committed state here; null if the process is dead. */
    @Nullable
    StateStore state() {
        return store;
    }

    @Override
    public void append(byte[] entry, long itsTerm, Proposal proposal) {
        if (leading != itsTerm) {
            node.post(0, Step.LOST_PROPOSAL, () -> proposal.lost(Loss.NOT_LEADING, "it doesn't lead any more"));
        } else if (world.swarm.has(FaultKind.LOST_PROPOSAL)
                && !world.isCalm()
                && world.random.nextInt(1_000) < world.swarm.lostProposalPerMille) {
            Loss loss = world.random.nextBoolean() ? Loss.BUSY : Loss.UNKNOWN;
            node.post(world.network.delayNanos(), Step.LOST_PROPOSAL, () -> proposal.lost(loss, "it was lost"));
        } else if (!log.leads(this, itsTerm)) {
            hopeless.add(proposal);
        } else {
            long index = log.append(entry);
            proposals.put(index, proposal);
            written = index;
            sync();
            log.appended();
            if (world.sabotage.appliesBeforeCommit()) {
                commitIs(index);
            }
        }
    }

    /** The leader's log came up to an index, and what it knows to be committed. */
    void receive(long itsTerm, long upTo, long leaderCommit) {
        if (itsTerm < term) {
            return;
        }
        hears(itsTerm, log.leader());
        if (itsTerm != log.term()) {
            return;
        }
        written = Math.max(written, Math.min(upTo, log.last()));
        commitIs(Math.min(leaderCommit, written));
        if (written > durable) {
            sync();
        } else {
            log.acknowledge(this, term);
        }
    }

    private void sync() {
        if (syncing) {
            return;
        }
        syncing = true;
        long upTo = written;
        long micros = world.swarm.fsyncMicros;
        if (world.swarm.has(FaultKind.SLOW_DISK) && !world.isCalm() && world.random.nextInt(200) == 0) {
            micros += world.network.logUniform(1_000, 2_000_000);
        }
        node.post(micros * 1_000, Step.FSYNC, () -> {
            syncing = false;
            durable = Math.max(durable, Math.min(upTo, written));
            if (written > durable) {
                sync();
            }
            log.acknowledge(this, term);
        });
    }

    /** A new leader lacks what is behind this index, so it is nowhere. */
    void cut(long kept) {
        durable = Math.min(durable, kept);
        written = Math.min(written, kept);
    }

    void commitIs(long index) {
        commitKnown = Math.max(commitKnown, index);
        applyLater();
    }

    // ---- leadership

    /** This node is elected; it may take commands when it has applied the first entry of its term. */
    void leads(long newTerm, long firstOfTerm) {
        if (leading != 0) {
            stepDown(Optional.empty());
        }
        term = newTerm;
        knownLeader = node.number;
        leading = newTerm;
        leadsFrom = firstOfTerm;
        written = firstOfTerm;
        sync();
    }

    /** This node hears of a leader. */
    void hears(long newTerm, int leader) {
        if (!node.isUp() || newTerm < term || newTerm == term && knownLeader == leader) {
            return;
        }
        term = newTerm;
        if (leading != 0 && leading < newTerm) {
            stepDown(Optional.empty());
        }
        knownLeader = leader;
        core().leaderIs(leader());
    }

    /** Another one leads, whom this node may never hear of: it notices by and by that nobody listens to it. */
    void despairLater() {
        if (leading == 0) {
            return;
        }
        long its = leading;
        node.post(world.network.logUniform(10_000_000, 8_000_000_000L), Step.STEP_DOWN, () -> {
            if (leading == its && !log.leads(this, its)) {
                knownLeader = -1;
                stepDown(Optional.empty());
            }
        });
    }

    private void stepDown(Optional<NodeId> next) {
        leading = 0;
        core().leaderStopped(next);
        List<Proposal> open = new ArrayList<>(proposals.values());
        open.addAll(hopeless);
        proposals.clear();
        hopeless.clear();
        for (Proposal proposal : open) {
            proposal.lost(Loss.UNKNOWN, "this node ceased to lead");
        }
    }

    // ---- applying

    private void applyLater() {
        if (applying || installing || applied >= Math.min(commitKnown, written)) {
            return;
        }
        applying = true;
        // Meta has few entries, and a node that is late with them decides by old rules.
        node.post(world.slownessNanos(log.group.value() == 0 ? 2 : 100), Step.APPLY, () -> {
            applying = false;
            if (!installing && applied < Math.min(commitKnown, written)) {
                apply(applied + 1);
                applyLater();
            }
        });
    }

    private void apply(long index) {
        SimLog.Item item = log.item(index);
        applied = index;
        if (item.isOwn()) {
            if (leading == item.term() && index == leadsFrom) {
                core().leaderStarted(leading);
            }
            return;
        }
        Proposal proposal = item.term() == leading ? proposals.remove(index) : null;
        boolean live = item.term() == term && index > replayed;
        try {
            core().applyEntry(index, item.term(), ByteBuffer.wrap(item.bytes()), proposal, live);
        } catch (StoreException | IllegalStateException | IllegalArgumentException e) {
            throw new Violation("entry " + index + " of group " + log.group + " on node " + node.number, e);
        }
        SimStore its = plain;
        if (its != null && durable >= index && world.random.nextInt(1_000) < world.swarm.writeBackPerMille) {
            its.writeBack();
        }
        saveIfDue();
    }

    /** A snapshot is to be taken at the next occasion, however few entries there are since the last. */
    void saveSoon() {
        saveSoon = true;
    }

    private void saveIfDue() {
        Snapshot last = snapshot;
        int every = saveSoon ? 1 : world.swarm.snapshotEvery;
        if (saving || applied - (last == null ? 0 : last.index()) < every) {
            return;
        }
        saving = true;
        saveSoon = false;
        Path path = Path.of("snapshot-" + ++snapshots);
        SnapshotDraft draft = core().save(path);
        node.post(world.swarm.fsyncMicros * 4_000, Step.SEAL_SNAPSHOT, () -> {
            saving = false;
            draft.seal();
            byte[] bytes = disk.read(path);
            long index = draft.header().appliedIndex();
            if (snapshot != null && snapshot.index() >= index || durable < index) {
                return; // an installed one came first, or the log isn't on disk so far
            }
            snapshot = new Snapshot(index, bytes);
            if (disk.imageIndex() < index) {
                disk.image(bytes, index);
            }
            firstIndex = Math.max(firstIndex, index + 1);
        });
    }

    /** A snapshot of the leader came, because its log doesn't reach back to where this one ends. */
    void install(long itsTerm, Snapshot sent) {
        if (itsTerm < term) {
            return;
        }
        hears(itsTerm, log.leader());
        if (sent.index() > applied && itsTerm == log.term()) {
            Path path = Path.of("installed-" + ++snapshots);
            disk.write(path, sent.bytes());
            core().restore(path);
            world.checks.installed(this, sent.index());
            applied = Math.max(applied, sent.index());
            snapshot = sent;
            firstIndex = sent.index() + 1;
        }
        written = Math.max(written, Math.min(sent.index(), log.last()));
        durable = Math.max(durable, Math.min(sent.index(), log.last()));
        log.acknowledge(this, term);
    }

    // ---- what a replicated group is to its users

    @Override
    public GroupId id() {
        return log.group;
    }

    @Override
    public void submit(Submission submission) {
        core().submit(submission);
    }

    @Override
    public void flush() {
        core().flush();
    }

    @Override
    public <T> void read(BiFunction<StateView, Long, T> reader, Consumer<T> onResult, Consumer<Failure> onFailure) {
        if (!isLeader()) {
            onFailure.accept(new Failure.NotLeader(leader()));
            return;
        }
        long answeredBefore = world.checks.answeredIndex(log.group);
        long its = leading;
        long index = log.committed();
        boolean asks = !world.sabotage.readsWithoutAsking();
        long deadline = world.agenda.nowNanos() + READ_NANOS_MAX;
        Runnable attempt = new Runnable() {
            @Override
            public void run() {
                if (asks && !log.confirms(Replica.this, its)) {
                    onFailure.accept(new Failure.NotLeader(leader()));
                } else if (asks && applied < index) {
                    if (world.agenda.nowNanos() > deadline) {
                        onFailure.accept(new Failure.NotReady("can't read in time", 50));
                    } else {
                        node.post(1_000_000, Step.READ, this);
                    }
                } else {
                    T result = core().readAt(reader);
                    world.checks.read(log.group, applied, answeredBefore);
                    onResult.accept(result);
                }
            }
        };
        node.post(asks ? 2 * world.network.delayNanos() : 0, Step.READ, attempt);
    }

    @Override
    public <T> T readLocal(BiFunction<StateView, Long, T> reader) {
        return core().readLocal(reader);
    }

    @Override
    public boolean isLeader() {
        return leading != 0;
    }

    @Override
    public Optional<NodeId> leader() {
        return knownLeader < 0 ? Optional.empty() : Optional.of(world.nodes.get(knownLeader).id);
    }

    @Override
    public GroupStatus status() {
        throw new UnsupportedOperationException("nobody asks for it here");
    }

    @Override
    public Optional<String> transferLeadership(NodeId to) {
        log.elect();
        return Optional.empty();
    }
}

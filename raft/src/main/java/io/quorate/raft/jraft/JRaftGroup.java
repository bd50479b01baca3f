package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.StateView;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.apply.GroupCore;
import io.quorate.raft.apply.GroupProgress;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.GroupStatus;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.storage.api.StateStore.StoreSize;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One group of this process over JRaft. Thread-safe. */
final class JRaftGroup implements ReplicatedGroup, Watched, LeadershipSpread.Led {
    private final NodeId self;
    private final Peers peers;
    private final GroupCore core;
    private final GroupMachine machine;
    private final NodeImpl node;
    private final LinearizableReads reads;
    private final RaftView view;
    private final BooleanSupplier newcomer;

    JRaftGroup(
            NodeId self,
            Peers peers,
            GroupCore core,
            GroupMachine machine,
            NodeImpl node,
            long readMillis,
            BooleanSupplier newcomer) {
        this.self = self;
        this.peers = peers;
        this.core = core;
        this.machine = machine;
        this.node = node;
        this.newcomer = newcomer;
        this.view = new RaftView(
                node::getLastCommittedIndex, node::getLastAppliedLogIndex, System::nanoTime, JRaftGroup::onOwnThread);
        this.reads = new LinearizableReads(node, readMillis, () -> new Failure.NotLeader(leader()));
    }

    @Override
    public GroupId id() {
        return core.group();
    }

    @Override
    public void submit(Submission submission) {
        core.submit(submission);
    }

    @Override
    public void flush() {
        core.flush();
    }

    @Override
    public <T> void read(BiFunction<StateView, Long, T> reader, Consumer<T> onResult, Consumer<Failure> onFailure) {
        if (!isLeader()) {
            onFailure.accept(new Failure.NotLeader(leader()));
            return;
        }
        reads.add(new LinearizableReads.Waiting() {
            @Override
            public void confirmed() {
                T result;
                try {
                    result = core.readAt(reader);
                } catch (RuntimeException e) {
                    onFailure.accept(failure(e));
                    return;
                }
                onResult.accept(result);
            }

            @Override
            public void failed(Failure failure) {
                onFailure.accept(failure);
            }
        });
    }

    /** Why a confirmed read failed: this node ceased to lead meanwhile, or the group is broken. */
    private Failure failure(RuntimeException cause) {
        return isLeader()
                ? new Failure.NotReady("can't read: " + cause.getMessage(), 1000)
                : new Failure.NotLeader(leader());
    }

    @Override
    public <T> T readLocal(BiFunction<StateView, Long, T> reader) {
        return core.readLocal(reader);
    }

    @Override
    public boolean isLeader() {
        return node.isLeader(false);
    }

    @Override
    public Optional<NodeId> leader() {
        return peers.node(node.getLeaderId());
    }

    @Override
    public GroupStatus status() {
        Header header = core.header();
        StoreSize size = core.storeSize();
        // Role and term belong together: nobody may be told of a leader in a term that isn't its own.
        long term = machine.term();
        String role = role();
        while (machine.term() != term) {
            term = machine.term();
            role = role();
        }
        return new GroupStatus(
                id(),
                self,
                role,
                leader(),
                term,
                committedIndex(header),
                header.appliedIndex(),
                header.logTimeMillis(),
                header.rulesVersion(),
                header.counters(),
                header.leasedTokens(),
                core.sessionCount(),
                header.digest(),
                size.memoryBytes(),
                size.diskBytes(),
                peers.nodes(node.getCurrentConf()));
    }

    private long committedIndex(Header header) {
        try {
            return Math.max(header.appliedIndex(), node.getLastCommittedIndex());
        } catch (IllegalStateException e) {
            // JRaft doesn't tell once it is in error or ends; what is applied was committed.
            return header.appliedIndex();
        }
    }

    private String role() {
        return switch (node.getNodeState()) {
            // Elected, but of what came before its term not all is applied yet: the term heard of is an older one.
            case STATE_LEADER -> machine.isLeading() ? "leader" : "candidate";
            case STATE_TRANSFERRING -> "leader";
            case STATE_CANDIDATE -> "candidate";
            case STATE_FOLLOWER -> newcomer.getAsBoolean() ? "newcomer" : "follower";
            default -> "error";
        };
    }

    @Override
    public Optional<String> transferLeadership(NodeId to) {
        return peers.find(to)
                .map(peer -> ask(peer, to.toString()))
                .orElseGet(() -> Optional.of("node " + to + " isn't in the topology"));
    }

    @Override
    public String name() {
        return "group " + id() + " of node " + self;
    }

    @Override
    public GroupProgress tick() {
        return core.tick();
    }

    @Override
    public boolean isInErrorState() {
        return node.getNodeState() == State.STATE_ERROR;
    }

    @Override
    public long unansweredMillis() {
        view.refresh();
        return view.unansweredMillis();
    }

    @Override
    public long committedIndex() {
        return view.committedIndex();
    }

    @Override
    public long appliedIndex() {
        return view.appliedIndex();
    }

    /** A question may never come back, so each has a thread that nothing else waits for. */
    private static void onOwnThread(Runnable question) {
        Thread thread = new Thread(question, "quorate-raft-view");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public boolean isSaving() {
        return machine.isSaving();
    }

    @Override
    public boolean isLoading() {
        return machine.isLoading();
    }

    @Override
    public boolean answers(NodeId member) {
        try {
            return node.listAlivePeers().contains(peers.peer(member));
        } catch (IllegalStateException e) {
            return false; // no longer led here
        }
    }

    /** Asks the member that is furthest to take over, if any answers. */
    @Override
    public Optional<String> handOver() {
        try {
            return node.listAlivePeers().size() > 1
                    ? ask(PeerId.ANY_PEER, "any member")
                    : Optional.of("group " + id() + " has no other member that answers");
        } catch (IllegalStateException e) {
            return Optional.of("group " + id() + " is no longer led here: " + e.getMessage());
        }
    }

    private Optional<String> ask(PeerId peer, String name) {
        Status status = node.transferLeadershipTo(peer);
        return status.isOk()
                ? Optional.empty()
                : Optional.of("group " + id() + " can't be handed to " + name + ": " + status.getErrorMsg());
    }

    NodeId self() {
        return self;
    }

    GroupCore core() {
        return core;
    }

    GroupMachine machine() {
        return machine;
    }

    NodeImpl node() {
        return node;
    }

    /** Whether this node leads, or is handing the leadership over. */
    boolean leadsOrHandsOver() {
        State state = node.getNodeState();
        return state == State.STATE_LEADER || state == State.STATE_TRANSFERRING;
    }
}

package io.quorate.chaos.sim;

import io.quorate.core.quota.GroupId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/*
 * What Raft promises, and nothing beyond it. The log here is the one of the leader of the latest term; each replica has
 * a prefix of it. An entry of the term is committed when a majority has it on disk. A leader is elected by a majority
 * of which nobody has more than it; what it lacks is gone, which is never anything committed. A leader that was
 * replaced
 * goes on believing that it leads until it hears otherwise or despairs; what it appends meanwhile is in no log.
 */

/** The replicated log of one group: as bad as Raft allows it to be. */
final class SimLog {
    private static final long TICK_NANOS_MIN = 50_000_000L;

    /** An entry; without bytes it is Raft's own. */
    record Item(long term, byte[] bytes, long stampedAtNanos) {
        boolean isOwn() {
            return bytes.length == 0;
        }
    }

    final GroupId group;
    final World world;
    final List<Replica> replicas = new ArrayList<>();

    private final List<Item> items = new ArrayList<>();
    private long committed;
    private long term;
    private int leader = -1;
    private long termStart;
    private long[] match = {};
    private long[] sentAtNanos = {};
    private long[] leftUntilNanos = {};
    private long leaderSeenNanos;

    SimLog(World world, GroupId group) {
        this.world = world;
        this.group = group;
    }

    void start() {
        match = new long[replicas.size()];
        sentAtNanos = new long[replicas.size()];
        leftUntilNanos = new long[replicas.size()];
        world.agenda.after(0, Step.RAFT_TICK, this::tick);
    }

    Item item(long index) {
        return items.get((int) index - 1);
    }

    long last() {
        return items.size();
    }

    long committed() {
        return committed;
    }

    long term() {
        return term;
    }

    /** The leader of the latest term; -1 if it died or there never was one. */
    int leader() {
        return leader;
    }

    boolean leads(Replica replica, long itsTerm) {
        return replica.number() == leader && itsTerm == term;
    }

    // ---- appending

    /** The leader of the latest term appends; the others' entries come to nothing, which they can't know. */
    long append(byte[] entry) {
        items.add(new Item(term, entry, world.agenda.nowNanos()));
        return items.size();
    }

    void appended() {
        for (Replica follower : replicas) {
            if (follower.number() != leader) {
                send(follower);
            }
        }
    }

    /** Has a follower told what it lacks, unless it was a moment ago. */
    private void send(Replica follower) {
        long now = world.agenda.nowNanos();
        int number = follower.number();
        if (sentAtNanos[number] > now - world.swarm.electionNanos / 2 || leader < 0) {
            return;
        }
        sentAtNanos[number] = now;
        long sentTerm = term;
        Replica from = replicas.get(leader);
        if (leftUntilNanos[number] > now && !world.isCalm()) {
            from.saveSoon();
            if (from.hasSnapshot() && from.snapshot().index() > follower.written()) {
                leftUntilNanos[number] = 0;
                install(from, follower, sentTerm);
            }
            return;
        }
        if (match[number] + 1 < from.firstIndex() && from.hasSnapshot()) {
            install(from, follower, sentTerm);
            return;
        }
        long upTo = from.written();
        long known = committed;
        if (world.network.loses() || !world.network.reaches(from.node.place, follower.node.place)) {
            return;
        }
        world.agenda.after(
                world.network.delayNanos(),
                Step.APPEND,
                () -> follower.node.deliver(Step.APPEND, () -> follower.receive(sentTerm, upTo, known)));
    }

    /**
     * One that isn't the leader is told nothing more until the leader's log doesn't reach back to where it is, so that
     * it needs a snapshot; for so long at most, since no majority may be left without it.
     */
    void leaveOneBehind(long nanos) {
        int number = world.random.nextInt(replicas.size());
        if (number != leader) {
            leftUntilNanos[number] = world.agenda.nowNanos() + nanos;
        }
    }

    private void install(Replica from, Replica follower, long sentTerm) {
        Replica.Snapshot snapshot = from.snapshot();
        if (world.network.loses() || !world.network.reaches(from.node.place, follower.node.place)) {
            return;
        }
        world.agenda.after(
                2 * world.network.delayNanos(),
                Step.INSTALL_SNAPSHOT,
                () -> follower.node.deliver(Step.INSTALL_SNAPSHOT, () -> follower.install(sentTerm, snapshot)));
    }

    /** A replica has the log up to an index on disk, and tells the leader so. */
    void acknowledge(Replica replica, long itsTerm) {
        if (replica.number() == leader) {
            match[leader] = replica.durable();
            advance();
            return;
        }
        if (leader < 0 || itsTerm != term || world.network.loses()) {
            return;
        }
        Replica to = replicas.get(leader);
        if (!world.network.reaches(replica.node.place, to.node.place)) {
            return;
        }
        long durable = replica.durable();
        world.agenda.after(
                world.network.delayNanos(),
                Step.ACKNOWLEDGE,
                () -> to.node.deliver(Step.ACKNOWLEDGE, () -> acknowledged(replica, itsTerm, durable)));
    }

    private void acknowledged(Replica replica, long itsTerm, long durable) {
        if (itsTerm != term || leader < 0) {
            return;
        }
        int number = replica.number();
        sentAtNanos[number] = Long.MIN_VALUE / 2;
        match[number] = durable;
        advance();
        if (durable < replicas.get(leader).written() || replica.commitKnown() < committed) {
            send(replica);
        }
    }

    private void advance() {
        if (leader < 0) {
            return;
        }
        long[] sorted = match.clone();
        Arrays.sort(sorted);
        long majority = sorted[(sorted.length - 1) / 2];
        if (majority > committed && majority <= items.size() && item(majority).term() == term) {
            committed = majority;
            replicas.get(leader).commitIs(committed);
            for (Replica follower : replicas) {
                if (follower.number() != leader) {
                    send(follower);
                }
            }
        }
    }

    // ---- leadership

    private void tick() {
        world.agenda.after(Math.max(TICK_NANOS_MIN, world.swarm.electionNanos / 4), Step.RAFT_TICK, this::tick);
        long now = world.agenda.nowNanos();
        if (leader >= 0) {
            Replica its = replicas.get(leader);
            if (its.node.isRunning() && voters(its).length * 2 > replicas.size()) {
                leaderSeenNanos = now;
                for (Replica follower : replicas) {
                    boolean told = follower.commitKnown() >= committed
                            && follower.term() == term
                            && match[follower.number()] >= its.written();
                    if (follower.number() != leader && !told) {
                        send(follower);
                    }
                }
                return;
            }
        }
        if (now - leaderSeenNanos >= world.swarm.electionNanos) {
            elect();
        }
    }

    /** One of those that may lead does from now on; nobody if there is none. */
    void elect() {
        List<Replica> fit = new ArrayList<>();
        for (Replica candidate : replicas) {
            if (candidate.node.isRunning() && candidate.number() != leader && isFit(candidate)) {
                fit.add(candidate);
            }
        }
        if (fit.isEmpty() && leader >= 0 && replicas.get(leader).node.isRunning() && isFit(replicas.get(leader))) {
            fit.add(replicas.get(leader));
        }
        if (!fit.isEmpty()) {
            elected(fit.get(world.random.nextInt(fit.size())));
        }
    }

    private boolean isFit(Replica candidate) {
        int votes = 0;
        for (int voter : voters(candidate)) {
            if (replicas.get(voter).durable() <= candidate.durable()) {
                votes++;
            }
        }
        return votes * 2 > replicas.size();
    }

    /** Those whom a replica can talk with, itself included. */
    private int[] voters(Replica replica) {
        int[] found = new int[replicas.size()];
        int count = 0;
        for (Replica other : replicas) {
            boolean near = other == replica || world.network.linked(other.node.place, replica.node.place);
            if (near && other.node.isRunning()) {
                found[count++] = other.number();
            }
        }
        return Arrays.copyOf(found, count);
    }

    private void elected(Replica next) {
        int before = leader;
        int[] voters = voters(next);
        term++;
        leader = next.number();
        leaderSeenNanos = world.agenda.nowNanos();
        world.agenda.note(term * 8 + leader);
        long kept = next.durable();
        if (kept < committed) {
            throw new IllegalStateException("a leader lacks what is committed");
        }
        while (items.size() > kept) {
            items.remove(items.size() - 1);
        }
        for (Replica replica : replicas) {
            replica.cut(kept);
        }
        Arrays.fill(match, 0);
        Arrays.fill(sentAtNanos, Long.MIN_VALUE / 2);
        for (int voter : voters) {
            if (voter != leader) {
                replicas.get(voter).hears(term, Integer.valueOf(leader));
            }
        }
        if (before >= 0 && before != leader) {
            replicas.get(before).despairLater();
        }
        termStart = append(new byte[0]);
        next.leads(term, termStart);
        appended();
    }

    long termStart() {
        return termStart;
    }

    /** A leader has died. */
    void died(Replica replica) {
        if (replica.number() == leader) {
            leader = -1;
        }
    }

    /** Whether a replica leads and a majority can tell it so, by which a read is linearizable. */
    boolean confirms(Replica replica, long itsTerm) {
        return leads(replica, itsTerm) && committed >= termStart && voters(replica).length * 2 > replicas.size();
    }
}

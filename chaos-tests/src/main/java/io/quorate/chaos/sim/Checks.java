package io.quorate.chaos.sim;

import io.quorate.client.api.Result;
import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.QuotaKey;
import io.quorate.storage.api.StateStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The invariants, checked at every event that could break one; and what callers were told, compared with the log. */
final class Checks {
    private final World world;
    private final FenceBook fences = new FenceBook();
    private final List<GroupBook> books = new ArrayList<>();
    private final long[] answered;
    private long decisions;
    private long localDecisions;
    private long installs;

    Checks(World world) {
        this.world = world;
        for (SimLog log : world.logs) {
            books.add(new GroupBook(world, log, fences));
        }
        this.answered = new long[world.logs.size()];
    }

    /** Decisions that callers got, by leaders and by themselves. */
    long decisions() {
        return decisions;
    }

    long localDecisions() {
        return localDecisions;
    }

    /** Snapshots that were installed on a replica that lacked what is in them. */
    long installs() {
        return installs;
    }

    GroupBook book(int group) {
        return books.get(group);
    }

    // ---- what replicas do

    void applied(Replica replica, long index, LogEntry entry, Transition transition) {
        int group = replica.log.group.value();
        if (group == 0 && index > books.get(0).lastIndex()) {
            fences.applied(transition.changes());
        }
        books.get(group).applied(replica, index, entry, transition);
    }

    void installed(Replica replica, long index) {
        installs++;
        StateStore state = replica.state();
        if (state != null) {
            books.get(replica.log.group.value()).digestAt(index, state.header().digest(), replica.number());
        }
    }

    /** When a lease was opened or renewed last, in any group; simulated time. */
    long lastRenewalNanos() {
        return books.stream().mapToLong(GroupBook::lastRenewalNanos).max().orElse(0);
    }

    /** Whether a counter's limit was changed: what was used under a larger one may take long to be paid back. */
    boolean wasUnderAnotherLimit(QuotaKey key) {
        return books.get(world.rules.groupOf(key.namespace())).counter(key).wasUnderAnotherLimit();
    }

    // ---- what callers are told

    /** The last entry from which somebody has an answer. */
    long answeredIndex(GroupId group) {
        return answered[group.value()];
    }

    void read(GroupId group, long appliedIndex, long answeredBefore) {
        if (appliedIndex < answeredBefore) {
            throw new Violation(
                    Invariant.S8,
                    "a read of " + group + " saw entry " + appliedIndex + " though " + answeredBefore
                            + " had been answered before it was asked");
        }
    }

    /**
     * A leader's decision reached its caller.
     *
     * @param answeredBefore the last entry from which somebody had an answer when this was asked
     * @param receipt of a grant; null if it was denied
     */
    void answered(Result.Position position, Result.@Nullable Receipt receipt, long answeredBefore) {
        decisions++;
        if (position.group() < 0) {
            return; // no rule matched
        }
        int group = position.group();
        world.agenda.note(position.index() * 31 + position.position());
        GroupBook book = books.get(group);
        if (position.index() > world.logs.get(group).committed() || position.index() > book.lastIndex()) {
            throw new Violation(Invariant.S7, "answered from " + position + ", which isn't committed");
        }
        if (position.index() <= answeredBefore) {
            throw new Violation(
                    Invariant.S8, "answered from " + position + " though " + answeredBefore + " was answered before");
        }
        if (receipt != null) {
            GroupBook.Decided in = book.decided(receipt.sessionId(), receipt.sequence());
            if (in == null || in.first.index() != position.index() || in.cost != receipt.cost()) {
                throw new Violation(
                        Invariant.S7, "granted by " + receipt + " from " + position + ": not so in the log");
            }
        }
        answered[group] = Math.max(answered[group], position.index());
    }

    /** A client spent tokens that it holds. */
    void spent(ClientBook client, List<QuotaKey> keys, int group, long tokens, boolean endsCount) {
        localDecisions++;
        world.agenda.note(tokens);
        GroupBook book = books.get(group);
        for (QuotaKey key : keys) {
            book.counter(key)
                    .spent(book.logTimeMillis(), tokens, client.in(group), endsCount && world.swarm.clocksAreSane());
        }
    }
}

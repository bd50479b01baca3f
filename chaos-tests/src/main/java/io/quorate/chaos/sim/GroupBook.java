package io.quorate.chaos.sim;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.Refund;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import io.quorate.storage.api.StateStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one data group has decided, entry by entry as they are first applied anywhere; and whether that is right,
 * judged by
 * {@link CounterBook}s and by the answers alone.
 */
final class GroupBook {
    /** By how much log time may gain on true time, for rounding to the millisecond; nanoseconds. */
    private static final long GAIN_NANOS = 1_001_000L;
    /** And by what part of the time that passes, in millionths: the drift that is assumed, and the slew; rounded up. */
    private static final long GAIN_PPM = Weather.PPM_ASSUMED + 500 + 1;

    private final World world;
    private final SimLog log;
    private final FenceBook fences;
    private final boolean clocksAreSane;
    private long[] digests = new long[256];
    private long lastIndex;
    private long logTimeMillis;
    private long fencedVersion;
    private long lastRenewalNanos;
    private long leadFloorNanos = Long.MAX_VALUE;
    private final Map<QuotaKey, CounterBook> counters = new HashMap<>();
    private final Map<Request, Decided> decided = new HashMap<>();
    private final Map<Integer, Limit> limits = new HashMap<>();
    private final Map<Long, Long> grants = new HashMap<>();

    /** A request, by which its copies are known. */
    record Request(long session, long sequence) {}

    /** What became of a request first. */
    static final class Decided {
        final Applied first;
        final long cost;
        final List<Charge> charged;
        final long untilMillis;
        long refunded;

        Decided(Applied first, long cost, List<Charge> charged, long untilMillis) {
            this.first = first;
            this.cost = cost;
            this.charged = charged;
            this.untilMillis = untilMillis;
        }
    }

    GroupBook(World world, SimLog log, FenceBook fences) {
        this.world = world;
        this.log = log;
        this.fences = fences;
        this.clocksAreSane = world.swarm.clocksAreSane();
    }

    /** The log time of the last entry. */
    long logTimeMillis() {
        return logTimeMillis;
    }

    long lastIndex() {
        return lastIndex;
    }

    @Nullable
    Decided decided(long session, long sequence) {
        return decided.get(new Request(session, sequence));
    }

    /** When the first replica applied the last renewal that wasn't a repeat; simulated time. */
    long lastRenewalNanos() {
        return lastRenewalNanos;
    }

    /** Grants of a session, repeats not counted. */
    long grantsOf(long session) {
        return grants.getOrDefault(session, 0L);
    }

    CounterBook counter(QuotaKey key) {
        return counters.computeIfAbsent(key, CounterBook::new);
    }

    void digestAt(long index, long digest, int node) {
        if (index < digests.length && digests[(int) index] != digest) {
            throw new Violation(
                    Invariant.S9, "node " + node + " differs from the first at entry " + index + " of " + log.group);
        }
    }

    /** A replica has applied an entry; the first one's answers are judged, the others must come to the same. */
    void applied(Replica replica, long index, LogEntry entry, Transition transition) {
        Header header = transition.changes().header();
        if (index <= lastIndex) {
            digestAt(index, header.digest(), replica.number());
            return;
        }
        lastIndex = index;
        if (index >= digests.length) {
            digests = Arrays.copyOf(digests, (int) (2 * index));
        }
        digests[(int) index] = header.digest();
        world.agenda.note(header.digest());
        checkTime(index, header.logTimeMillis());
        for (LimitDefinition definition : entry.limits()) {
            limits.put(definition.limitId(), definition.limit());
        }
        List<Command> commands = entry.commands();
        for (int i = 0; i < commands.size(); i++) {
            judge(index, commands.get(i), transition.answers().get(i));
        }
        StateStore state = replica.state();
        if (header.counters() < 0 || state != null && state.sessionCount() > world.swarm.machineLimits.sessionsMax()) {
            throw new Violation(Invariant.S15, "the state is beyond its bounds: " + header);
        }
    }

    private void checkTime(long index, long nowMillis) {
        if (nowMillis < logTimeMillis) {
            throw new Violation(Invariant.S5, "log time went back from " + logTimeMillis + " to " + nowMillis);
        }
        logTimeMillis = nowMillis;
        long stampedAt = log.item(index).stampedAtNanos();
        long lead = nowMillis * 1_000_000L - stampedAt - stampedAt / 1_000_000L * GAIN_PPM;
        if (clocksAreSane && leadFloorNanos != Long.MAX_VALUE && lead > leadFloorNanos + GAIN_NANOS) {
            throw new Violation(
                    Invariant.S5,
                    "log time gained " + (lead - leadFloorNanos) + " ns on the clock by entry " + index + " of "
                            + log.group);
        }
        leadFloorNanos = Math.min(leadFloorNanos, lead);
    }

    private void judge(long index, Command command, Applied applied) {
        Outcome outcome = applied.outcome();
        if (command instanceof Acquire acquire && outcome instanceof Outcome.Acquired acquired) {
            if (isFirst(index, acquire.sessionId(), acquire.sequence(), applied)) {
                acquired(acquire, acquired, applied);
            }
        } else if (command instanceof Refund refund && outcome instanceof Outcome.Refunded refunded) {
            if (isFirst(index, refund.sessionId(), refund.sequence(), applied)) {
                refunded(refund, refunded, applied);
            }
        } else if (command instanceof RenewLease renew && outcome instanceof Outcome.LeaseRenewed renewed) {
            renewed(renew, renewed);
        } else if (command instanceof RenewLease renew && isRefused(outcome, Outcome.Reason.LEASE_UNKNOWN)) {
            counter(renew.key()).checkEnded(logTimeMillis, renew);
        } else if (command instanceof Command.Reset reset && outcome instanceof Outcome.Done done) {
            if (done.changed() > 0) {
                counter(reset.key()).reset(logTimeMillis);
            }
        } else if (command instanceof Command.FenceRules fence) {
            fencedVersion = Math.max(fencedVersion, fence.version());
        }
    }

    private static boolean isRefused(Outcome outcome, Outcome.Reason reason) {
        return outcome instanceof Outcome.Refused refused && refused.reason() == reason;
    }

    private Limit limit(int id) {
        Limit found = limits.get(id);
        if (found == null) {
            throw new Violation(Invariant.S11, "a decision by a limit of number " + id + " that no entry carries");
        }
        return found;
    }

    /** Whether this is the first time; if not, the answer must be the first one. */
    private boolean isFirst(long index, long session, long sequence, Applied applied) {
        Decided before = decided(session, sequence);
        if (before != null) {
            if (!before.first.equals(applied)) {
                throw new Violation(
                        Invariant.S4,
                        "request " + sequence + " of session " + session + " got " + before.first + ", then "
                                + applied);
            }
            return false;
        }
        if (applied.index() != index) {
            throw new Violation(
                    Invariant.S4,
                    "request " + sequence + " of session " + session + " was answered by nothing: " + applied);
        }
        return true;
    }

    private void acquired(Acquire acquire, Outcome.Acquired said, Applied applied) {
        CounterModel.Grant grant = new CounterModel.Grant(acquire.sessionId(), acquire.sequence(), logTimeMillis);
        boolean allFit = true;
        long keptMillis = world.swarm.machineLimits.chargeKeptMillis();
        for (int i = 0; i < acquire.charges().size(); i++) {
            Charge charge = acquire.charges().get(i);
            ChargeResult result = said.results().get(i);
            Limit limit = limit(charge.limitId());
            checkRules(charge.key(), charge.limitId());
            CounterBook book = counter(charge.key());
            book.under(charge.limitId(), limit, logTimeMillis);
            book.decided(logTimeMillis, acquire.cost(), result.allowed());
            allFit &= result.allowed() || charge.mode() == Mode.SHADOW;
            if (limit.algorithm() == Algorithm.CONCURRENCY) {
                keptMillis = Math.max(keptMillis, limit.periodMillis());
            }
        }
        if (said.allowed() != allFit) {
            throw new Violation(Invariant.S6, "some of its counters decided otherwise than " + acquire);
        }
        List<Charge> charged = new ArrayList<>(acquire.charges().size());
        for (int i = 0; said.allowed() && i < acquire.charges().size(); i++) {
            if (said.results().get(i).allowed()) {
                Charge charge = acquire.charges().get(i);
                charged.add(charge);
                counter(charge.key()).taken(logTimeMillis, acquire.cost(), grant);
            }
        }
        if (said.allowed()) {
            grants.merge(acquire.sessionId(), 1L, Long::sum);
        }
        decided.put(
                new Request(acquire.sessionId(), acquire.sequence()),
                new Decided(applied, acquire.cost(), charged, logTimeMillis + keptMillis));
    }

    private void refunded(Refund refund, Outcome.Refunded said, Applied applied) {
        decided.put(new Request(refund.sessionId(), refund.sequence()), new Decided(applied, 0, List.of(), 0));
        Decided grant = decided(refund.sessionId(), refund.acquireSequence());
        if (grant == null) {
            throw new Violation(Invariant.S12, "what was never granted was refunded: " + refund);
        }
        long count = Math.min(refund.count(), grant.cost - grant.refunded);
        if (count < 1 || said.refunded() > count) {
            throw new Violation(
                    Invariant.S12,
                    said.refunded() + " tokens were refunded by " + refund + " of " + grant.cost + ", of which "
                            + grant.refunded + " had been");
        }
        if (logTimeMillis > grant.untilMillis) {
            throw new Violation(Invariant.S12, "refunded after " + grant.untilMillis + ", at " + logTimeMillis);
        }
        grant.refunded += count;
        CounterModel.Grant of =
                new CounterModel.Grant(refund.sessionId(), refund.acquireSequence(), grant.first.logTimeMillis());
        for (Charge charge : grant.charged) {
            counter(charge.key()).refunded(logTimeMillis, count, of, charge.limitId());
        }
    }

    private void renewed(RenewLease renew, Outcome.LeaseRenewed said) {
        CounterBook book = counter(renew.key());
        if (book.isRepeat(renew)) {
            return; // with the first answer
        }
        lastRenewalNanos = world.agenda.nowNanos();
        if (renew.limitId() != 0) {
            if (said.granted() > 0) {
                checkRules(renew.key(), renew.limitId());
            }
            book.under(renew.limitId(), limit(renew.limitId()), logTimeMillis);
        }
        book.renewed(logTimeMillis, renew, said);
    }

    private void checkRules(QuotaKey key, int limitId) {
        if (!fences.allows(key, limitId, fencedVersion)) {
            throw new Violation(
                    Invariant.S11,
                    key + " was decided by limit " + limitId + " though rules of version " + fencedVersion
                            + " are in force");
        }
    }
}

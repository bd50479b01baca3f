package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Command;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.command.Outcome.SessionOpened;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.lease.LeaseFlow;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One counter at a real machine, in virtual real time of microseconds: a group clock that drifts and falls back when
 * the leader fails, a second replica, and the uses of tokens.
 *
 * <p>A clock falls back by whole milliseconds, so that all leaders count the same milliseconds, and the check is exact.
 */
final class LeaseWorld {
    static final QuotaKey KEY = QuotaKey.of("shop", "leased", List.of());
    /** Most that any clock of these worlds drifts, in millionths. */
    static final int DRIFT_PPM = 200;

    private static final MachineLimits BOUNDS = new MachineLimits(
            100_000, 1L << 40, 4096, 1L << 40, 256, 60_000, 50_000_000, 4096, 10_000, 500_000, 4096, 60_000);
    private static final long CLOCK_START_NANOS = 1_700_000_000_000_000_000L;

    final Random random;
    private final Machine machine;
    private final MapState state = new MapState();
    private MapState replica = new MapState();
    private final List<LimitDefinition> limits = new ArrayList<>();
    private Uses uses = new Uses();
    private long allowance;
    private long worst = Long.MIN_VALUE;
    private long used;
    private long nowMicros;
    private long clockSinceMicros;
    private long clockNanos = CLOCK_START_NANOS;
    private int clockPpm;
    private long lagMillis;
    private long rulesVersion;
    private long index;
    private LeaseFlow flow = LeaseFlow.NONE;

    LeaseWorld(Random random, LeaseArithmetic arithmetic, Limit limit) {
        this.random = random;
        this.machine = new Machine(BOUNDS, arithmetic);
        this.clockNanos += random.nextInt(2_000_000_000);
        this.clockPpm = drift();
        limits.add(new LimitDefinition(1, limit));
    }

    int drift() {
        return random.nextInt(2 * DRIFT_PPM + 1) - DRIFT_PPM;
    }

    /** A time between two, in microseconds. */
    long between(double fromMillis, double toMillis) {
        return (long) (1000 * (fromMillis + random.nextDouble() * (toMillis - fromMillis)));
    }

    long nowMicros() {
        return nowMicros;
    }

    /** Goes on in time; to what is past already, not back. */
    void advanceTo(long micros) {
        nowMicros = Math.max(nowMicros, micros);
    }

    private long stampMillis() {
        return clockAt(nowMicros) / 1_000_000;
    }

    private long clockAt(long micros) {
        long nanos = (micros - clockSinceMicros) * 1000;
        return clockNanos + nanos + nanos / 1_000_000 * clockPpm;
    }

    /** Another leader stamps from now on: its clock is behind the last one's. */
    void failOver() {
        long lag = random.nextInt(20);
        clockNanos = clockAt(nowMicros) - 1_000_000 * lag;
        lagMillis += lag;
        clockSinceMicros = nowMicros;
        clockPpm = drift();
    }

    Limit limit() {
        return limits.get(limits.size() - 1).limit();
    }

    int limitId() {
        return limits.size();
    }

    long rulesVersion() {
        return rulesVersion;
    }

    /** Tokens out, as the ledger has it. */
    long outstanding() {
        return state.counter(KEY).state() instanceof io.quorate.core.quota.CounterState.Leased leased
                ? leased.ledger().outstanding()
                : 0;
    }

    /** The rules change: renewals by the older ones are refused, and what is out may be used beside the new limit. */
    void change(Limit limit) {
        closeSpan();
        limits.add(new LimitDefinition(limits.size() + 1, limit));
        rulesVersion++;
        apply(new Command.FenceRules(rulesVersion));
        // The first renewal by the new rules brings the counter under them.
        long session = open();
        apply(new RenewLease(session, KEY, limitId(), 1, 1, 0, 0, 0, 0, 1));
        allowance = outstanding();
    }

    private void closeSpan() {
        worst = Math.max(worst, uses.excess(limit(), allowance));
        used += uses.total();
        uses = new Uses();
    }

    void use(long count) {
        uses.add(stampMillis() + lagMillis, Math.max(state.header().logTimeMillis(), stampMillis()), count);
    }

    long used() {
        return used + uses.total();
    }

    /** Tokens by which the worst span passes the limit; 0 or less if none does. */
    long excess() {
        return Math.max(worst, uses.excess(limit(), allowance));
    }

    long open() {
        return ((SessionOpened) apply(new Command.OpenSession("holder"))).sessionId();
    }

    Outcome apply(Command command) {
        return apply(command, rulesVersion);
    }

    /** Applies a command that was matched by rules of this version, on both replicas. */
    Outcome apply(Command command, long matchedBy) {
        index++;
        LogEntry entry = new LogEntry(stampMillis(), matchedBy, limits, List.of(command));
        Transition transition = machine.apply(state, index, 1, entry);
        state.commit(transition.changes());
        flow = flow.plus(transition.leases());
        assertThat(flow.outstandingAdded()).isEqualTo(outstanding());
        assertThat(state.header().leasedTokens()).isEqualTo(outstanding());
        if (index % 16 == 0) {
            replica = replica.copy();
            assertThat(Digests.of(state)).isEqualTo(state.header().digest());
        }
        Transition other = machine.apply(replica, index, 1, entry);
        replica.commit(other.changes());
        assertThat(replica.header().digest()).isEqualTo(state.header().digest());
        assertThat(other.answers()).isEqualTo(transition.answers());
        return transition.answers().get(0).outcome();
    }

    /** Takes at once all that the counter gives, and uses it. */
    long takeAll() {
        Outcome outcome = apply(new RenewLease(open(), KEY, limitId(), 1, 1, 0, 0, Command.COST_MAX, 0, 1));
        long taken = ((LeaseRenewed) outcome).granted();
        use(taken);
        return taken;
    }
}

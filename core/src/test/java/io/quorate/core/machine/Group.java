package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.OpenSession;
import io.quorate.core.command.Command.Refund;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.SessionOpened;
import io.quorate.core.lease.LeaseFlow;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import java.util.ArrayList;
import java.util.List;

/** One group under test: a machine, its state, the clock that stamps entries, and the limits that they use. */
final class Group {
    final MapState state;
    private final Machine machine;
    private final List<LimitDefinition> limits = new ArrayList<>();
    private long index;
    private long nowMillis = 1_000_000;
    private long rulesVersion;
    private LeaseFlow flow = LeaseFlow.NONE;

    Group(MachineLimits limits) {
        this.machine = new Machine(limits);
        this.state = new MapState();
    }

    void advance(long millis) {
        nowMillis += millis;
    }

    long nowMillis() {
        return nowMillis;
    }

    /** From now on requests are matched by these rules. */
    void matchBy(long version) {
        rulesVersion = version;
    }

    Machine machine() {
        return machine;
    }

    /** Gives a limit the next number. */
    int limit(Limit limit) {
        limits.add(new LimitDefinition(limits.size() + 1, limit));
        return limits.size();
    }

    static Charge charge(String key, int limitId) {
        return new Charge(key(key), limitId, Mode.ENFORCE);
    }

    static Charge shadow(String key, int limitId) {
        return new Charge(key(key), limitId, Mode.SHADOW);
    }

    static QuotaKey key(String name) {
        return QuotaKey.of("shop", name, List.of());
    }

    static Acquire acquire(long session, long sequence, long cost, Charge... charges) {
        return new Acquire(session, sequence, 0, 7, cost, List.of(charges));
    }

    static Refund refund(long session, long sequence, long acquireSequence, long count) {
        return new Refund(session, sequence, 0, acquireSequence, count);
    }

    long open() {
        return ((SessionOpened) outcome(new OpenSession("test"))).sessionId();
    }

    /** Applies commands as one entry, checks the state's bookkeeping, and gives the answers. */
    List<Applied> apply(Command... commands) {
        return applyEntry(new LogEntry(nowMillis, rulesVersion, limits, List.of(commands)));
    }

    List<Applied> applyEntry(LogEntry entry) {
        Transition transition = machine.apply(state, ++index, 1, entry);
        state.commit(transition.changes());
        assertThat(state.header().digest()).isEqualTo(Digests.of(state));
        assertThat(state.header().counters())
                .isEqualTo(state.countersAfter(new byte[0], Integer.MAX_VALUE).size());
        assertThat(state.header().leasedTokens()).isEqualTo(outstanding());
        flow = flow.plus(transition.leases());
        assertThat(flow.outstandingAdded()).isEqualTo(outstanding());
        return transition.answers();
    }

    /** Where leased tokens went since the beginning. */
    LeaseFlow flow() {
        return flow;
    }

    private long outstanding() {
        return state.countersAfter(new byte[0], Integer.MAX_VALUE).stream()
                .map(entry -> entry.row().state())
                .filter(CounterState.Leased.class::isInstance)
                .mapToLong(leased -> ((CounterState.Leased) leased).ledger().outstanding())
                .sum();
    }

    Outcome outcome(Command command) {
        return apply(command).get(0).outcome();
    }

    Acquired acquired(Command command) {
        Outcome outcome = outcome(command);
        assertThat(outcome).isInstanceOf(Acquired.class);
        return (Acquired) outcome;
    }
}

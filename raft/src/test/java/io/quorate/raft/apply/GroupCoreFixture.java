package io.quorate.raft.apply;

import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import io.quorate.raft.group.Submission;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.memory.MemoryStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group's core over a fake log, a store in memory and a clock moved by hand. */
final class GroupCoreFixture {
    static final long START_MILLIS = 1_750_000_000_000L;
    static final BatchLimits LIMITS = new BatchLimits(8, 4096, 2, 20);
    static final LimitDefinition TEN_A_SECOND = new LimitDefinition(7, Limit.of(Algorithm.FIXED_WINDOW, 10, 1000));

    final FakeTime time = new FakeTime();
    final FakeTime.Node node = time.node(123, 0);
    final GroupClock clock = node.clock();
    final FakeLog log = new FakeLog();
    final List<Long> rulesVersions = new ArrayList<>();
    final StateStore store;
    final GroupCore core;
    private long index;

    GroupCoreFixture() {
        this(new MemoryStore(), LIMITS);
    }

    GroupCoreFixture(StateStore store, BatchLimits limits) {
        this.store = store;
        time.advanceMillis(START_MILLIS);
        index = store.header().appliedIndex();
        core = new GroupCore(
                new GroupId(1), store, new Machine(MachineLimits.DEFAULT), clock, log, limits, rulesVersions::add);
    }

    static GroupCoreFixture leading() {
        GroupCoreFixture fixture = new GroupCoreFixture();
        fixture.core.leaderStarted(1);
        return fixture;
    }

    Answers submit(Command command) {
        return submit(command, Submission.ANY_RULES, List.of());
    }

    Answers submit(Command command, long rulesVersion, List<LimitDefinition> limits) {
        Answers answers = new Answers();
        core.submit(new Submission(command, rulesVersion, limits, answers));
        return answers;
    }

    List<Answers> submitResets(int count) {
        List<Answers> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(submit(reset("k" + i)));
        }
        return answers;
    }

    /** Commits the oldest entry whose fate is open. */
    void commit() {
        FakeLog.Appended entry = log.take(0);
        apply(entry.buffer(), entry.proposal());
    }

    void commitAll() {
        while (log.size() > 0) {
            commit();
        }
    }

    long apply(ByteBuffer entry, EntryLog.@Nullable Proposal proposal) {
        core.applyEntry(++index, 1, entry, proposal, true);
        return index;
    }

    static Command reset(String value) {
        return new Command.Reset(key(value));
    }

    static Command acquire(long sessionId, long sequence, long cost, String value) {
        return new Command.Acquire(sessionId, sequence, 1, 99, cost, List.of(new Charge(key(value), 7, Mode.ENFORCE)));
    }

    private static QuotaKey key(String value) {
        return QuotaKey.of("shop", "per-client", List.of(value));
    }
}

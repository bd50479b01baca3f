package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Random histories; a failure prints the seed of its history, which {@code -Dseed=} runs first. */
final class MachinePropertiesTest {
    private static final MachineLimits CROWDED = new MachineLimits(4, 400, 8, 14, 3, 200, 5, 3, 2, 5, 2, 300);
    private static final int HISTORIES = 150;
    private static final int ENTRIES = 120;
    private static final int COMMANDS_MAX = 12;

    /** A history by its seed. */
    private interface History {
        void run(Random random, String seed);
    }

    private static void forEachSeed(History history) {
        long first = Long.getLong("seed", 20_240);
        for (long seed = first; seed < first + HISTORIES; seed++) {
            history.run(new Random(seed), "-Dseed=" + seed);
        }
    }

    @Test
    void decidesAsTheModelDoes() {
        int[] outcomes = new int[Outcome.Reason.values().length + 2];
        forEachSeed((random, seed) -> {
            Histories histories = new Histories(random);
            Machine machine = new Machine(CROWDED);
            MapState state = new MapState();
            Model model = new Model(CROWDED);
            for (int index = 1; index <= ENTRIES; index++) {
                LogEntry entry = histories.entry(COMMANDS_MAX);
                Transition transition = machine.apply(state, index, 3, entry);
                state.commit(transition.changes());
                assertThat(transition.answers()).as(seed).isEqualTo(model.apply(index, entry));
                assertSameState(state, model, seed);
                transition.answers().forEach(a -> outcomes[kind(a.outcome())]++);
            }
        });
        assertThat(outcomes).as("every kind of answer came up").doesNotContain(0);
    }

    private static int kind(Outcome outcome) {
        if (outcome instanceof Outcome.Refused refused) {
            return refused.reason().ordinal();
        }
        boolean granted = outcome instanceof Outcome.Acquired acquired && acquired.allowed();
        return Outcome.Reason.values().length + (granted ? 1 : 0);
    }

    private static void assertSameState(MapState state, Model model, String seed) {
        Map<QuotaKey, CounterRow> counters = new TreeMap<>();
        for (CounterEntry entry : state.countersAfter(new byte[0], Integer.MAX_VALUE)) {
            counters.put(entry.key(), entry.row());
        }
        assertThat(counters).as(seed).isEqualTo(model.counters);
        List<LimitDefinition> limits = new ArrayList<>();
        model.limits.forEach((id, limit) -> limits.add(new LimitDefinition(id, limit)));
        assertThat(state.limits()).as(seed).isEqualTo(limits);
        assertThat(state.allRules()).as(seed).isEqualTo(List.copyOf(model.rules.values()));
        assertThat(state.sessionCount()).as(seed).isEqualTo(model.sessions.size());
        model.sessions.forEach((id, expected) -> {
            Session session = state.session(id).orElseThrow();
            assertThat(session.lastUsedMillis()).as(seed).isEqualTo(expected.lastUsed);
            assertThat(session.base()).as(seed).isEqualTo(expected.base);
            assertThat(session.lastLeaseId()).as(seed).isEqualTo(expected.lastLease);
            Map<Long, Applied> answers = new TreeMap<>();
            session.answers().forEach(a -> answers.put(a.sequence(), a.applied()));
            assertThat(answers).as(seed).isEqualTo(expected.answers);
            assertThat(session.grants()).as(seed).isEqualTo(expected.allGrants());
        });
        assertThat(state.answerSpan()).as(seed).isEqualTo(model.span());
        Header header = state.header();
        List<Integer> idle = new ArrayList<>();
        for (int place = 0; place < header.limitSweep().idleCount(); place++) {
            idle.add(header.limitSweep().idle(place));
        }
        assertThat(idle).as(seed).isEqualTo(List.copyOf(model.idle));
        assertThat(header.limitSweep().cursor()).as(seed).isEqualTo(model.idleCursor);
        assertThat(header.logTimeMillis()).as(seed).isEqualTo(model.now);
        assertThat(header.rulesVersion()).as(seed).isEqualTo(model.rulesVersion);
        assertThat(header.nextSessionId()).as(seed).isEqualTo(model.nextSession);
        assertThat(header.nextLimitId()).as(seed).isEqualTo(model.nextLimit);
        assertThat(header.sweepCursor())
                .as(seed)
                .isEqualTo(model.cursor.map(QuotaKey::bytes).orElse(new byte[0]));
        assertThat(header.counters()).as(seed).isEqualTo(counters.size());
        assertThat(header.digest()).as(seed).isEqualTo(Digests.of(state));
    }

    @Test
    void replicasAgreeThoughOneOfThemRestarts() {
        forEachSeed((random, seed) -> {
            Histories histories = new Histories(random);
            MapState steady = new MapState();
            MapState restarted = new MapState();
            for (int index = 1; index <= ENTRIES; index++) {
                LogEntry entry = histories.entry(COMMANDS_MAX);
                if (random.nextInt(4) == 0) {
                    restarted = restarted.copy();
                }
                Transition one = new Machine(CROWDED).apply(steady, index, 3, entry);
                Transition other = new Machine(CROWDED).apply(restarted, index, 3, entry);
                steady.commit(one.changes());
                restarted.commit(other.changes());
                assertThat(other.answers()).as(seed).isEqualTo(one.answers());
                assertThat(other.changes().counters())
                        .as(seed)
                        .isEqualTo(one.changes().counters());
                assertThat(restarted.header().digest())
                        .as(seed)
                        .isEqualTo(steady.header().digest());
            }
        });
    }

    /** A sweep looks at what was there before its entry, so it is left out. */
    @Test
    void commandsDecideTheSameTogetherAndAlone() {
        forEachSeed((random, seed) -> {
            Histories histories = new Histories(random);
            Machine machine = new Machine(CROWDED);
            MapState together = new MapState();
            MapState alone = new MapState();
            for (int index = 1; index <= ENTRIES; index++) {
                LogEntry drawn = histories.entry(COMMANDS_MAX);
                List<Command> commands = drawn.commands().stream()
                        .filter(c -> !(c instanceof Sweep))
                        .toList();
                Transition transition = machine.apply(together, index, 3, of(drawn, commands));
                together.commit(transition.changes());
                List<Outcome> outcomes = new ArrayList<>();
                alone.commit(
                        machine.apply(alone, index, 3, of(drawn, List.of())).changes()); // brings the time
                for (Command command : commands) {
                    Transition single = machine.apply(alone, index, 3, of(drawn, List.of(command)));
                    alone.commit(single.changes());
                    outcomes.add(single.answers().get(0).outcome());
                }
                assertThat(transition.answers())
                        .extracting(Applied::outcome)
                        .as(seed)
                        .isEqualTo(outcomes);
                assertThat(together.countersAfter(new byte[0], 100))
                        .as(seed)
                        .isEqualTo(alone.countersAfter(new byte[0], 100));
            }
        });
    }

    private static LogEntry of(LogEntry drawn, List<Command> commands) {
        return new LogEntry(drawn.logTimeMillis(), drawn.rulesVersion(), drawn.limits(), commands);
    }

    @Test
    void nothingGrowsBeyondItsBound() {
        forEachSeed((random, seed) -> {
            Histories histories = new Histories(random);
            Machine machine = new Machine(CROWDED);
            MapState state = new MapState();
            for (int index = 1; index <= ENTRIES; index++) {
                state.commit(machine.apply(state, index, 3, histories.entry(COMMANDS_MAX))
                        .changes());
                assertThat(state.header().counters()).as(seed).isLessThanOrEqualTo(CROWDED.countersMax());
                assertThat(state.sessionCount()).as(seed).isLessThanOrEqualTo(CROWDED.sessionsMax());
                assertThat(state.answerSpan())
                        .as(seed)
                        .isLessThanOrEqualTo(CROWDED.answerSpanMax())
                        .isEqualTo(StreamSupport.stream(state.sessions().spliterator(), false)
                                .mapToLong(Session::answerSpan)
                                .sum());
                assertThat(state.header().limitSweep().idleCount())
                        .as(seed)
                        .isLessThanOrEqualTo(CROWDED.idleLimitsMax());
                for (Session session : state.sessions()) {
                    assertThat(session.answers()).as(seed).hasSizeLessThanOrEqualTo(CROWDED.windowMax());
                    assertThat(session.grants())
                            .as(seed)
                            .hasSizeLessThanOrEqualTo(CROWDED.chargesKeptMax() + CROWDED.windowMax());
                }
            }
        });
    }
}

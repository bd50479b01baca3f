package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.LogEntry;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.EntryCodec;
import io.quorate.storage.memory.MemoryStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Every submission gets one answer, and the right one, whatever the log does: commits, losses known and not,
 * late commits of what was lost, repeats, leader changes. -Dseed= repeats a run.
 */
class CompletionPropertiesTest {
    private static final int RUNS = 200;
    private static final int STEPS = 300;

    @Test
    void everySubmissionGetsOneAnswerThatIsTrue() {
        long seed = Long.getLong("seed", System.nanoTime());
        Map<String, Integer> seen = new HashMap<>();
        for (int run = 0; run < RUNS; run++) {
            new Schedule(seed, run, seen).play();
        }
        assertThat(seen)
                .as("kinds of answers, seed %d", seed)
                .containsKeys("applied", "NotLeader", "Overloaded", "Unknown", "NotReady");
    }

    /** A command with a key of its own, by which it is found in the log. */
    private record Sent(String key, Answers answers) {}

    /** Where a command was applied. */
    private record Place(long index, int position, long logTimeMillis) {}

    private static final class Schedule {
        private final String name;
        private final Random random;
        private final Map<String, Integer> seen;
        private final GroupCoreFixture fixture;
        private final BatchLimits limits;
        private final List<Sent> sent = new ArrayList<>();
        private final Map<String, Place> executed = new HashMap<>();
        /** Entries told to be lost that may be applied all the same. */
        private final List<FakeLog.Appended> zombies = new ArrayList<>();

        private final List<EntryLog.Proposal> finished = new ArrayList<>();
        private long term = 1;
        private boolean leading;
        private long lastStampMillis;

        Schedule(long seed, int run, Map<String, Integer> seen) {
            this.name = "seed " + seed + ", run " + run;
            this.random = new Random(seed * 31 + run);
            this.seen = seen;
            this.limits = new BatchLimits(
                    1 + random.nextInt(20), 200 + random.nextInt(2000), 1 + random.nextInt(4), 1 + random.nextInt(60));
            this.fixture = new GroupCoreFixture(new MemoryStore(), limits);
        }

        void play() {
            for (int step = 0; step < STEPS; step++) {
                fixture.time.advanceNanos(random.nextInt(10_000_000));
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3 -> submit(1 + random.nextInt(15));
                    case 4, 5, 6 -> fixture.core.flush();
                    case 7, 8, 9 -> commitOne(fixture.log);
                    case 10 -> loseOne();
                    case 11 -> commitZombie();
                    case 12 -> applyForeign();
                    case 13 -> repeatOldNews();
                    case 14 -> fixture.core.tick();
                    default -> changeLeader();
                }
                assertThat(fixture.core.entriesInFlight())
                        .as("%s: entries in flight", name)
                        .isBetween(0, limits.entriesInFlightMax());
                assertThat(fixture.core.queuedCommands())
                        .as("%s: queued", name)
                        .isBetween(0, limits.queuedCommandsMax());
            }
            fixture.core.close();
            while (fixture.log.size() > 0) {
                fixture.log.take(0).proposal().lost(EntryLog.Loss.UNKNOWN, "shut down");
            }
            sent.forEach(this::check);
        }

        private void submit(int count) {
            for (int i = 0; i < count; i++) {
                String key = "u" + sent.size();
                long rulesVersion = random.nextBoolean() ? Submission.ANY_RULES : 1 + random.nextInt(2);
                sent.add(new Sent(key, fixture.submit(GroupCoreFixture.reset(key), rulesVersion, List.of())));
            }
        }

        private void commitOne(FakeLog log) {
            if (log.size() > 0) {
                FakeLog.Appended entry = log.take(0);
                apply(entry.buffer(), entry.proposal());
                finished.add(entry.proposal());
            }
        }

        private void loseOne() {
            if (fixture.log.size() > 0) {
                FakeLog.Appended entry = fixture.log.take(random.nextInt(fixture.log.size()));
                EntryLog.Loss loss = anyLoss();
                entry.proposal().lost(loss, "lost");
                finished.add(entry.proposal());
                if (loss == EntryLog.Loss.UNKNOWN) {
                    zombies.add(entry);
                }
            }
        }

        private EntryLog.Loss anyLoss() {
            EntryLog.Loss[] all = EntryLog.Loss.values();
            return random.nextBoolean() ? EntryLog.Loss.UNKNOWN : all[random.nextInt(all.length)];
        }

        private void commitZombie() {
            if (!zombies.isEmpty()) {
                FakeLog.Appended entry = zombies.remove(random.nextInt(zombies.size()));
                apply(entry.buffer(), random.nextBoolean() ? entry.proposal() : null);
            }
        }

        private void applyForeign() {
            LogEntry entry = new LogEntry(
                    fixture.clock.nowMillis(), 0, List.of(), List.of(GroupCoreFixture.reset("f" + random.nextInt())));
            apply(ByteBuffer.wrap(EntryCodec.encode(entry)), null);
        }

        /** News of an entry whose fate was told already, and entries that were applied already. */
        private void repeatOldNews() {
            if (!finished.isEmpty()) {
                EntryLog.Proposal proposal = finished.get(random.nextInt(finished.size()));
                if (random.nextBoolean()) {
                    proposal.lost(anyLoss(), "again");
                } else {
                    long old = random.nextInt(1 + (int) fixture.core.header().appliedIndex());
                    fixture.core.applyEntry(old, 1, ByteBuffer.allocate(0), proposal, true);
                }
            }
        }

        private void changeLeader() {
            if (leading) {
                if (random.nextBoolean()) {
                    fixture.log.term(term + 1); // the log knows first
                    submit(random.nextInt(5));
                    fixture.core.flush();
                }
                fixture.core.leaderStopped(Optional.of(new NodeId("n2")));
                fixture.log.term(++term);
            } else {
                fixture.core.leaderStarted(term);
            }
            leading = !leading;
        }

        private void apply(ByteBuffer bytes, EntryLog.Proposal proposal) {
            LogEntry entry = EntryCodec.decode(bytes);
            assertThat(entry.commands()).as("%s: commands", name).hasSizeLessThanOrEqualTo(limits.commandsMax());
            long index = fixture.apply(bytes, proposal);
            lastStampMillis = Math.max(lastStampMillis, entry.logTimeMillis());
            for (int i = 0; i < entry.commands().size(); i++) {
                if (entry.commands().get(i) instanceof Command.Reset reset) {
                    String key = reset.key().values().get(0);
                    Place before = executed.put(key, new Place(index, i, lastStampMillis));
                    assertThat(before)
                            .as("%s: %s was executed before", name, key)
                            .isNull();
                }
            }
        }

        private void check(Sent one) {
            Answers answers = one.answers();
            assertThat(answers.count()).as("%s: answers to %s", name, one.key()).isEqualTo(1);
            Applied applied = answers.applied();
            Place place = executed.get(one.key());
            if (applied != null) {
                assertThat(new Place(applied.index(), applied.position(), applied.logTimeMillis()))
                        .as("%s: where %s was applied", name, one.key())
                        .isEqualTo(place);
            } else if (!(answers.failure() instanceof Failure.Unknown)) {
                assertThat(place)
                        .as("%s: where %s was applied, after %s", name, one.key(), answers.failure())
                        .isNull();
            }
            Failure failure = answers.failure();
            seen.merge(failure == null ? "applied" : failure.getClass().getSimpleName(), 1, Integer::sum);
        }
    }
}

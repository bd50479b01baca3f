package io.quorate.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.History;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.chaos.report.RunReport;
import io.quorate.cli.logdump.LogDump;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.machine.Transition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.GroupId;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.Mode;
import io.quorate.raft.jraft.StoppedLog;
import io.quorate.raft.log.EntryCodec;
import io.quorate.storage.memory.MemoryStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run's folder as files, through everything that reads them. With {@code -Dops=2000000} it is as large as a night's,
 * and prints how long the checks took.
 */
final class VolumeTest {
    private static final int OPERATIONS = Integer.getInteger("ops", 20_000);
    private static final int PER_ENTRY = 25;
    private static final long MILLI = 1_000_000;
    private static final long ORIGIN_MILLIS = 1_764_000_000_000L;
    private static final GroupId GROUP = new GroupId(1);

    private static final List<LimitDefinition> LIMITS = List.of(
            new LimitDefinition(1, Limit.of(Algorithm.FIXED_WINDOW, 60, 36_500L * 24 * 3_600_000)),
            new LimitDefinition(2, new Limit(Algorithm.GCRA, 50, 1_000, 40)),
            new LimitDefinition(3, Limit.of(Algorithm.SLIDING_LOG, 30, 500)));

    @TempDir
    private Path folder;

    private final Machine machine = new Machine(MachineLimits.DEFAULT);
    private final MemoryStore store = new MemoryStore();
    private final SplittableRandom random = new SplittableRandom(7);
    private final List<LogEntry> log = new ArrayList<>();
    private long sequence;

    @Test
    void everyOperationOfALargeRunIsCheckedFromItsFiles() throws IOException {
        try (History history = History.create(folder)) {
            history.note("seed", "7");
            apply(List.of(new Command.OpenSession("volume")));
            while (sequence < OPERATIONS) {
                entry(history);
            }
        }
        RunFolder run = new RunFolder(folder);
        Files.createDirectories(run.dump("n1").getParent());
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(run.dump("n1")))) {
            new LogDump(this::read, true).write(GROUP, out);
        }
        Files.copy(run.dump("n1"), run.dump("n2"));
        Files.copy(run.dump("n1"), run.dump("n3"));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = System.nanoTime();
        long beganCpu = threads.getCurrentThreadCpuTime();
        Findings findings = RunCheck.check(run);
        double seconds = (System.nanoTime() - began) / 1e9;
        double cpuSeconds = (threads.getCurrentThreadCpuTime() - beganCpu) / 1e9;
        System.out.printf("%,d operations checked in %.1f s, %.1f s of CPU%n", sequence, seconds, cpuSeconds);
        assertThat(findings.isClean()).as(findings.text()).isTrue();
        assertThat(findings.checked(Invariant.S16) + findings.checked(Invariant.S1))
                .isGreaterThan(sequence);
        assertThat(findings.checked(Invariant.S7)).isGreaterThanOrEqualTo(sequence);
        assertThat(findings.checked(Invariant.S9)).isPositive();
        RunReport.write(folder, run, findings);
        assertThat(Files.readString(folder.resolve("index.html")))
                .contains("no violation")
                .doesNotContain("<script");
        assertThat(Files.readString(folder.resolve("findings.txt"))).contains("S13", "not judged");
    }

    private void entry(History history) {
        long asked = log.size() * 2 * MILLI;
        List<Command> commands = new ArrayList<>();
        List<Asked> questions = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < PER_ENTRY; i++) {
            sequence++;
            String value = sequence / 50_000 + "-" + random.nextInt(400);
            List<Charge> charges = new ArrayList<>();
            List<String> keys = new ArrayList<>();
            for (int limit = 1 + random.nextInt(2); limit <= 3; limit += 2) {
                QuotaKey key = QuotaKey.of("volume", "r" + limit, List.of(value));
                charges.add(new Charge(key, limit, Mode.ENFORCE));
                keys.add(key.toString());
            }
            commands.add(new Command.Acquire(1, sequence, Math.max(1, sequence - 100), sequence, 1, charges));
            questions.add(Asked.acquire("volume", keys, 1).as(new RequestId(1, 1, sequence), 0));
            numbers.add(history.invoke("p" + i, asked, questions.get(i)));
        }
        List<Applied> answers = apply(commands);
        for (int i = 0; i < answers.size(); i++) {
            history.complete(numbers.get(i), answer(answers.get(i), commands.get(i), questions.get(i), asked + MILLI));
        }
    }

    private static Answer answer(Applied applied, Command command, Asked asked, long at) {
        Outcome.Acquired acquired = (Outcome.Acquired) applied.outcome();
        List<Charge> charges = ((Command.Acquire) command).charges();
        List<CounterResult> results = new ArrayList<>();
        for (int i = 0; i < charges.size(); i++) {
            Outcome.ChargeResult said = acquired.results().get(i);
            results.add(new CounterResult(
                    charges.get(i).key().ruleId(),
                    said.allowed(),
                    false,
                    said.remaining(),
                    said.retryAfterMillis(),
                    said.resetAfterMillis()));
        }
        Place place =
                new Place(1, applied.index(), applied.position(), applied.logTimeMillis(), applied.rulesVersion());
        return Answer.decided(at, acquired.allowed(), asked.id(), place, results);
    }

    private List<Applied> apply(List<Command> commands) {
        LogEntry entry = new LogEntry(ORIGIN_MILLIS + log.size() * 2L, 0, LIMITS, commands);
        log.add(entry);
        Transition transition = machine.apply(store, log.size(), 1, entry);
        store.commit(transition.changes());
        return transition.answers();
    }

    private void read(GroupId group, StoppedLog.Reader reader) {
        for (int i = 0; i < log.size(); i++) {
            long hash = Slots.hash(EntryCodec.encode(log.get(i)));
            reader.entry(i + 1L, 1, hash, Optional.of(log.get(i)));
        }
    }
}

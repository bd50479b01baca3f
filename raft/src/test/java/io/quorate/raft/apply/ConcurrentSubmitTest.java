package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.LogEntry;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.EntryCodec;
import io.quorate.storage.memory.MemoryStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many threads submit while another applies, loses entries and changes the leader. -Dseed= repeats the choices. */
class ConcurrentSubmitTest {
    private static final int SUBMITTERS = 3;
    private static final int SUBMISSIONS = 20_000;
    private static final int BURST = 7;

    private final BlockingQueue<FakeLog.Appended> log = new LinkedBlockingQueue<>();
    private final GroupCore core = new GroupCore(
            new GroupId(1),
            new MemoryStore(),
            new Machine(MachineLimits.DEFAULT),
            new GroupClock(System::nanoTime, System::currentTimeMillis),
            (entry, term, proposal) -> log.add(new FakeLog.Appended(entry, proposal)),
            new BatchLimits(64, 1 << 16, 3, 500),
            ApplyListener.NONE);

    @Test
    void everySubmissionGetsOneAnswerAndStampsAscend() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        core.leaderStarted(1);
        ExecutorService threads = Executors.newFixedThreadPool(SUBMITTERS);
        try {
            List<Future<List<Answers>>> submitters = new ArrayList<>();
            for (int i = 0; i < SUBMITTERS; i++) {
                int number = i;
                submitters.add(threads.submit(() -> submitAll(number)));
            }
            long applied = applyUntilDone(submitters, new Random(seed));
            core.close();

            long answered = 0;
            for (Future<List<Answers>> submitter : submitters) {
                for (Answers answers : submitter.get(30, TimeUnit.SECONDS)) {
                    assertThat(answers.count()).as("answers, seed %d", seed).isEqualTo(1);
                    answered += answers.applied() == null ? 0 : 1;
                }
            }
            assertThat(answered).as("applied, seed %d", seed).isPositive().isEqualTo(applied);
        } finally {
            threads.shutdownNow();
        }
    }

    private List<Answers> submitAll(int number) {
        List<Answers> all = new ArrayList<>();
        for (int i = 0; i < SUBMISSIONS; i++) {
            Answers answers = new Answers();
            core.submit(
                    new Submission(GroupCoreFixture.reset(number + "-" + i), Submission.ANY_RULES, List.of(), answers));
            all.add(answers);
            if (i % BURST == 0) {
                core.flush();
            }
        }
        core.flush();
        return all;
    }

    /** Plays the log until nobody submits and nothing is open; gives the number of commands applied. */
    private long applyUntilDone(List<Future<List<Answers>>> submitters, Random random) throws InterruptedException {
        long index = 0;
        long applied = 0;
        long term = 1;
        long lastStampMillis = 0;
        while (true) {
            boolean done = submitters.stream().allMatch(Future::isDone);
            FakeLog.Appended entry = log.poll(10, TimeUnit.MILLISECONDS);
            if (entry == null) {
                if (done) {
                    return applied;
                }
                continue;
            }
            LogEntry decoded = EntryCodec.decode(ByteBuffer.wrap(entry.bytes()));
            assertThat(decoded.logTimeMillis()).isGreaterThanOrEqualTo(lastStampMillis);
            lastStampMillis = decoded.logTimeMillis();
            if (random.nextInt(20) == 0) {
                entry.proposal().lost(random.nextBoolean() ? EntryLog.Loss.UNKNOWN : EntryLog.Loss.NOT_LEADING, "lost");
            } else {
                core.applyEntry(++index, term, entry.buffer(), entry.proposal(), true);
                applied += decoded.commands().size();
            }
            if (random.nextInt(50) == 0) {
                core.leaderStopped(Optional.empty());
                core.leaderStarted(++term);
            }
        }
    }
}

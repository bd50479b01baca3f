package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.Machine;
import io.quorate.core.machine.MachineLimits;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.Submission;
import io.quorate.storage.memory.MemoryStore;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A fault while an entry is made: the group ends and says so, and nobody waits for ever. */
final class SealingFaultTest {
    private final AtomicBoolean clockFails = new AtomicBoolean();
    private final AtomicBoolean logFails = new AtomicBoolean();
    private final BlockingQueue<FakeLog.Appended> log = new LinkedBlockingQueue<>();
    private final List<Answers> all = new ArrayList<>();
    private final GroupCore core = new GroupCore(
            new GroupId(1),
            new MemoryStore(),
            new Machine(MachineLimits.DEFAULT),
            new GroupClock(System::nanoTime, this::wallMillis),
            this::append,
            new BatchLimits(8, 4096, 4, 100),
            ApplyListener.NONE);

    private long wallMillis() {
        if (clockFails.get()) {
            throw new AssertionError("no clock, on purpose");
        }
        return GroupCoreFixture.START_MILLIS;
    }

    private void append(byte[] entry, long term, EntryLog.Proposal proposal) {
        log.add(new FakeLog.Appended(entry, proposal));
        if (logFails.get()) {
            throw new IllegalStateException("no log, on purpose");
        }
    }

    private Answers submit(String key, List<LimitDefinition> limits) {
        Answers answers = new Answers();
        all.add(answers);
        core.submit(new Submission(GroupCoreFixture.reset(key), Submission.ANY_RULES, limits, answers));
        return answers;
    }

    /** Terms whose number of entries is right and that can't be read. */
    private static List<LimitDefinition> unreadable() {
        return new AbstractList<>() {
            @Override
            public LimitDefinition get(int index) {
                throw new AssertionError("unreadable, on purpose");
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }

    private void assertEnded() {
        assertThat(core.tick().failure())
                .hasValueSatisfying(why -> assertThat(why).contains("sealed"));
        assertThat(core.tick().queuedCommands()).isZero();
        assertThat(submit("later", List.of()).failure()).isInstanceOf(Failure.NotReady.class);
        core.close();
        assertThat(all).allSatisfy(answers -> assertThat(answers.count()).isEqualTo(1));
    }

    @Test
    void aCommandThatCantBeEncodedEndsTheGroup() {
        core.leaderStarted(1);
        Answers before = submit("a", List.of());
        Answers unreadable = submit("b", unreadable());
        Answers after = submit("c", List.of());
        assertThatThrownBy(core::flush).isInstanceOf(AssertionError.class).hasMessageContaining("on purpose");
        assertThat(log).isEmpty();
        assertThat(before.failure()).isInstanceOf(Failure.NotReady.class);
        assertThat(unreadable.failure()).isInstanceOf(Failure.NotReady.class);
        assertThat(after.failure()).isInstanceOf(Failure.NotReady.class);
        assertEnded();
    }

    @Test
    void anEntryThatCantBeStampedEndsTheGroup() {
        core.leaderStarted(1);
        Answers inFlight = submit("a", List.of());
        core.flush();
        Answers next = submit("b", List.of());
        clockFails.set(true);
        assertThatThrownBy(core::flush).isInstanceOf(AssertionError.class);
        clockFails.set(false);
        assertThat(log).hasSize(1);
        assertThat(inFlight.failure()).isInstanceOf(Failure.Unknown.class);
        assertThat(next.failure()).isInstanceOf(Failure.NotReady.class);
        assertEnded();
    }

    @Test
    void whetherAnEntryWasAppendedIsUnknownIfTheLogThrew() {
        core.leaderStarted(1);
        Answers first = submit("a", List.of());
        logFails.set(true);
        assertThatThrownBy(core::flush).isInstanceOf(IllegalStateException.class);
        assertThat(first.failure()).isInstanceOf(Failure.Unknown.class);
        assertEnded();
    }

    /** The entry is in the making for ever: nothing is in flight, but commands wait. */
    @Test
    void commandsThatWaitWhileNothingIsInFlightAreStandingStill() throws Exception {
        FakeTime time = new FakeTime();
        FakeTime.Node node = time.node(5, 0);
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        GroupCore stuck = new GroupCore(
                new GroupId(1),
                new MemoryStore(),
                new Machine(MachineLimits.DEFAULT),
                node.clock(),
                (entry, term, proposal) -> {
                    proposal.lost(EntryLog.Loss.BUSY, "none is in flight");
                    hanging.countDown();
                    awaitUninterrupted(end);
                },
                new BatchLimits(8, 4096, 4, 100),
                ApplyListener.NONE);
        stuck.leaderStarted(1);
        Thread sealer = new Thread(() -> {
            stuck.submit(new Submission(GroupCoreFixture.reset("a"), Submission.ANY_RULES, List.of(), new Answers()));
            stuck.flush();
        });
        sealer.start();
        awaitUninterrupted(hanging);
        time.advanceMillis(3_600_000);
        assertThat(stuck.tick().standstillMillis()).as("nothing waits").isZero();
        stuck.submit(new Submission(GroupCoreFixture.reset("b"), Submission.ANY_RULES, List.of(), new Answers()));
        assertThat(stuck.tick().standstillMillis())
                .as("waits since this moment")
                .isZero();
        time.advanceMillis(7000);
        GroupProgress progress = stuck.tick();
        assertThat(progress.unresolvedEntries()).isZero();
        assertThat(progress.standstillMillis()).isEqualTo(7000);
        end.countDown();
        sealer.join(TimeUnit.SECONDS.toMillis(30));
        assertThat(stuck.tick().standstillMillis()).as("got on").isZero();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

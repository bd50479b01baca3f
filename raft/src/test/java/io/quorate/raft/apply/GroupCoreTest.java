package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.LogEntry;
import io.quorate.core.command.Outcome;
import io.quorate.core.lease.LeaseFlow;
import io.quorate.core.quota.QuotaKey;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.EntryCodec;
import io.quorate.raft.log.MalformedEntryException;
import io.quorate.storage.api.SnapshotDraft;
import io.quorate.storage.api.StateStore;
import io.quorate.storage.api.StoreException;
import io.quorate.storage.memory.MemoryStore;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCoreTest {
    private final GroupCoreFixture fixture = GroupCoreFixture.leading();
    private final GroupCore core = fixture.core;
    private final FakeLog log = fixture.log;

    @Test
    void aBurstGoesIntoOneEntryAndIsAnsweredInOrder() {
        List<Answers> answers = fixture.submitResets(5);
        assertThat(log.size()).as("before the flush").isZero();

        core.flush();
        assertThat(log.size()).isEqualTo(1);
        fixture.commit();

        for (int i = 0; i < 5; i++) {
            assertThat(answers.get(i).applied())
                    .isEqualTo(new Applied(1, i, GroupCoreFixture.START_MILLIS, 0, new Outcome.Done(0)));
        }
        assertThat(core.header().appliedIndex()).isEqualTo(1);
        assertThat(core.counters().entriesProposed()).isEqualTo(1);
        assertThat(core.counters().commandsProposed()).isEqualTo(5);
        assertThat(core.counters().commandsApplied()).isEqualTo(5);
    }

    @Test
    void whatComesWhileEntriesAreInFlightGathersAndFollowsByItself() {
        for (int i = 0; i < 2; i++) {
            fixture.submitResets(1);
            core.flush();
        }
        List<Answers> gathered = fixture.submitResets(10);
        core.flush();
        assertThat(log.size()).isEqualTo(2);
        assertThat(core.entriesInFlight()).isEqualTo(2);
        assertThat(core.queuedCommands()).isEqualTo(10);

        fixture.commit();
        assertThat(log.size())
                .as("another takes the place of the committed one")
                .isEqualTo(2);
        assertThat(core.queuedCommands()).as("an entry takes 8").isEqualTo(2);
        fixture.commitAll();

        assertThat(gathered).allSatisfy(a -> assertThat(a.applied()).isNotNull());
        assertThat(gathered.get(8).applied().index()).isEqualTo(4);
        assertThat(core.entriesInFlight()).isZero();
    }

    @Test
    void aFullQueueRefusesAtOnceAndSaysWhenToComeAgain() {
        fixture.submitResets(1);
        core.flush();
        fixture.submitResets(1);
        core.flush();
        List<Answers> queued = fixture.submitResets(20);

        Answers refused = fixture.submit(GroupCoreFixture.reset("more"));

        assertThat(refused.failure()).isEqualTo(new Failure.Overloaded("queuedCommandsMax", 1000));
        assertThat(core.counters().commandsOverloaded()).isEqualTo(1);
        fixture.commitAll();
        assertThat(queued).allSatisfy(a -> assertThat(a.applied()).isNotNull());
    }

    @Test
    void theRetryHintFollowsTheRateOfAnswers() {
        DrainRate rate = new DrainRate(0);
        assertThat(rate.retryAfterMillis(1000)).isEqualTo(DrainRate.RETRY_MILLIS_MAX);

        rate.drained(5000, 250_000_000);
        assertThat(rate.retryAfterMillis(1000)).isEqualTo(50);
        assertThat(rate.retryAfterMillis(1)).isEqualTo(DrainRate.RETRY_MILLIS_MIN);
        rate.drained(1, 60_000_000_000L);
        assertThat(rate.retryAfterMillis(1000)).as("a pause says nothing").isEqualTo(50);
    }

    @Test
    void anEntryEndsWhereTheRulesVersionChanges() {
        fixture.submit(GroupCoreFixture.reset("a"));
        for (long version : new long[] {3, 3, 4}) {
            fixture.submit(GroupCoreFixture.acquire(1, 1, 1, "a"), version, List.of(GroupCoreFixture.TEN_A_SECOND));
        }
        fixture.submit(GroupCoreFixture.reset("b"));
        core.flush();

        LogEntry first = EntryCodec.decode(log.take(0).buffer());
        LogEntry second = EntryCodec.decode(log.take(0).buffer());
        assertThat(first.rulesVersion()).isEqualTo(3);
        assertThat(first.commands()).hasSize(3);
        assertThat(first.limits()).containsExactly(GroupCoreFixture.TEN_A_SECOND);
        assertThat(second.rulesVersion()).isEqualTo(4);
        assertThat(second.commands()).hasSize(2);
    }

    @Test
    void commandsWithoutRulesMakeAnEntryForAnyRules() {
        fixture.submitResets(2);
        core.flush();

        assertThat(EntryCodec.decode(log.take(0).buffer()).rulesVersion()).isEqualTo(Submission.ANY_RULES);
    }

    @Test
    void anEntryTakesNoMoreBytesThanItMay() {
        List<Answers> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(fixture.submit(GroupCoreFixture.reset(i + "v".repeat(250))));
        }
        List<String> values = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            values.add("w".repeat(256));
        }
        answers.add(fixture.submit(new Command.Reset(QuotaKey.of("shop", "large", values))));
        core.flush();

        List<Integer> sizes = new ArrayList<>();
        while (log.size() > 0) {
            FakeLog.Appended entry = log.take(0);
            sizes.add(entry.bytes().length);
            fixture.apply(entry.buffer(), entry.proposal());
        }
        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(0)).isLessThanOrEqualTo(4096);
        assertThat(sizes.get(1)).as("a command that is larger goes alone").isGreaterThan(4096);
        assertThat(answers).allSatisfy(a -> assertThat(a.applied()).isNotNull());
    }

    @Test
    void aNodeThatDoesntLeadSaysWhoDoes() {
        GroupCoreFixture follower = new GroupCoreFixture();
        assertThat(follower.submit(GroupCoreFixture.reset("a")).failure())
                .isEqualTo(new Failure.NotLeader(Optional.empty()));

        follower.core.leaderIs(Optional.of(new NodeId("n2")));

        assertThat(follower.submit(GroupCoreFixture.reset("a")).failure())
                .isEqualTo(new Failure.NotLeader(Optional.of(new NodeId("n2"))));
    }

    @Test
    void aDeposedLeaderRefusesWhatWaitsAndLeavesTheRestToTheLog() {
        Answers inFlight = fixture.submit(GroupCoreFixture.reset("a"));
        core.flush();
        Answers unknown = fixture.submit(GroupCoreFixture.reset("b"));
        core.flush();
        Answers waiting = fixture.submit(GroupCoreFixture.reset("c"));

        core.leaderStopped(Optional.of(new NodeId("n3")));

        assertThat(waiting.failure()).isEqualTo(new Failure.NotLeader(Optional.of(new NodeId("n3"))));
        assertThat(inFlight.count()).isZero();
        FakeLog.Appended second = log.take(1);
        second.proposal().lost(EntryLog.Loss.UNKNOWN, "deposed");
        assertThat(unknown.failure()).isEqualTo(new Failure.Unknown("deposed"));
        fixture.commit();
        assertThat(inFlight.applied()).isNotNull();

        fixture.apply(second.buffer(), second.proposal());
        assertThat(unknown.count()).as("applied after all, and told before").isEqualTo(1);
        assertThat(unknown.applied()).isNull();
    }

    @Test
    void anEntryThatTheLogRefusedWasntExecuted() {
        log.term(2);
        Answers refused = fixture.submit(GroupCoreFixture.reset("a"));
        core.flush();

        assertThat(refused.failure()).isEqualTo(new Failure.NotLeader(Optional.empty()));
        assertThat(core.entriesInFlight()).isZero();
        assertThat(core.counters().entriesLost()).isEqualTo(1);
    }

    /** It is this node that leads, so nobody is to be sent elsewhere. */
    @Test
    void anEntryThatABusyLogRefusedIsToBeTriedAgainHere() {
        Answers refused = fixture.submit(GroupCoreFixture.reset("a"));
        core.flush();
        log.take(0).proposal().lost(EntryLog.Loss.BUSY, "too many tasks");
        assertThat(refused.failure()).isEqualTo(new Failure.Overloaded("the Raft log's queue", 1000));

        Answers tooLate = fixture.submit(GroupCoreFixture.reset("b"));
        core.flush();
        log.take(0).proposal().lost(EntryLog.Loss.NOT_READY, "the group is shutting down");
        assertThat(tooLate.failure()).isEqualTo(new Failure.NotReady("the group is shutting down", 1000));
        assertThat(core.entriesInFlight()).isZero();
    }

    @Test
    void anEntryOfAnotherLeaderIsAppliedAndAnIndexOnlyOnce() {
        LogEntry foreign =
                new LogEntry(GroupCoreFixture.START_MILLIS, 0, List.of(), List.of(new Command.OpenSession("other")));
        ByteBuffer bytes = ByteBuffer.wrap(EntryCodec.encode(foreign));
        long index = fixture.apply(bytes, null);
        core.applyEntry(index, 1, bytes, null, true);

        assertThat(core.sessionCount()).isEqualTo(1);
        assertThat(core.counters().entriesSkipped()).isEqualTo(1);
        Answers skipped = fixture.submit(GroupCoreFixture.reset("a"));
        core.flush();
        core.applyEntry(index, 1, bytes, log.take(0).proposal(), true);
        assertThat(skipped.failure()).isInstanceOf(Failure.Unknown.class);
    }

    @Test
    void readsSeeTheStateAndTheLeadersTime() {
        fixture.submitResets(1);
        core.flush();
        fixture.commit();
        fixture.time.advanceMillis(700);

        long[] seen = core.readAt((view, nowMillis) -> new long[] {view.header().appliedIndex(), nowMillis});

        assertThat(seen).containsExactly(1, GroupCoreFixture.START_MILLIS + 700);
    }

    /** An election takes a while, and then brings the former leader's tail, as old as the election took. */
    @Test
    void logTimeGoesOnOverAnElectionAndIsTheNextLeadersFromItsFirstStamp() {
        GroupCoreFixture follower = new GroupCoreFixture();
        long start = GroupCoreFixture.START_MILLIS;
        follower.core.leaderIs(Optional.of(new NodeId("n2")));
        follower.core.applyEntry(1, 1, stamped(start), null, true);
        follower.core.leaderIs(Optional.empty());
        follower.time.advanceMillis(800);
        follower.core.leaderIs(Optional.of(new NodeId("n3")));
        follower.core.applyEntry(2, 1, stamped(start + 5), null, false);
        assertThat(nowMillis(follower)).as("after the tail").isBetween(start + 799, start + 800);

        follower.core.applyEntry(3, 2, stamped(start + 500), null, true);
        assertThat(nowMillis(follower)).as("the next leader is late by 300 ms").isEqualTo(start + 500);
        follower.core.leaderIs(Optional.empty());
        follower.time.advanceMillis(400);
        follower.core.leaderStarted(3);
        assertThat(nowMillis(follower)).isBetween(start + 899, start + 900);
    }

    @Test
    void aRestoredStatesLeaderIsTheOneWhoseClockCounts(@TempDir Path directory) {
        GroupCoreFixture ahead = new GroupCoreFixture();
        ahead.core.applyEntry(9, 4, stamped(GroupCoreFixture.START_MILLIS - 2000), null, true);
        ahead.core.save(directory).seal();

        GroupCoreFixture late = new GroupCoreFixture();
        late.core.applyEntry(1, 3, stamped(GroupCoreFixture.START_MILLIS - 3000), null, true);
        late.time.advanceMillis(1500);
        late.core.restore(directory);
        assertThat(nowMillis(late)).isEqualTo(GroupCoreFixture.START_MILLIS - 2000);

        GroupCoreFixture restarted = new GroupCoreFixture(ahead.store, GroupCoreFixture.LIMITS);
        restarted.node.wallErrorMillis(3_600_000);
        restarted.core.leaderStarted(5);
        assertThat(nowMillis(restarted)).isEqualTo(GroupCoreFixture.START_MILLIS - 2000);
    }

    private static ByteBuffer stamped(long logTimeMillis) {
        LogEntry entry = new LogEntry(logTimeMillis, 0, List.of(), List.of(GroupCoreFixture.reset("x")));
        return ByteBuffer.wrap(EntryCodec.encode(entry));
    }

    private static long nowMillis(GroupCoreFixture fixture) {
        return fixture.core.readLocal((view, nowMillis) -> nowMillis);
    }

    @Test
    void rulesOfANewVersionAreTold() {
        fixture.submit(new Command.FenceRules(5));
        fixture.submit(new Command.FenceRules(5));
        core.flush();
        fixture.commit();

        assertThat(fixture.rulesVersions).containsExactly(5L);
        assertThat(core.header().rulesVersion()).isEqualTo(5);
    }

    @Test
    void aSnapshotIsTakenOver(@TempDir Path directory) {
        fixture.submit(new Command.OpenSession("client"));
        fixture.submit(new Command.FenceRules(5));
        core.flush();
        fixture.commit();
        SnapshotDraft draft = core.save(directory.resolve("s"));
        assertThat(draft.header().appliedIndex()).isEqualTo(1);
        draft.seal();

        GroupCoreFixture other = new GroupCoreFixture();
        assertThat(other.core.restore(directory.resolve("s")))
                .usingRecursiveComparison()
                .isEqualTo(core.header());

        assertThat(other.core.sessionCount()).isEqualTo(1);
        assertThat(other.rulesVersions).containsExactly(5L);
        assertThat((Long) other.core.readLocal((view, nowMillis) -> nowMillis))
                .isEqualTo(GroupCoreFixture.START_MILLIS);
    }

    @Test
    void aDamagedEntryEndsTheGroupAndItsSubmittersDontKnow() {
        Answers mine = fixture.submit(GroupCoreFixture.reset("a"));
        core.flush();
        Answers next = fixture.submit(GroupCoreFixture.reset("b"));
        core.flush();
        FakeLog.Appended entry = log.take(0);
        entry.bytes()[25] ^= 1;

        assertThatThrownBy(() -> fixture.apply(entry.buffer(), entry.proposal()))
                .isInstanceOf(MalformedEntryException.class);

        assertThat(mine.failure()).isInstanceOf(Failure.Unknown.class);
        assertThat(next.failure()).isInstanceOf(Failure.Unknown.class);
        assertThat(fixture.submit(GroupCoreFixture.reset("c")).failure()).isInstanceOf(Failure.NotReady.class);
        assertThatThrownBy(() -> core.readLocal((view, nowMillis) -> 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("entry 1 of group g1");
        log.take(0).proposal().lost(EntryLog.Loss.UNKNOWN, "shut down");
        core.close();
        assertThat(next.count()).isEqualTo(1);
    }

    @Test
    void aStoreThatFailsEndsTheGroup() {
        MemoryStore store = new MemoryStore();
        GroupCoreFixture broken = new GroupCoreFixture(store, GroupCoreFixture.LIMITS);
        broken.core.leaderStarted(1);
        Answers mine = broken.submit(GroupCoreFixture.reset("a"));
        broken.core.flush();
        store.close();

        FakeLog.Appended entry = broken.log.take(0);
        assertThatThrownBy(() -> broken.apply(entry.buffer(), entry.proposal())).isInstanceOf(StoreException.class);

        assertThat(mine.failure()).isInstanceOf(Failure.Unknown.class);
        assertThat(broken.core.storeSize().memoryBytes()).isZero();
        assertThatThrownBy(() -> broken.apply(entry.buffer(), null)).isInstanceOf(StoreException.class);
    }

    /** Half of an entry may be in what is kept of the sessions, so nothing is flushed after that. */
    @Test
    void anErrorWhileApplyingEndsTheGroupWithoutAFlush() {
        AtomicInteger flushes = new AtomicInteger();
        StateStore store = (StateStore) Proxy.newProxyInstance(
                StateStore.class.getClassLoader(), new Class<?>[] {StateStore.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "commit" -> throw new AssertionError("an error, on purpose");
                        case "flush" -> flushes.incrementAndGet();
                        default -> {}
                    }
                    return method.invoke(new MemoryStore(), arguments);
                });
        GroupCoreFixture broken = new GroupCoreFixture(store, GroupCoreFixture.LIMITS);
        broken.core.leaderStarted(1);
        Answers mine = broken.submit(GroupCoreFixture.reset("a"));
        broken.core.flush();
        FakeLog.Appended entry = broken.log.take(0);
        assertThatThrownBy(() -> broken.apply(entry.buffer(), entry.proposal())).isInstanceOf(AssertionError.class);

        assertThat(mine.failure()).isInstanceOf(Failure.Unknown.class);
        assertThatThrownBy(() -> broken.core.readLocal((view, nowMillis) -> 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("can't be applied");
        broken.core.close();
        assertThat(flushes).hasValue(0);
    }

    @Test
    void aClosedGroupAnswersEverybody() {
        Answers inFlight = fixture.submit(GroupCoreFixture.reset("a"));
        core.flush();
        Answers waiting = fixture.submit(GroupCoreFixture.reset("b"));

        core.close();
        core.close();

        assertThat(inFlight.failure()).isInstanceOf(Failure.Unknown.class);
        assertThat(waiting.failure()).isInstanceOf(Failure.NotReady.class);
        core.leaderStarted(2);
        assertThat(fixture.submit(GroupCoreFixture.reset("c")).failure()).isInstanceOf(Failure.NotReady.class);
        assertThatThrownBy(() -> core.readLocal((view, nowMillis) -> 1)).isInstanceOf(StoreException.class);
    }

    @Test
    void aCompletionThatThrowsDoesntKeepOthersFromTheirAnswers() {
        core.submit(new Submission(GroupCoreFixture.reset("a"), Submission.ANY_RULES, List.of(), new Thrower()));
        Answers next = fixture.submit(GroupCoreFixture.reset("b"));
        core.flush();
        fixture.commit();

        assertThat(next.applied()).isNotNull();
        core.leaderStopped(Optional.empty());
        core.submit(new Submission(GroupCoreFixture.reset("a"), Submission.ANY_RULES, List.of(), new Thrower()));
        assertThat(core.queuedCommands()).isZero();
    }

    @Test
    void aCompletionMaySubmitAgain() {
        Answers second = new Answers();
        core.submit(new Submission(GroupCoreFixture.reset("a"), Submission.ANY_RULES, List.of(), new Completion() {
            @Override
            public void applied(Applied applied) {
                core.submit(new Submission(GroupCoreFixture.reset("b"), Submission.ANY_RULES, List.of(), second));
                core.flush();
            }

            @Override
            public void failed(Failure failure) {
                throw new AssertionError(failure.toString());
            }
        }));
        core.flush();
        fixture.commitAll();

        assertThat(second.applied()).isNotNull();
    }

    @Test
    void whatBreaksABoundOfTheLogIsRefusedInTheCall() {
        assertThatThrownBy(() -> fixture.submit(new Command.OpenSession("x".repeat(65))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(core.queuedCommands()).isZero();
    }

    @Test
    void entriesThatStandStillAreReported() {
        fixture.time.advanceMillis(50_000);
        assertThat(core.tick()).isEqualTo(new GroupProgress(0, 0, 0, Optional.empty()));
        fixture.submitResets(1);
        assertThat(core.tick()).as("a tick flushes").isEqualTo(new GroupProgress(0, 1, 0, Optional.empty()));

        fixture.time.advanceMillis(6000);
        assertThat(core.tick().standstillMillis()).isEqualTo(6000);
        fixture.submitResets(1);
        core.flush();
        fixture.commit();
        assertThat(core.tick()).isEqualTo(new GroupProgress(0, 1, 0, Optional.empty()));
        fixture.time.advanceMillis(10);
        assertThat(core.tick().standstillMillis()).isEqualTo(10);
        fixture.commit();
        assertThat(core.tick()).isEqualTo(new GroupProgress(0, 0, 0, Optional.empty()));
    }

    private static final class Thrower implements Completion {
        @Override
        public void applied(Applied applied) {
            throw new IllegalStateException("thrown on purpose");
        }

        @Override
        public void failed(Failure failure) {
            throw new IllegalStateException("thrown on purpose");
        }
    }

    /** So that a cluster's nodes together count each token once, whoever leads. */
    @Test
    void leasedTokensAreCountedWhereTheEntryWasAppended() {
        GroupCoreFixture leader = GroupCoreFixture.leading();
        GroupCoreFixture follower = new GroupCoreFixture();
        QuotaKey key = QuotaKey.of("shop", "per-client", List.of("k"));
        leader.submit(new Command.OpenSession("holder"));
        leader.submit(
                new Command.RenewLease(1, key, 7, 1, 1, 0, 0, 1, 4, 500),
                Submission.ANY_RULES,
                List.of(GroupCoreFixture.TEN_A_SECOND));
        leader.core.flush();
        while (leader.log.size() > 0) {
            FakeLog.Appended entry = leader.log.take(0);
            follower.apply(entry.buffer(), null);
            leader.apply(entry.buffer(), entry.proposal());
        }
        assertThat(leader.core.counters().leases()).isEqualTo(new LeaseFlow(5, 1, 0, 0, 0));
        assertThat(follower.core.counters().leases()).isEqualTo(LeaseFlow.NONE);
        assertThat(leader.core.header().leasedTokens()).isEqualTo(4);
        assertThat(follower.core.header().leasedTokens()).isEqualTo(4);
    }
}

package io.quorate.raft.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.storage.memory.MemoryStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SweeperTest {
    private final GroupCoreFixture fixture =
            new GroupCoreFixture(new MemoryStore(), new BatchLimits(512, 1 << 18, 2, 10_000));

    SweeperTest() {
        fixture.core.leaderStarted(1);
    }

    @Test
    void anEmptyGroupIsStampedNowAndThen() {
        tickAndCommit(Sweeper.EMPTY_TICKS - 1);
        assertThat(fixture.core.counters().sweepsProposed()).isZero();
        long before = fixture.core.header().logTimeMillis();

        fixture.time.advanceMillis(1_000);
        tickAndCommit(2 * Sweeper.EMPTY_TICKS);
        assertThat(fixture.core.counters().sweepsProposed()).isEqualTo(2);
        assertThat(fixture.core.header().logTimeMillis()).isGreaterThan(before);
    }

    @Test
    void countersThatBecameFreshAndSessionsThatExpiredAreRemovedInAnySize() {
        long session = openSession();
        for (int i = 0; i < 2500; i++) {
            fixture.submit(
                    GroupCoreFixture.acquire(session, 1 + i, 1, "k" + i), 0, List.of(GroupCoreFixture.TEN_A_SECOND));
        }
        fixture.core.flush();
        fixture.commitAll();
        assertThat(fixture.core.header().counters()).isEqualTo(2500);

        fixture.time.advanceMillis(10_000);
        fixture.core.tick();
        fixture.commitAll();

        assertThat(fixture.core.header().counters()).as("within one tick").isZero();
        fixture.time.advanceMillis(60_000);
        tickAndCommit(10);
        assertThat(fixture.core.sessionCount()).isZero();
    }

    @Test
    void aGroupWithoutRowsIsSweptUntilItsLimitsAreGone() {
        long session = openSession();
        fixture.submit(GroupCoreFixture.acquire(session, 1, 1, "k"), 0, List.of(GroupCoreFixture.TEN_A_SECOND));
        fixture.core.flush();
        fixture.commitAll();
        tickAndCommit(3);
        assertThat(fixture.store.limits()).containsExactly(GroupCoreFixture.TEN_A_SECOND);

        fixture.submit(new Command.CloseSession(session));
        fixture.core.flush();
        fixture.commitAll();
        fixture.time.advanceMillis(10_000);
        tickAndCommit(20);
        assertThat(fixture.store.limits()).isEmpty();
        long sweeps = fixture.core.counters().sweepsProposed();
        tickAndCommit(20);
        assertThat(fixture.core.counters().sweepsProposed())
                .as("nothing is left to sweep")
                .isEqualTo(sweeps);
    }

    @Test
    void sweepsThatFindNothingComeEverMoreSeldom() {
        openSession();
        tickAndCommit(8);
        long early = fixture.core.counters().sweepsProposed();
        tickAndCommit(80);
        long late = fixture.core.counters().sweepsProposed() - early;

        assertThat(early).isBetween(3L, 5L);
        assertThat(late).isEqualTo(10);
    }

    @Test
    void oneSweepIsUnderWayAtATimeAndALostOneIsTriedAgain() {
        openSession();
        for (int i = 0; i < 30; i++) {
            fixture.core.tick();
        }
        assertThat(fixture.log.size()).isEqualTo(1);

        fixture.log.take(0).proposal().lost(EntryLog.Loss.UNKNOWN, "lost");
        fixture.core.tick();
        assertThat(fixture.log.size()).isEqualTo(1);
    }

    @Test
    void aBusyGroupIsSweptSeldomButIs() {
        openSession();
        fixture.submitResets(1);
        fixture.core.flush();
        fixture.submitResets(1);
        fixture.core.flush();
        fixture.submitResets(400);

        for (int i = 0; i < Sweeper.BUSY_TICKS_MAX - 1; i++) {
            fixture.core.tick();
        }
        assertThat(fixture.core.counters().sweepsProposed()).isZero();
        fixture.core.tick();
        assertThat(fixture.core.counters().sweepsProposed()).isEqualTo(1);
    }

    @Test
    void aFollowerDoesntSweep() {
        openSession();
        fixture.core.leaderStopped(Optional.empty());
        tickAndCommit(20);

        assertThat(fixture.core.counters().sweepsProposed()).isZero();
    }

    private long openSession() {
        Answers opened = fixture.submit(new Command.OpenSession("client"));
        fixture.core.flush();
        fixture.commit();
        return ((Outcome.SessionOpened) opened.applied().outcome()).sessionId();
    }

    private void tickAndCommit(int count) {
        for (int i = 0; i < count; i++) {
            fixture.core.tick();
            fixture.commitAll();
        }
    }
}

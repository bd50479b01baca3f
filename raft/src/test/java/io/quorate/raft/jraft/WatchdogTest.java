package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.raft.apply.GroupProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What is reported, and when, by a clock that the test moves. */
final class WatchdogTest {
    private static final long STUCK_MILLIS = 10_000;

    private final FakeGroup group = new FakeGroup();
    private final LinkedBlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private final List<Runnable> background = new ArrayList<>();
    private final Watchdog watchdog = new Watchdog(group, STUCK_MILLIS, new FatalReport(reports::add), background::add);
    private long nowMillis = 1_000_000;

    /** Seconds pass, one look in each. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nowMillis += 1000;
            if (group.standsStill) {
                group.standstillMillis += 1000;
            }
            watchdog.look(TimeUnit.MILLISECONDS.toNanos(nowMillis));
        }
    }

    private void assertReported(String text) {
        Awaitility.await().until(() -> !reports.isEmpty());
        assertThat(reports)
                .singleElement()
                .asString()
                .startsWith("group g1 of node n1: ")
                .contains(text);
    }

    private void assertQuiet() {
        assertThat(reports).isEmpty();
        assertThat(background).isEmpty();
    }

    @Test
    void aGroupThatGetsOnOrHasNothingToDoIsLeftAlone() {
        pass(100);
        group.committed = 5;
        for (int i = 0; i < 100; i++) {
            group.committed++;
            group.applied++;
            pass(3);
        }
        assertQuiet();
    }

    @Test
    void aGroupInItsErrorStateIsReportedAtOnce() {
        group.inErrorState = true;
        pass(1);
        assertReported("error state");
    }

    @Test
    void aGroupThatCanTakeNoMoreCommandsIsReportedAtOnce() {
        group.leading = true;
        group.failure = Optional.of("an entry couldn't be sealed");
        pass(1);
        assertReported("an entry couldn't be sealed");
    }

    @Test
    void aFollowerWhoseApplyThreadHangsIsReported() {
        group.committed = 5;
        pass(11);
        assertQuiet();
        pass(1);
        assertReported("entries after 0 are committed, but none was applied");
    }

    @Test
    void aSnapshotThatTakesLongIsNoReasonNorIsItsEnd() {
        group.leading = true;
        group.committed = 5;
        group.standsStill = true;
        group.saving = true;
        pass(100);
        assertQuiet();
        group.saving = false;
        pass(9);
        assertQuiet();
        group.applied = 5;
        group.standsStill = false;
        group.standstillMillis = 0;
        pass(100);
        assertQuiet();
    }

    @Test
    void whatStandsStillAfterASnapshotIsReportedAsEver() {
        group.committed = 5;
        group.saving = true;
        pass(100);
        group.saving = false;
        pass(10);
        assertQuiet();
        pass(1);
        assertReported("none was applied");
    }

    @Test
    void aSnapshotThatIsNeverDoneIsReported() {
        group.saving = true;
        pass(601);
        assertQuiet();
        pass(1);
        assertReported("a snapshot isn't written");
    }

    @Test
    void aSnapshotMayTakeAnyTimeToLoad() {
        group.committed = 5;
        group.loading = true;
        pass(10_000);
        assertQuiet();
    }

    @Test
    void aStuckLeaderAsksAnotherMemberFirst() {
        group.leading = true;
        group.standsStill = true;
        pass(11);
        assertThat(background).hasSize(1);
        background.remove(0).run();
        assertThat(group.handOvers).isEqualTo(1);
        group.leading = false;
        group.standsStill = false;
        pass(100);
        assertQuiet();
    }

    @Test
    void aStuckLeaderThatNobodyRelievesIsReported() {
        group.leading = true;
        group.standsStill = true;
        pass(11);
        background.remove(0).run();
        pass(4);
        assertQuiet();
        pass(1);
        assertReported("none was committed for 16000 ms");
    }

    @Test
    void aLeaderThatIsStuckAgainAsksAgain() {
        group.leading = true;
        group.standsStill = true;
        pass(11);
        group.standsStill = false;
        group.standstillMillis = 0;
        pass(1);
        group.standsStill = true;
        pass(11);
        assertThat(background).hasSize(2);
        assertThat(reports).isEmpty();
    }

    /** A deposed leader whose apply thread hangs is of no use, though the group gets on. */
    @Test
    void aHangingApplyThreadIsReportedThoughAnotherLeadsNow() {
        group.leading = true;
        group.committed = 5;
        pass(12);
        background.remove(0).run();
        group.leading = false;
        pass(4);
        assertQuiet();
        pass(1);
        assertReported("none was applied");
    }

    /** Its lock is held: nothing else is known of it, and another member can't be asked. */
    @Test
    void aRaftThatDoesntAnswerIsReported() {
        group.leading = true;
        group.unanswered = STUCK_MILLIS;
        pass(100);
        assertQuiet();
        group.unanswered = STUCK_MILLIS + 1;
        pass(1);
        assertReported("Raft hasn't said for 10001 ms how far it is");
        assertThat(background).isEmpty();
    }

    private static final class FakeGroup implements Watched {
        private boolean inErrorState;
        private boolean leading;
        private boolean saving;
        private boolean loading;
        private boolean standsStill;
        private long standstillMillis;
        private long unanswered;
        private long committed;
        private long applied;
        private int handOvers;
        private Optional<String> failure = Optional.empty();

        @Override
        public String name() {
            return "group g1 of node n1";
        }

        @Override
        public GroupProgress tick() {
            return new GroupProgress(0, 1, standstillMillis, failure);
        }

        @Override
        public boolean isInErrorState() {
            return inErrorState;
        }

        @Override
        public boolean isLeader() {
            return leading;
        }

        @Override
        public long unansweredMillis() {
            return unanswered;
        }

        @Override
        public long committedIndex() {
            return committed;
        }

        @Override
        public long appliedIndex() {
            return applied;
        }

        @Override
        public boolean isSaving() {
            return saving;
        }

        @Override
        public boolean isLoading() {
            return loading;
        }

        @Override
        public Optional<String> handOver() {
            handOvers++;
            return Optional.empty();
        }
    }
}

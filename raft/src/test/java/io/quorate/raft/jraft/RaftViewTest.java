package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RaftViewTest {
    private final List<Runnable> questions = new ArrayList<>();
    private long committed = 5;
    private long applied = 3;
    private long nowMillis = 1000;
    private boolean ended;

    private final RaftView view = new RaftView(
            () -> answer(committed),
            () -> answer(applied),
            () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
            questions::add);

    private long answer(long index) {
        if (ended) {
            throw new IllegalStateException("the node is not active");
        }
        return index;
    }

    @Test
    void whatRaftAnswersIsKnownUntilItAnswersAnew() {
        view.refresh();
        assertThat(view.committedIndex()).isZero();
        questions.remove(0).run();
        assertThat(view.committedIndex()).isEqualTo(5);
        assertThat(view.appliedIndex()).isEqualTo(3);
        assertThat(view.unansweredMillis()).isZero();
        committed = 9;
        assertThat(view.committedIndex()).isEqualTo(5);
    }

    @Test
    void aQuestionThatIsNeverAnsweredIsNotAskedAgainAndItsAgeIsTold() {
        view.refresh();
        nowMillis += 4000;
        view.refresh();
        nowMillis += 3000;
        assertThat(questions).hasSize(1);
        assertThat(view.unansweredMillis()).isEqualTo(7000);
        questions.remove(0).run();
        assertThat(view.unansweredMillis()).isZero();
        view.refresh();
        assertThat(questions).hasSize(1);
    }

    @Test
    void aRaftThatEndedLooksIdle() {
        view.refresh();
        questions.remove(0).run();
        ended = true;
        view.refresh();
        questions.remove(0).run();
        assertThat(view.unansweredMillis()).isZero();
        assertThat(view.committedIndex()).isEqualTo(view.appliedIndex());
    }
}

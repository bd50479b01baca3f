package io.quorate.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.api.Result.Position;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Plants one violation of each kind; a checker that misses it fails here. */
final class GrantHistoryTest {
    private static final Limit BUCKET = new Limit(Algorithm.GCRA, 10, 1_000, 2);
    private static final Limit WINDOW = Limit.of(Algorithm.FIXED_WINDOW, 2, 1_000);
    private static final Limit LOG = Limit.of(Algorithm.SLIDING_LOG, 2, 1_000);

    private final GrantHistory history = new GrantHistory();

    @Test
    void aLegalHistoryHasNoViolations() {
        grant("bucket", 1, 0, 0);
        grant("bucket", 2, 0, 0);
        grant("bucket", 3, 0, 100);
        grant("bucket", 4, 0, 300);
        grant("bucket", 5, 0, 300);
        assertThat(violations(BUCKET)).isEmpty();
    }

    @Test
    void oneTokenTooManyFromABucketIsFound() {
        grant("bucket", 1, 0, 0);
        grant("bucket", 2, 0, 0);
        grant("bucket", 3, 0, 99);
        assertThat(violations(BUCKET)).hasSize(1).first().asString().startsWith("S1");
    }

    @Test
    void aBucketIsBoundOverEveryWindowNotJustFromTheStart() {
        grant("bucket", 1, 0, 0);
        grant("bucket", 2, 0, 10_000);
        grant("bucket", 3, 0, 10_000);
        grant("bucket", 4, 0, 10_000);
        assertThat(violations(BUCKET)).hasSize(1);
    }

    @Test
    void oneTooManyInAWindowIsFound() {
        grant("window", 1, 0, 999);
        grant("window", 2, 0, 1_000);
        grant("window", 3, 0, 1_500);
        assertThat(violations(WINDOW)).isEmpty();
        grant("window", 4, 0, 1_999);
        assertThat(violations(WINDOW)).hasSize(1).first().asString().startsWith("S1");
    }

    @Test
    void oneTooManyInASlidingPeriodIsFound() {
        grant("log", 1, 0, 500);
        grant("log", 2, 0, 900);
        grant("log", 3, 0, 1_500);
        assertThat(violations(LOG)).isEmpty();
        grant("log", 4, 0, 1_899);
        assertThat(violations(LOG)).hasSize(1);
    }

    @Test
    void twoGrantsAtOnePositionAreFound() {
        grant("window", 1, 0, 0);
        grant("window", 1, 0, 0);
        assertThat(violations(WINDOW)).hasSize(1).first().asString().startsWith("S4");
    }

    @Test
    void logTimeThatGoesBackIsFound() {
        grant("window", 1, 0, 100);
        grant("window", 2, 0, 99);
        assertThat(violations(WINDOW)).hasSize(1).first().asString().startsWith("S5");
    }

    @Test
    void anOrderAgainstRealTimeIsFound() {
        history.add(new GrantHistory.Grant("window", 1, new Position(1, 1, 0, 100, 1), 50, 60));
        history.add(new GrantHistory.Grant("window", 1, new Position(1, 2, 0, 100, 1), 10, 20));
        assertThat(violations(WINDOW)).hasSize(1).first().asString().startsWith("S8");
    }

    private List<String> violations(Limit limit) {
        return history.violations(Map.of("bucket", limit, "window", limit, "log", limit));
    }

    private void grant(String key, long index, int position, long logTimeMillis) {
        history.add(new GrantHistory.Grant(key, 1, new Position(1, index, position, logTimeMillis, 1), 0, 1_000));
    }
}

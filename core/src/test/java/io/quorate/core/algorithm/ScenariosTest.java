package io.quorate.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Meter.Refund;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Fresh;
import io.quorate.core.quota.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the scripts in {@code src/test/resources/scenarios}: what is left of an arrow is done, what is right of it
 * must be the answer, to the letter. They are written to be read.
 *
 * <pre>
 * limit ALGORITHM amount N period MILLIS [burst N]      the first limit
 * at MILLIS limit ...                                    the limit changes
 * at MILLIS take N [as NAME] -&gt; granted remaining N reset MILLIS
 * at MILLIS take N [as NAME] -&gt; denied remaining N retry MILLIS|never reset MILLIS
 * at MILLIS refund N of NAME -&gt; refunded N
 * at MILLIS used -&gt; N
 * </pre>
 */
final class ScenariosTest {
    private static final Path FOLDER = Path.of("src/test/resources/scenarios");

    @TestFactory
    Stream<DynamicTest> scenarios() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(FOLDER)) {
            files = listed.sorted().toList();
        }
        assertThat(files).hasSize(Algorithm.values().length);
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
    }

    private static void run(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<String> answered = new ArrayList<>();
        Counter counter = new Counter();
        for (String line : lines) {
            boolean silent = line.isBlank() || line.startsWith("#");
            answered.add(silent ? line : counter.answered(line));
        }
        assertThat(String.join("\n", answered)).isEqualTo(String.join("\n", lines));
    }

    /** One counter that is spoken to in lines. */
    private static final class Counter {
        private record Grant(ChargeId id, long atMillis) {}

        private final Map<String, Grant> grants = new HashMap<>();
        private Meter meter = Meter.of(Limit.of(Algorithm.FIXED_WINDOW, 1, 1));
        private CounterState state = Fresh.INSTANCE;
        private long sequence;

        /** The line as it should have been written: with the answer that is really given. */
        String answered(String line) {
            String asked = line.split(" -> ")[0];
            List<String> words = List.of(asked.split(" +"));
            if (words.get(0).equals("limit")) {
                meter = Meter.of(limit(words));
                return asked;
            }
            assertThat(words.get(0)).as(line).isEqualTo("at");
            long now = Long.parseLong(words.get(1));
            List<String> rest = words.subList(2, words.size());
            return switch (rest.get(0)) {
                case "take" -> asked + " -> " + take(now, rest);
                case "refund" -> asked + " -> refunded " + refund(now, rest);
                case "used" -> asked + " -> " + meter.used(state, now);
                case "limit" -> {
                    Meter next = Meter.of(limit(rest));
                    state = next.adopt(meter, state, now);
                    meter = next;
                    yield asked;
                }
                default -> throw new IllegalArgumentException("a line that means nothing: " + line);
            };
        }

        private String take(long now, List<String> words) {
            ChargeId id = new ChargeId(1, ++sequence);
            Verdict verdict = meter.acquire(state, now, Long.parseLong(words.get(1)), id);
            state = verdict.next();
            if (words.size() > 2) {
                grants.put(words.get(3), new Grant(id, now));
            }
            long retry = verdict.retryAfterMillis();
            return (verdict.allowed() ? "granted" : "denied") + " remaining " + verdict.remaining()
                    + (verdict.allowed() ? "" : " retry " + (retry == Verdict.NEVER ? "never" : retry))
                    + " reset " + verdict.resetAfterMillis();
        }

        private long refund(long now, List<String> words) {
            Grant grant = grants.get(words.get(3));
            assertThat(grant).as("a take as %s", words.get(3)).isNotNull();
            Refund refund = meter.refund(state, now, Long.parseLong(words.get(1)), grant.atMillis(), grant.id());
            state = refund.next();
            return refund.refunded();
        }

        private static Limit limit(List<String> words) {
            Algorithm algorithm = Algorithm.ofLabel(words.get(1)).orElseThrow();
            long amount = Long.parseLong(words.get(3));
            long period = Long.parseLong(words.get(5));
            return words.size() > 6
                    ? new Limit(algorithm, amount, period, Long.parseLong(words.get(7)))
                    : Limit.of(algorithm, amount, period);
        }
    }
}

package io.quorate.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Answer.Status;
import io.quorate.chaos.history.Asked.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again, also if the harness was killed at any byte. */
final class HistoryTest {
    @TempDir
    private Path folder;

    private final List<Operation> operations = new ArrayList<>();
    private final List<FaultRecord> faults = new ArrayList<>();
    private final List<Sighting> sightings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @Test
    void everyFieldOfRandomOperationsComesBack() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<Operation> written = new ArrayList<>();
        try (History history = History.create(folder)) {
            for (int i = 0; i < 500; i++) {
                Asked asked = asked(random);
                long at = random.nextLong() >> 1;
                long number = history.invoke("p" + i % 7, at, asked);
                Answer answer = answer(random, at + random.nextLong(1L << 40));
                history.complete(number, answer);
                written.add(new Operation(number, "p" + i % 7, at, asked, answer));
            }
        }
        read(folder.resolve(History.FILE));
        assertThat(operations).isEqualTo(written);
    }

    @Test
    void whatWasNeverAnsweredComesLastAndIsUnknown() {
        try (History history = History.create(folder)) {
            history.invoke("a", 5, Asked.acquire("shop", List.of("shop/r/1"), 2));
            long second = history.invoke("b", 6, Asked.of(Kind.PEEK, "shop", List.of()));
            history.complete(second, Answer.done(7, true, 3));
        }
        read(folder.resolve(History.FILE));
        assertThat(operations).extracting(Operation::number).containsExactly(2L, 1L);
        assertThat(operations.get(1).isInfo()).isTrue();
        assertThat(operations.get(1).returnedNanos()).isEqualTo(Operation.NEVER);
    }

    @Test
    void faultsSightingsAndNotesComeBack() {
        TreeMap<String, String> how = new TreeMap<>();
        how.put("group", "2");
        Sighting seen = new Sighting(1, 2, "n1", 2, "leader", 7, 100, 99, -5, 1_000);
        try (History history = History.create(folder)) {
            history.note("seed", "42");
            long open = history.faultStarted("pause", List.of("n1", "n2"), how, 9, 10);
            long over = history.faultStarted("kill-leader", List.of("n3"), new TreeMap<>(), 9, 11);
            history.sighting(seen);
            history.faultStopped(over, 12);
            assertThat(open).isEqualTo(1);
        }
        read(folder.resolve(History.FILE));
        assertThat(faults)
                .containsExactly(
                        new FaultRecord(2, "kill-leader", List.of("n3"), new TreeMap<>(), 9, 11, 12),
                        new FaultRecord(1, "pause", List.of("n1", "n2"), how, 9, 10, Operation.NEVER));
        assertThat(sightings).containsExactly(seen);
        assertThat(notes).containsExactly("seed=42");
    }

    @Test
    void aFileThatEndsAtAnyByteIsReadUpToItsLastWholeLine() throws IOException {
        try (History history = History.create(folder)) {
            for (int i = 0; i < 3; i++) {
                long number = history.invoke("p", i, Asked.acquire("s", List.of("s/r/é"), 1));
                history.complete(number, Answer.done(i + 1, true, 0));
            }
        }
        byte[] whole = Files.readAllBytes(folder.resolve(History.FILE));
        Path cut = folder.resolve("cut.jsonl");
        for (int end = 0; end <= whole.length; end++) {
            Files.write(cut, Arrays.copyOf(whole, end));
            operations.clear();
            read(cut);
            long lines = new String(whole, 0, end, StandardCharsets.UTF_8)
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            assertThat(operations).as("at byte %d", end).hasSize((int) (lines + 1) / 2);
            assertThat(operations.stream().filter(Operation::isOk)).hasSize((int) lines / 2);
        }
    }

    @Test
    void aLineThatIsNoneIsNamed() throws IOException {
        Path file = folder.resolve("bad.jsonl");
        Files.writeString(file, "{\"what\":\"note\",\"name\":\"a\",\"value\":\"b\"}\n{\"what\":\"end\",\"seq\":3}\n");
        assertThatThrownBy(() -> read(file)).hasMessageContaining("bad.jsonl:2");
    }

    @Test
    void manyThreadsWriteOneHistory() throws InterruptedException {
        try (History history = History.create(folder)) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                String process = "p" + t;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 500; i++) {
                        long number = history.invoke(process, i, Asked.acquire("s", List.of("s/r"), 1));
                        history.complete(number, Answer.done(i, true, 0));
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        read(folder.resolve(History.FILE));
        operations.sort(Comparator.comparingLong(Operation::number));
        assertThat(operations).hasSize(2_000).allMatch(Operation::isOk);
        assertThat(operations.get(1_999).number()).isEqualTo(2_000);
    }

    private void read(Path file) {
        HistoryReader.read(file, new HistoryVisitor() {
            @Override
            public void operation(Operation operation) {
                operations.add(operation);
            }

            @Override
            public void fault(FaultRecord fault) {
                faults.add(fault);
            }

            @Override
            public void sighting(Sighting sighting) {
                sightings.add(sighting);
            }

            @Override
            public void note(String name, String value) {
                notes.add(name + "=" + value);
            }
        });
    }

    private static Asked asked(SplittableRandom random) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        List<String> keys = random.nextBoolean() ? List.of() : List.of("shop/a/\"x\"", "shop/b/ü\n");
        return new Asked(
                kind, text(random), keys, random.nextLong(1L << 30), id(random), id(random), random.nextInt(3));
    }

    private static Answer answer(SplittableRandom random, long at) {
        Status status = Status.values()[random.nextInt(3)];
        List<CounterResult> results = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            results.add(new CounterResult(
                    text(random),
                    random.nextBoolean(),
                    random.nextBoolean(),
                    random.nextLong(9),
                    -1,
                    random.nextLong()));
        }
        Place place = random.nextBoolean()
                ? Place.NONE
                : new Place(random.nextInt(9), random.nextLong(), random.nextInt(512), random.nextLong(), 3);
        return new Answer(
                at,
                status,
                random.nextBoolean(),
                text(random),
                id(random),
                place,
                random.nextLong(5),
                random.nextLong(5),
                results,
                text(random),
                status == Status.OK ? "" : "why " + text(random));
    }

    private static RequestId id(SplittableRandom random) {
        return random.nextBoolean() ? RequestId.NONE : new RequestId(random.nextInt(9), random.nextLong(), 4);
    }

    private static String text(SplittableRandom random) {
        return List.of("", "x", "a b", "\u00e4\u2028\\").get(random.nextInt(4));
    }
}

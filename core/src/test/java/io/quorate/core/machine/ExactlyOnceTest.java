package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.Acquire;
import io.quorate.core.command.Command.Refund;
import io.quorate.core.command.Outcome.Acquired;
import io.quorate.core.command.Outcome.Reason;
import io.quorate.core.command.Outcome.Refunded;
import io.quorate.core.command.Outcome.Refused;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Books kept outside of the machine: requests that are repeated and reordered at random cost what their first
 * answers say, on all of their counters, and never more than the limit.
 */
final class ExactlyOnceTest {
    private static final int SESSIONS = 3;
    private static final int REQUESTS = 80;
    private static final long AMOUNT = 60;
    private static final int DELAY_MAX = 40;

    @Test
    void whatIsUsedIsWhatWasAnswered() {
        long first = Long.getLong("seed", 77);
        for (long seed = first; seed < first + 60; seed++) {
            new Books(new Random(seed), "-Dseed=" + seed).check();
        }
    }

    /** A request's name. */
    private record Id(long session, long sequence) implements Comparable<Id> {
        @Override
        public int compareTo(Id other) {
            return session != other.session
                    ? Long.compare(session, other.session)
                    : Long.compare(sequence, other.sequence);
        }
    }

    /** One history and its books. */
    private static final class Books {
        private final Random random;
        private final String seed;
        private final Group group = new Group(MachineLimits.DEFAULT);
        private final int limit = group.limit(Limit.of(Algorithm.FIXED_WINDOW, AMOUNT, 1_000_000_000));
        private final Map<Id, Acquire> acquires = new TreeMap<>();
        private final Map<Id, Refund> refunds = new TreeMap<>();
        private final Map<Id, Applied> decided = new TreeMap<>();

        Books(Random random, String seed) {
            this.random = random;
            this.seed = seed;
        }

        void check() {
            List<Command> delivered = deliveries();
            while (!delivered.isEmpty()) {
                int size = Math.min(delivered.size(), 1 + random.nextInt(30));
                List<Command> some = delivered.subList(0, size);
                List<Applied> answers = group.apply(some.toArray(Command[]::new));
                for (int i = 0; i < size; i++) {
                    book(some.get(i), answers.get(i));
                }
                some.clear();
                group.advance(random.nextInt(20));
                checkUsed();
            }
            assertThat(decided.values()).as(seed).anyMatch(a -> a.outcome() instanceof Refunded);
            assertThat(decided.values()).as(seed).anyMatch(a -> a.outcome() instanceof Acquired x && !x.allowed());
        }

        /** Every request one to three times, each time delayed at random. */
        private List<Command> deliveries() {
            Map<Long, List<Command>> byTime = new TreeMap<>();
            for (int s = 0; s < SESSIONS; s++) {
                long session = group.open();
                for (long sequence = 1; sequence <= REQUESTS; sequence++) {
                    Command command = request(new Id(session, sequence));
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        byTime.computeIfAbsent(sequence + random.nextInt(DELAY_MAX), t -> new ArrayList<>())
                                .add(command);
                    }
                }
            }
            List<Command> all = new ArrayList<>();
            byTime.values().forEach(some -> {
                Collections.shuffle(some, random);
                all.addAll(some);
            });
            return all;
        }

        private Command request(Id id) {
            if (id.sequence() > 1 && random.nextInt(4) == 0) {
                long acquire = Math.max(1, id.sequence() - 1 - random.nextInt(20));
                Refund refund = new Refund(id.session(), id.sequence(), 0, acquire, 1 + random.nextInt(5));
                refunds.put(id, refund);
                return refund;
            }
            List<Charge> charges = new ArrayList<>();
            for (String key : List.of("a", "b", "c")) {
                if (random.nextInt(2) == 0) {
                    charges.add(random.nextInt(3) == 0 ? Group.shadow(key, limit) : Group.charge(key, limit));
                }
            }
            Acquire acquire = new Acquire(id.session(), id.sequence(), 0, 7, 1 + random.nextInt(5), charges);
            acquires.put(id, acquire);
            return acquire;
        }

        private void book(Command command, Applied answer) {
            if (answer.outcome() instanceof Refused refused) {
                assertThat(refused.reason()).as(seed).isEqualTo(Reason.NOTHING_TO_REFUND);
                return;
            }
            Id id = command instanceof Acquire acquire
                    ? new Id(acquire.sessionId(), acquire.sequence())
                    : new Id(((Refund) command).sessionId(), ((Refund) command).sequence());
            assertThat(decided.computeIfAbsent(id, unused -> answer)).as(seed).isEqualTo(answer);
        }

        private void checkUsed() {
            Map<QuotaKey, Long> used = new TreeMap<>();
            decided.forEach((id, answer) -> {
                if (answer.outcome() instanceof Acquired acquired && acquired.allowed()) {
                    add(used, acquires.get(id), acquired, acquires.get(id).cost());
                } else if (answer.outcome() instanceof Refunded refunded) {
                    Id target = new Id(id.session(), refunds.get(id).acquireSequence());
                    Acquired granted = (Acquired) decided.get(target).outcome();
                    add(used, acquires.get(target), granted, -refunded.refunded());
                }
            });
            for (String name : List.of("a", "b", "c")) {
                long expected = used.getOrDefault(Group.key(name), 0L);
                CounterRow row = group.state.counter(Group.key(name));
                long actual = row.isFresh()
                        ? 0
                        : Meter.of(group.state.limit(limit).orElseThrow()).used(row.state(), group.nowMillis());
                assertThat(actual).as(seed).isEqualTo(expected).isBetween(0L, AMOUNT);
            }
        }

        private static void add(Map<QuotaKey, Long> used, Acquire acquire, Acquired acquired, long tokens) {
            for (int i = 0; i < acquire.charges().size(); i++) {
                if (acquired.results().get(i).allowed()) {
                    used.merge(acquire.charges().get(i).key(), tokens, Long::sum);
                }
            }
        }
    }
}

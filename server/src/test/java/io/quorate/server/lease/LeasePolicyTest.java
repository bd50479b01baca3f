package io.quorate.server.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.quorate.core.command.Outcome;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The leader's half of the policy against a bucket in the test's memory, in the test's own time. */
class LeasePolicyTest {
    private static final QuotaKey KEY = QuotaKey.of("shop", "all", List.of());
    private static final Limit THOUSAND_A_SECOND = Limit.of(Algorithm.GCRA, 1_000, 1_000);

    private final LeasePolicy policy = new LeasePolicy(LeaseSettings.DEFAULT);
    private long nowNanos = 1;
    private double available = 1_000;
    private double outstanding;
    private final SplittableRandom random = new SplittableRandom(5);

    private void pass(long millis) {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
        // The bucket refills up to what isn't out.
        available = Math.min(Math.max(0, 1_000 - outstanding), available + millis);
    }

    private LeasePolicy.Renewal renewal(long session, long need, long want, double rate) {
        return new LeasePolicy.Renewal(session, 1, 0, THOUSAND_A_SECOND, 0, 0, need, want, (long) (rate * 1000), 0);
    }

    private Outcome.LeaseRenewed said(long granted, long held) {
        return new Outcome.LeaseRenewed(granted, 0, 3_000, (long) available, (long) outstanding, held, 0, 0);
    }

    private record Got(long granted, Ask ask, Hint hint) {}

    private Got renew(LeasePolicy.Renewal renewal) {
        return renew(renewal, 0);
    }

    private Got renew(LeasePolicy.Renewal renewal, long heldBefore) {
        Ask ask = policy.ask(KEY, renewal, nowNanos);
        long granted = Math.min(ask.need() + ask.want(), (long) available);
        available -= granted;
        outstanding += granted - Math.min(ask.need(), granted);
        Hint hint = policy.answered(KEY, renewal, said(granted, heldBefore + granted), nowNanos);
        return new Got(granted, ask, hint);
    }

    @Test
    void whereThereIsPlentyAClientGetsWhatItWants() {
        Got got = renew(renewal(1, 1, 100, 100));
        assertThat(got.granted()).isEqualTo(101);
        assertThat(got.ask().need()).isEqualTo(1);
        assertThat(got.hint().contended()).isFalse();
        assertThat(got.hint().recalled()).isFalse();
    }

    @Test
    void nobodyHoldsMoreThanTheRuleAllows() {
        LeasePolicy.Renewal some = new LeasePolicy.Renewal(1, 1, 0, THOUSAND_A_SECOND, 20, 0, 0, 400, 400_000, 0);
        assertThat(renew(some).granted()).isEqualTo(20);
        assertThat(renew(renewal(2, 0, 1_000, 100)).granted())
                .as("half the capacity by default")
                .isEqualTo(500);
    }

    @Test
    void whoNeverReportsIsHeldToWhatTheRuleLetsItHold() {
        long held = 0;
        for (int sequence = 0; sequence < 20; sequence++) {
            LeasePolicy.Renewal greedy = new LeasePolicy.Renewal(1, 1, 0, THOUSAND_A_SECOND, 20, 0, 0, 15, 0, 0);
            Ask ask = policy.ask(KEY, greedy, nowNanos);
            held += ask.want();
            available -= ask.want();
            outstanding += ask.want();
            policy.answered(KEY, greedy, said(ask.want(), held), nowNanos);
            pass(10);
        }
        assertThat(held).isEqualTo(20);
        LeasePolicy.Renewal honest = new LeasePolicy.Renewal(1, 1, 12, THOUSAND_A_SECOND, 20, 0, 0, 15, 100_000, 0);
        assertThat(policy.ask(KEY, honest, nowNanos).want())
                .as("what it has reported is free again")
                .isEqualTo(12);
    }

    @Test
    void denialsThatCannotHaveHappenedShortenNobodysHorizon() {
        long horizon = 0;
        for (int step = 0; step < 200; step++) {
            pass(50);
            LeasePolicy.Renewal liar =
                    new LeasePolicy.Renewal(9, 1, 0, THOUSAND_A_SECOND, 0, 0, 0, 1, 1_000, 1_000_000_000L);
            policy.ask(KEY, liar, nowNanos);
            horizon = renew(renewal(1, 0, 10, 10)).hint().horizonMillis();
            outstanding = 0;
        }
        assertThat(horizon).isGreaterThan(300);
    }

    @Test
    void noMoreThanItsShareOfTheCapacityIsOut() {
        for (int session = 1; session <= 20; session++) {
            renew(renewal(session, 0, 200, 10));
        }
        assertThat(outstanding).isLessThanOrEqualTo(600);
    }

    /** A client that spends what it can of its rate and asks as the policy's other half would. */
    private final class Client {
        private final long session;
        private final double rate;
        private double held;
        private double spent;
        private double ever;
        private long askAtNanos;
        private long horizonMillis = 100;

        Client(long session, double rate) {
            this.session = session;
            this.rate = rate;
        }

        void pass(double seconds) {
            double use = Math.min(held, rate * seconds);
            held -= use;
            spent += use;
            ever += use;
            outstanding -= use;
            double expected = rate * horizonMillis / 1000;
            double target = expected < 1 ? 1 : expected + 1.5 * Math.sqrt(expected);
            if (nowNanos - askAtNanos >= 0 && held < 0.3 * target) {
                Got got = renew(
                        new LeasePolicy.Renewal(
                                session,
                                1,
                                (long) ever,
                                THOUSAND_A_SECOND,
                                0,
                                0,
                                0,
                                (long) Math.ceil(target - held),
                                (long) (rate * 1000),
                                0),
                        (long) held);
                held += got.granted();
                horizonMillis = got.hint().horizonMillis();
                long wait = got.hint().contended() ? got.hint().retryAfterMillis() : 2;
                // Those who are told the same time must not come back as one, or the first of them gets all.
                askAtNanos = nowNanos + (long) (wait * 1_000_000 * (0.9 + 0.2 * random.nextDouble()));
            }
        }
    }

    private void live(List<Client> clients, int seconds) {
        for (int step = 0; step < seconds * 500; step++) {
            pass(2);
            clients.forEach(client -> client.pass(0.002));
        }
    }

    @Test
    void whoWantsMoreThanThereIsGetsTheSameAsTheOthersAndNothingIsLeftLying() {
        List<Client> clients = List.of(new Client(1, 500), new Client(2, 500), new Client(3, 500), new Client(4, 500));
        live(clients, 5);
        clients.forEach(client -> client.spent = 0);
        live(clients, 20);
        double sum = clients.stream().mapToDouble(client -> client.spent).sum();
        assertThat(sum).as("of 1,000 a second in 20 s").isGreaterThan(0.97 * 20_000);
        for (Client client : clients) {
            assertThat(client.spent).isCloseTo(sum / 4, within(0.03 * sum));
        }
    }

    @Test
    void aSmallWishIsMetBesideGreedyOnes() {
        Client small = new Client(3, 100);
        List<Client> clients = List.of(new Client(1, 5_000), new Client(2, 5_000), small);
        live(clients, 5);
        small.spent = 0;
        live(clients, 20);
        assertThat(small.spent / 20).as("tokens per second of who wants 100").isGreaterThan(90);
    }

    @Test
    void theHorizonShrinksWhileTooMuchIsOutAndGrowsAgain() {
        long first = 0;
        for (int step = 0; step < 200; step++) {
            pass(50);
            first = renew(renewal(1, 0, 10, 10)).hint().horizonMillis();
            outstanding = 0;
        }
        assertThat(first).as("half the time in which the capacity refills").isEqualTo(500);
        outstanding = 900;
        long crowded = 0;
        for (int step = 0; step < 100; step++) {
            pass(50);
            crowded = renew(renewal(1, 0, 10, 10)).hint().horizonMillis();
            outstanding = 900;
        }
        assertThat(crowded).isLessThan(20);
    }

    /** With few holders a short horizon costs few renewals, and leaves little in pockets when a burst is over. */
    @Test
    void burstsShortenTheHorizonTheMoreTheFewerHoldersThereAre() {
        assertThat(horizonAfterBursts(1)).isLessThan(150);
        assertThat(horizonAfterBursts(100)).isEqualTo(200);
    }

    private long horizonAfterBursts(int holders) {
        LeasePolicy fresh = new LeasePolicy(LeaseSettings.DEFAULT);
        long horizon = 0;
        for (int step = 0; step < 400; step++) {
            pass(50);
            double rate = step % 40 < 8 ? 5_000 : 500;
            for (int session = 1; session <= holders; session++) {
                LeasePolicy.Renewal renewal = renewal(session, 0, 1, rate / holders);
                var unused = fresh.ask(KEY, renewal, nowNanos);
                horizon = fresh.answered(KEY, renewal, said(1, 1), nowNanos).horizonMillis();
            }
        }
        return horizon;
    }

    /** What is held for longer than leases last is lost with them. */
    @Test
    void theHorizonIsNotLongerThanLeasesLast() {
        // A log's leases last an eighth of its period: 1 s.
        assertThat(longestHorizon(Limit.of(Algorithm.SLIDING_LOG, 1_000, 8_000), 0))
                .isBetween(600L, 667L);
        assertThat(longestHorizon(Limit.of(Algorithm.GCRA, 8_000, 8_000), 0)).isBetween(3_900L, 4_000L);
        assertThat(longestHorizon(Limit.of(Algorithm.GCRA, 8_000, 8_000), 300)).isBetween(190L, 200L);
    }

    private static long longestHorizon(Limit limit, long ttlMillis) {
        LeasePolicy fresh = new LeasePolicy(LeaseSettings.DEFAULT);
        LeasePolicy.Renewal renewal = new LeasePolicy.Renewal(1, 1, 0, limit, 0, ttlMillis, 0, 1, 10_000, 0);
        long horizon = 0;
        for (int step = 1; step < 400; step++) {
            long now = TimeUnit.MILLISECONDS.toNanos(50L * step);
            var unused = fresh.ask(KEY, renewal, now);
            Outcome.LeaseRenewed said = new Outcome.LeaseRenewed(1, 0, 3_000, 900, 1, 1, 0, 0);
            horizon = fresh.answered(KEY, renewal, said, now).horizonMillis();
        }
        return horizon;
    }

    @Test
    void aRecallIsToldForSomeSecondsInWhichNothingIsGivenToHold() {
        renew(renewal(1, 0, 100, 100));
        policy.recall(KEY, THOUSAND_A_SECOND, nowNanos);
        Got recalled = renew(renewal(1, 3, 100, 100));
        assertThat(recalled.hint().recalled()).isTrue();
        assertThat(recalled.granted()).isEqualTo(3);
        pass(11_000);
        assertThat(renew(renewal(1, 0, 100, 100)).hint().recalled()).isFalse();
    }

    @Test
    void whatASessionWantsIsRememberedAndFadesWhenItIsSilent() {
        renew(renewal(1, 0, 10, 50));
        assertThat(policy.milliRate(KEY, 1)).isEqualTo(50_000);
        for (int step = 0; step < 200; step++) {
            pass(50);
            renew(renewal(2, 0, 1, 1));
        }
        assertThat(policy.milliRate(KEY, 1)).isZero();
    }

    @Test
    void countersBeyondTheBoundAreForgottenAndHoldersBeyondItGetNothingToHold() {
        LeasePolicy small = new LeasePolicy(new LeaseSettings(3_000, 0.5, 16, 16));
        for (int i = 0; i < 1_000; i++) {
            QuotaKey key = QuotaKey.of("shop", "each", List.of("c" + i));
            assertThat(small.ask(key, renewal(1, 1, 0, 1), nowNanos).need()).isEqualTo(1);
        }
        assertThat(small.trackedKeys()).isLessThanOrEqualTo(16);
        for (int session = 1; session <= 50; session++) {
            Ask ask = small.ask(KEY, renewal(session, 2, 5, 1), nowNanos);
            assertThat(ask.need()).isEqualTo(2);
            if (session > 16) {
                assertThat(ask.want()).isZero();
            }
        }
    }

    @Test
    void aLeaseLivesLongEnoughForOneThatRenewsOnceInAHorizon() {
        assertThat(policy.ask(KEY, renewal(1, 0, 1, 1), nowNanos).ttlMillis()).isEqualTo(3_000);
        LeasePolicy.Renewal slow =
                new LeasePolicy.Renewal(1, 1, 0, Limit.of(Algorithm.GCRA, 100, 60_000), 0, 0, 0, 1, 1_000, 0);
        assertThat(policy.ask(QuotaKey.of("shop", "slow", List.of()), slow, nowNanos)
                        .ttlMillis())
                .isEqualTo(30_000);
        LeasePolicy.Renewal ruled = new LeasePolicy.Renewal(1, 1, 0, THOUSAND_A_SECOND, 0, 700, 0, 1, 1_000, 0);
        assertThat(policy.ask(KEY, ruled, nowNanos).ttlMillis()).isEqualTo(700);
    }
}

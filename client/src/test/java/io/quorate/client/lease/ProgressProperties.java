package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.testing.Tries;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Whatever was answered, refused or lost before, and however the demand stood still: once the cluster answers again,
 * a client that asks gets to its leader within a bounded time, and is granted what the leader has.
 */
class ProgressProperties {
    /** The longest wait that a reply, a repeat or an idle tick brings, and some. */
    private static final long DENIED_MAX_MILLIS = 4_000;
    /** A counter that can't be leased is left alone for 30 s. */
    private static final long ALONE_MAX_MILLIS = 31_000;

    private static final LeaseRefusal[] REFUSALS = LeaseRefusal.values();

    private static final class Client {
        final Random random;
        final Kit kit = new Kit(AdaptiveSizing.POLICY);
        final TreeMap<Long, Runnable> answers = new TreeMap<>();
        boolean normal;
        long lastId;

        Client(Random random) {
            this.random = random;
            kit.leases.learn(Kit.rules(Kit.rule("per-user", Kit.perSecond(10_000))));
        }

        void passMillis(long millis) {
            for (long i = 0; i < millis; i++) {
                kit.passMillis(1);
                take();
                Map.Entry<Long, Runnable> first = answers.firstEntry();
                while (first != null && first.getKey() <= kit.clock.getAsLong()) {
                    answers.remove(first.getKey());
                    first.getValue().run();
                    take();
                    first = answers.firstEntry();
                }
            }
        }

        private void take() {
            while (!kit.sent.isEmpty()) {
                Kit.Sent sent = kit.next();
                boolean late = !normal && random.nextInt(10) == 0;
                long at = kit.clock.getAsLong() + (late ? random.nextInt(4_000) : random.nextInt(3)) * 1_000_000L;
                while (answers.containsKey(at)) {
                    at++;
                }
                assertThat(sent.renewal().leaseId()).isGreaterThanOrEqualTo(lastId);
                lastId = sent.renewal().leaseId();
                boolean well = normal;
                answers.put(at, () -> answer(sent, well));
            }
        }

        private void answer(Kit.Sent sent, boolean well) {
            long need = sent.renewal().need();
            long want = sent.renewal().want();
            if (well) {
                kit.reply(sent, Kit.granted(need + want, need));
            } else if (random.nextInt(3) == 0) {
                kit.refuse(sent, REFUSALS[random.nextInt(REFUSALS.length)]);
            } else if (random.nextInt(10) == 0) {
                kit.reply(sent, RenewalReply.byOldRules(random.nextInt(2_000)));
            } else {
                long granted = need + want == 0 ? 0 : random.nextLong(need + want + 1);
                long consumed = Math.min(need, granted);
                boolean contended = random.nextInt(3) > 0;
                long retryAfter = contended ? random.nextInt(1_000) : 0;
                kit.reply(
                        sent,
                        new RenewalReply(
                                granted,
                                consumed,
                                500 + random.nextInt(2_500),
                                20 + random.nextInt(300),
                                contended,
                                random.nextBoolean(),
                                retryAfter,
                                random.nextInt(20) == 0,
                                0));
            }
        }

        void demand(long millis, double perMilli) {
            for (long i = 0; i < millis; i++) {
                for (double due = perMilli; due > random.nextDouble(); due--) {
                    kit.acquire("42", random.nextInt(10) == 0 ? 1 + random.nextInt(20) : 1);
                }
                passMillis(1);
            }
        }
    }

    @Test
    void whoKeepsAskingGetsThrough() {
        Tries.run("leases after anything", 60, random -> {
            Client client = new Client(random);
            for (int phases = 1 + random.nextInt(6); phases > 0; phases--) {
                client.demand(random.nextInt(2_000), random.nextDouble() * 3);
                client.passMillis(random.nextBoolean() ? 0 : random.nextInt(8_000));
            }
            client.normal = true;
            client.passMillis(random.nextInt(2) * DENIED_MAX_MILLIS + 4_000); // what was under way comes in
            long from = random.nextInt(3) == 0 ? 100 : 5;
            long denied = 0;
            long granted = 0;
            for (long millis = 0; millis < ALONE_MAX_MILLIS + 100 * from; millis += from) {
                Kit.Told told = client.kit.acquire("42", 1);
                client.passMillis(from);
                boolean here = told.answer == Answer.DENIED || told.answer == Answer.FALLBACK_DENIED;
                denied = here ? denied + from : 0;
                assertThat(denied).isLessThan(DENIED_MAX_MILLIS);
                granted += millis >= ALONE_MAX_MILLIS && told.answer.granted() ? 1 : 0;
            }
            // One may come while what ends the denial is on its way.
            assertThat(granted).isGreaterThanOrEqualTo(95);
        });
    }
}

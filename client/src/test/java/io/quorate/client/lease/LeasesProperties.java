package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Limit;
import io.quorate.core.testing.Tries;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Several clients at one counter of an exact leader, with lost, late and doubled messages and lost leases: in every
 * window no more is admitted than the burst and what the rate gives, and requests aren't forgotten.
 */
class LeasesProperties {
    private static final long MILLI = 1_000_000L;

    /** One lease as the leader has it. */
    private static final class Holder {
        long leaseId;
        long sequence;
        long granted;
        long spent;
        long returned;
        long expiryNanos;
        RenewalReply last = Kit.granted(0, 0);

        long outstanding() {
            return granted - spent - returned;
        }
    }

    /** The escrow ledger of THEORY 2.3 with exact time, and a meter of all that was admitted. */
    private static final class Leader {
        final double burst;
        final double perNano;
        final long validMillis;
        final List<Holder> holders = new ArrayList<>();
        double available;
        long availableAtNanos;
        double meter;
        long meterAtNanos;
        double meterMax;

        Leader(Limit limit, long validMillis, int clients, long nowNanos) {
            this.burst = limit.burst();
            this.perNano = (double) limit.amount() / limit.periodMillis() * 1e-6;
            this.validMillis = validMillis;
            this.available = burst;
            this.availableAtNanos = nowNanos;
            this.meterAtNanos = nowNanos;
            for (int i = 0; i < clients; i++) {
                holders.add(new Holder());
            }
        }

        void admit(long tokens, long nowNanos) {
            meter = Math.max(0, meter - perNano * (nowNanos - meterAtNanos)) + tokens;
            meterAtNanos = nowNanos;
            meterMax = Math.max(meterMax, meter);
        }

        private double outstanding() {
            return holders.stream().mapToDouble(Holder::outstanding).sum();
        }

        private void refill(long nowNanos) {
            available =
                    Math.min(Math.max(0, burst - outstanding()), available + perNano * (nowNanos - availableAtNanos));
            availableAtNanos = nowNanos;
        }

        /** Null if the lease is unknown. */
        RenewalReply renew(int client, Renewal renewal, long nowNanos) {
            refill(nowNanos);
            for (Holder each : holders) {
                if (each.leaseId != 0 && nowNanos - each.expiryNanos >= 0) {
                    each.spent = each.granted - each.returned;
                    each.leaseId = 0;
                }
            }
            Holder holder = holders.get(client);
            if (holder.leaseId != renewal.leaseId()) {
                if (renewal.sequence() != 1 || renewal.leaseId() < holder.leaseId) {
                    return null;
                }
                holder = new Holder();
                holder.leaseId = renewal.leaseId();
                holders.set(client, holder);
            } else if (renewal.sequence() == holder.sequence) {
                return holder.last;
            } else if (renewal.sequence() < holder.sequence) {
                return null;
            }
            holder.spent += Math.max(0, Math.min(renewal.spent() - holder.spent, holder.outstanding()));
            long back = Math.max(0, Math.min(renewal.returned() - holder.returned, holder.outstanding()));
            holder.returned += back;
            available = Math.min(burst, available + back);
            refill(nowNanos);
            long granted = (long) Math.floor(Math.min(available, renewal.need() + renewal.want()));
            long consumed = Math.min(granted, renewal.need());
            admit(consumed, nowNanos);
            available -= granted;
            holder.granted += granted;
            holder.spent += consumed;
            holder.sequence = renewal.sequence();
            holder.expiryNanos = nowNanos + validMillis * MILLI;
            boolean contended = granted < renewal.need() || 2 * granted < renewal.need() + renewal.want();
            holder.last = new RenewalReply(
                    granted, consumed, validMillis, 100, contended, false, contended ? 10 : 0, false, (long) available);
            return holder.last;
        }
    }

    private static final class World {
        final Random random;
        final boolean lossy;
        final TreeMap<Long, List<Runnable>> events = new TreeMap<>();
        final List<Kit> clients = new ArrayList<>();
        final Leader leader;
        final List<Kit.Told> undecided = new ArrayList<>();
        long granted;
        long asked;

        World(Random random, SizingPolicy sizing, Limit limit, int clients, boolean lossy) {
            this.random = random;
            this.lossy = lossy;
            for (int i = 0; i < clients; i++) {
                Kit kit = new Kit(sizing);
                kit.leases.learn(Kit.rules(Kit.rule("per-user", limit)));
                this.clients.add(kit);
            }
            this.leader = new Leader(limit, 300 + random.nextInt(2000), clients, now());
        }

        private long now() {
            return clients.get(0).clock.getAsLong();
        }

        private void at(long nanos, Runnable event) {
            events.computeIfAbsent(nanos, n -> new ArrayList<>()).add(event);
        }

        private long delayNanos() {
            boolean late = lossy && random.nextInt(20) == 0;
            return (long) ((late ? 3000 : 3) * random.nextDouble() * MILLI) + 1;
        }

        private void post(int client, Kit.Sent sent) {
            if (lossy && random.nextInt(10) == 0) {
                at(now() + 500 * MILLI, () -> clients.get(client).refuse(sent, LeaseRefusal.UNKNOWN_OUTCOME));
                return;
            }
            for (int copies = lossy && random.nextInt(10) == 0 ? 2 : 1; copies > 0; copies--) {
                at(now() + delayNanos(), () -> arrive(client, sent));
            }
        }

        private void arrive(int client, Kit.Sent sent) {
            if (lossy && random.nextInt(300) == 0) {
                Holder holder = leader.holders.get(client);
                // A lease that was thrown away is over: what it had counts as spent.
                holder.spent = holder.granted - holder.returned;
                holder.leaseId = 0;
            }
            RenewalReply reply = leader.renew(client, sent.renewal(), now());
            boolean lost = lossy && random.nextInt(10) == 0;
            at(now() + (lost ? 500 * MILLI : delayNanos()), () -> {
                Kit kit = clients.get(client);
                if (lost) {
                    kit.refuse(sent, LeaseRefusal.UNKNOWN_OUTCOME);
                } else if (reply == null) {
                    kit.refuse(sent, LeaseRefusal.UNKNOWN_LEASE);
                } else {
                    kit.reply(sent, reply);
                }
            });
        }

        private void acquire(int client, long cost) {
            Kit.Told told = clients.get(client).acquire("42", cost);
            asked++;
            if (told.answer == Answer.LEASED) {
                leader.admit(cost, now());
                granted += cost;
            } else if (told.times == 0) {
                undecided.add(told);
            }
        }

        void run(double perMilli, int millis, long costMax) {
            for (int i = 0; i < millis; i++) {
                for (Kit kit : clients) {
                    kit.passMillis(1);
                }
                while (!events.isEmpty() && events.firstKey() <= now()) {
                    events.pollFirstEntry().getValue().forEach(Runnable::run);
                }
                for (double due = perMilli; due > random.nextDouble(); due--) {
                    acquire(random.nextInt(clients.size()), 1 + (costMax > 1 ? random.nextLong(costMax) : 0));
                }
                for (int client = 0; client < clients.size(); client++) {
                    while (!clients.get(client).sent.isEmpty()) {
                        post(client, clients.get(client).next());
                    }
                    checkBooks(clients.get(client).leases.totals());
                }
            }
        }

        private static void checkBooks(Leases.Totals totals) {
            assertThat(totals.spent() + totals.returned() + totals.stranded() + totals.held())
                    .isEqualTo(totals.granted());
            assertThat(totals.held()).isNotNegative();
            assertThat(totals.stranded()).isBetween(0L, totals.expired());
        }

        void checkBound() {
            assertThat(leader.meterMax).isLessThanOrEqualTo(leader.burst + 1e-3);
        }
    }

    private static SizingPolicy anySizing(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> FixedSizing.of(10);
            case 1 -> FixedSizing.of(100);
            default -> AdaptiveSizing.POLICY;
        };
    }

    @Test
    void neverMoreIsAdmittedThanTheLimitWhateverIsLost() {
        Tries.run("leases of several clients", 60, random -> {
            long amount = 20 + random.nextInt(2000);
            World world = new World(random, anySizing(random), Kit.perSecond(amount), 1 + random.nextInt(4), true);
            world.run(amount / 1000.0 * (0.3 + 2 * random.nextDouble()), 6000, random.nextBoolean() ? 1 : 4);
            world.checkBound();
            assertThat(world.asked).isPositive();
            world.run(0, 2000, 1);
            for (Kit.Told told : world.undecided) {
                assertThat(told.times).isEqualTo(1);
            }
        });
    }

    @Test
    void underTheLimitNearlyAllAreGrantedAndMostOfThemHere() {
        Tries.run("leases with room", 10, random -> {
            World world = new World(random, AdaptiveSizing.POLICY, Kit.perSecond(2000), 3, false);
            world.run(1, 3000, 1);
            long askedBefore = world.asked;
            long grantedBefore = world.granted;
            world.run(1, 5000, 1);
            world.checkBound();
            double here = (double) (world.granted - grantedBefore) / (world.asked - askedBefore);
            assertThat(here).isGreaterThan(0.95);
            long denied = world.undecided.stream()
                    .filter(told -> told.answer == Answer.DENIED)
                    .count();
            assertThat(denied).isZero();
        });
    }

    @Test
    void overTheLimitTheWholeRateIsUsed() {
        Tries.run("leases in want", 10, random -> {
            World world = new World(random, AdaptiveSizing.POLICY, Kit.perSecond(1000), 3, false);
            world.run(2, 3000, 1);
            long before =
                    world.leader.holders.stream().mapToLong(h -> h.granted).sum();
            world.run(2, 5000, 1);
            world.checkBound();
            long after = world.leader.holders.stream().mapToLong(h -> h.granted).sum();
            assertThat(after - before).isGreaterThan(4500);
        });
    }
}

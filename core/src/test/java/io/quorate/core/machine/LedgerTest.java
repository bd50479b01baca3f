package io.quorate.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Command.Reset;
import io.quorate.core.command.Command.Sweep;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.command.Outcome.Refunded;
import io.quorate.core.lease.LeaseFlow;
import io.quorate.core.lease.LedgerReport;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Leased;
import io.quorate.core.quota.Ledger.Lease;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a counter's ledger does with renewals and with everything else that touches the counter. */
final class LedgerTest {
    private static final QuotaKey KEY = Group.key("k");
    private static final long TTL = 1000;

    private final Group group =
            new Group(new MachineLimits(100, 600_000, 64, 1000, 8, 60_000, 100, 10, 10, 10, 4, 60_000));
    private final int bucket = group.limit(new Limit(Algorithm.TOKEN_BUCKET, 10, 1000, 100));
    private final long alice = group.open();
    private final long bob = group.open();

    private RenewLease renewal(long session, long sequence, long spent, long returned, long want) {
        return new RenewLease(session, KEY, bucket, 1, sequence, spent, returned, 0, want, TTL);
    }

    private LeaseRenewed renew(RenewLease command) {
        Outcome outcome = group.outcome(command);
        assertThat(outcome).isInstanceOf(LeaseRenewed.class);
        return (LeaseRenewed) outcome;
    }

    private boolean acquire(long session, long sequence, long cost, int limitId) {
        return group.acquired(Group.acquire(session, sequence, cost, new Charge(KEY, limitId, Mode.ENFORCE)))
                .allowed();
    }

    private long remaining(int limitId, Limit limit) {
        return group.machine()
                .peek(group.state, group.nowMillis(), 1, List.of(new Charge(KEY, limitId, Mode.ENFORCE)), id -> limit)
                .results()
                .get(0)
                .remaining();
    }

    private CounterState stored() {
        return group.state.counter(KEY).state();
    }

    private Lease lease(int index) {
        return ((Leased) stored()).ledger().lease(index);
    }

    @Test
    void aLeaseMovesTokensFromAvailableToOutstanding() {
        LeaseRenewed first = renew(new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 5, 30, TTL));
        assertThat(first).isEqualTo(new LeaseRenewed(35, 5, TTL, 65, 30, 30, 0, 3500));

        LeaseRenewed other = renew(renewal(bob, 1, 0, 0, 100));
        assertThat(other.granted()).isEqualTo(65);
        assertThat(other.available()).isZero();
        assertThat(other.outstanding()).isEqualTo(95);
        assertThat(other.held()).isEqualTo(65);
        assertThat(other.retryAfterMillis()).isEqualTo(100);
        assertThat(acquire(alice, 1, 1, bucket)).isFalse();
    }

    @Test
    void whereTokensWentIsToldOnce() {
        RenewLease first = new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 5, 30, TTL);
        renew(first);
        renew(first);
        assertThat(group.flow()).isEqualTo(new LeaseFlow(35, 5, 0, 0, 0));
        RenewLease report = renewal(alice, 2, 5 + 12, 4, 0);
        renew(report);
        renew(report);
        assertThat(group.flow()).isEqualTo(new LeaseFlow(35, 17, 4, 0, 0));
        assertThat(group.state.header().leasedTokens()).isEqualTo(14);
        // A session's next lease, and one that nobody tells of any more.
        renew(new RenewLease(alice, KEY, bucket, 2, 1, 0, 0, 0, 6, TTL));
        assertThat(group.flow()).isEqualTo(new LeaseFlow(41, 17, 4, 0, 14));
        group.advance(TTL + 1);
        group.apply(new Sweep(10));
        assertThat(group.flow()).isEqualTo(new LeaseFlow(41, 17, 4, 6, 14));
        assertThat(group.state.header().leasedTokens()).isZero();
    }

    @Test
    void refillStopsWhileAvailableAndOutstandingAreTheBurst() {
        renew(renewal(alice, 1, 0, 0, 60));
        for (int second = 0; second < 50; second++) {
            group.advance(900);
            assertThat(renew(renewal(alice, 2 + second, 0, 0, 0)).available()).isEqualTo(40);
        }
        // What is reported as spent is refilled from then on, at the rate.
        assertThat(renew(renewal(alice, 60, 60, 0, 0)).outstanding()).isZero();
        group.advance(900);
        assertThat(renew(renewal(alice, 61, 60, 0, 0)).available()).isEqualTo(49);
    }

    /** A client that returns just before the end, leases the same again, and all that was refilled meanwhile. */
    @Test
    void nobodyHoardsMoreThanTheBurst() {
        long held = 0;
        long returned = 0;
        for (int i = 1; i <= 500; i++) {
            long back = i % 2 == 0 ? held : 0;
            returned += back;
            LeaseRenewed renewed = renew(renewal(alice, i, 0, returned, Command.COST_MAX / 2));
            held = held - back + renewed.granted();
            assertThat(renewed.held()).isEqualTo(held);
            assertThat(held).isEqualTo(100);
            group.advance(TTL - 1);
        }
    }

    @Test
    void aRepeatGetsTheFirstAnswerAndAnythingOlderIsStale() {
        RenewLease first = renewal(alice, 1, 0, 0, 30);
        LeaseRenewed granted = renew(first);
        group.advance(300);
        LeaseRenewed repeat = renew(first);
        assertThat(repeat.granted()).isEqualTo(30);
        assertThat(repeat.validMillis()).isEqualTo(granted.validMillis());
        assertThat(repeat.outstanding()).isEqualTo(30);
        renew(renewal(alice, 2, 3, 0, 0));
        assertThat(group.outcome(first)).isEqualTo(new Outcome.Refused(Outcome.Reason.LEASE_STALE));
        assertThat(lease(0).outstanding()).isEqualTo(27);
    }

    /** Though the rules have changed since the first try. */
    @Test
    void aRepeatByOldRulesGetsItsAnswerAndANewRenewalMayOnlyReport() {
        RenewLease first = renewal(alice, 1, 0, 0, 30);
        renew(first);
        group.apply(new Command.FenceRules(7));
        assertThat(renew(first).granted()).isEqualTo(30);
        assertThat(group.outcome(renewal(alice, 2, 1, 0, 1)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.STALE_RULES));
        group.advance(400);
        LeaseRenewed report = renew(new RenewLease(alice, KEY, 0, 1, 2, 4, 6, 3, 9, TTL));
        assertThat(report.granted()).isZero();
        assertThat(report.outstanding()).isEqualTo(20);
        assertThat(report.validMillis()).as("it doesn't extend").isEqualTo(TTL - 400);
    }

    @Test
    void reportsAreCumulativeAndCantTellOfMoreThanIsOut() {
        renew(renewal(alice, 1, 0, 0, 30));
        renew(renewal(alice, 2, 10, 5, 0));
        renew(renewal(alice, 3, 10, 5, 0));
        assertThat(lease(0).spent()).isEqualTo(10);
        assertThat(lease(0).returned()).isEqualTo(5);
        renew(renewal(alice, 4, 9, 4, 0)); // less than before changes nothing
        assertThat(lease(0).outstanding()).isEqualTo(15);
        LeaseRenewed all = renew(renewal(alice, 5, 1_000_000, 1_000_000, 0));
        assertThat(all.outstanding()).isZero();
        assertThat(lease(0).spent()).isEqualTo(25);
        assertThat(lease(0).returned()).isEqualTo(5);
    }

    @Test
    void anExpiredLeaseIsSpentAndUnknown() {
        renew(renewal(alice, 1, 0, 0, 60));
        group.advance(TTL);
        assertThat(renew(renewal(bob, 1, 0, 0, 0)).outstanding())
                .as("it lives through its last millisecond")
                .isEqualTo(60);
        group.advance(1);
        LeaseRenewed after = renew(renewal(bob, 2, 0, 0, 0));
        assertThat(after.outstanding()).isZero();
        assertThat(after.available()).as("spent, not given back").isEqualTo(40);
        assertThat(group.outcome(renewal(alice, 2, 0, 60, 0)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.LEASE_UNKNOWN));
        assertThat(renew(new RenewLease(alice, KEY, bucket, 2, 1, 0, 0, 0, 1, TTL))
                        .granted())
                .isEqualTo(1);
    }

    /** Not when the counter is next looked at: else a dead client on an idle counter would cost more than one lease. */
    @Test
    void anExpiredLeaseIsRefilledFromItsEndOn() {
        renew(renewal(alice, 1, 0, 0, 60));
        group.advance(TTL + 3000);
        assertThat(remaining(bucket, new Limit(Algorithm.TOKEN_BUCKET, 10, 1000, 100)))
                .as("of 70, less the one asked for")
                .isEqualTo(69);
    }

    /** It would begin at 0 what the client counts on: then the client's counts would free what it still holds. */
    @Test
    void aLateDuplicateOpensNothingAgain() {
        RenewLease first = renewal(alice, 1, 0, 0, 60);
        renew(first);
        group.advance(TTL + 1);
        assertRefused(first, Outcome.Reason.LEASE_STALE);
        assertRefused(
                new RenewLease(alice, Group.key("other"), bucket, 1, 1, 0, 0, 0, 5, TTL), Outcome.Reason.LEASE_STALE);
        assertThat(renew(new RenewLease(alice, KEY, bucket, 2, 1, 0, 0, 0, 5, TTL))
                        .outstanding())
                .isEqualTo(5);
    }

    @Test
    void aLaterLeaseOfTheSameSessionEndsTheEarlier() {
        renew(renewal(alice, 1, 0, 0, 60));
        LeaseRenewed second = renew(new RenewLease(alice, KEY, bucket, 2, 1, 0, 0, 0, 10, TTL));
        assertThat(second.outstanding()).isEqualTo(10);
        assertThat(second.available()).isEqualTo(30);
        assertThat(group.outcome(renewal(alice, 2, 0, 60, 0)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.LEASE_STALE));
        assertThat(group.outcome(new RenewLease(alice, KEY, bucket, 3, 2, 0, 0, 0, 10, TTL)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.LEASE_UNKNOWN));
    }

    @Test
    void aRenewalExtendsTheWholeLeaseAndNeverShortensWhatWasTold() {
        renew(renewal(alice, 1, 0, 0, 60));
        group.advance(900);
        renew(renewal(alice, 2, 0, 0, 1));
        assertThat(lease(0).expiresAtMillis()).isEqualTo(group.nowMillis() + TTL + 1);
        renew(new RenewLease(alice, KEY, bucket, 1, 3, 0, 0, 0, 1, 5));
        assertThat(lease(0).expiresAtMillis()).isEqualTo(group.nowMillis() + TTL + 1);
    }

    @Test
    void refusalsChangeNothing() {
        int permits = group.limit(Limit.of(Algorithm.CONCURRENCY, 5, 60_000));
        int tiny = group.limit(Limit.of(Algorithm.SLIDING_LOG, 5, 7));
        assertRefused(new RenewLease(99, KEY, bucket, 1, 1, 0, 0, 0, 1, TTL), Outcome.Reason.UNKNOWN_SESSION);
        assertRefused(new RenewLease(alice, KEY, permits, 1, 1, 0, 0, 0, 1, TTL), Outcome.Reason.NOT_LEASABLE);
        assertRefused(new RenewLease(alice, KEY, tiny, 1, 1, 0, 0, 0, 1, TTL), Outcome.Reason.NOT_LEASABLE);
        assertRefused(new RenewLease(alice, KEY, 99, 1, 1, 0, 0, 0, 1, TTL), Outcome.Reason.INVALID);
        assertRefused(new RenewLease(alice, KEY, bucket, 1, 2, 0, 0, 0, 1, TTL), Outcome.Reason.LEASE_UNKNOWN);
        assertRefused(new RenewLease(alice, KEY, 0, 1, 1, 0, 0, 0, 0, TTL), Outcome.Reason.LEASE_UNKNOWN);
        long max = Command.COST_MAX;
        for (RenewLease wrong : List.of(
                new RenewLease(alice, KEY, bucket, 0, 1, 0, 0, 0, 1, TTL),
                new RenewLease(alice, KEY, bucket, 1, 0, 0, 0, 0, 1, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, -1, 0, 0, 1, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, -1, 0, 1, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, -1, 1, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 0, -1, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 1, max, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, Long.MAX_VALUE, Long.MAX_VALUE, TTL),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 0, 1, 0),
                new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 0, 1, 60_001))) {
            assertRefused(wrong, Outcome.Reason.INVALID);
        }
        assertThat(stored()).isEqualTo(CounterState.Fresh.INSTANCE);
        assertThat(renew(new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 0, max, 60_000))
                        .granted())
                .isEqualTo(100);
    }

    private void assertRefused(RenewLease command, Outcome.Reason reason) {
        assertThat(group.outcome(command)).as("%s", command).isEqualTo(new Outcome.Refused(reason));
    }

    @Test
    void aCounterHasAsManyLeasesAsItMay() {
        for (int i = 0; i < 4; i++) {
            assertThat(renew(renewal(group.open(), 1, 0, 0, 1)).granted()).isEqualTo(1);
        }
        assertRefused(renewal(alice, 1, 0, 0, 1), Outcome.Reason.LEASES_FULL);
        group.advance(TTL + 1);
        assertThat(renew(renewal(alice, 1, 0, 0, 1)).granted()).isEqualTo(1);
    }

    @Test
    void aGroupHasAsManyCountersAsItMay() {
        Group small = new Group(new MachineLimits(10, 60_000, 64, 1000, 2, 60_000, 1, 10, 10, 10, 8, 60_000));
        int limit = small.limit(new Limit(Algorithm.GCRA, 10, 1000, 100));
        long session = small.open();
        small.outcome(new RenewLease(session, Group.key("a"), limit, 1, 1, 0, 0, 0, 1, TTL));
        assertThat(small.outcome(new RenewLease(session, Group.key("b"), limit, 2, 1, 0, 0, 0, 1, TTL)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.COUNTERS_FULL));
    }

    @Test
    void aResetKeepsWhatIsOut() {
        acquire(alice, 1, 30, bucket);
        renew(renewal(alice, 1, 0, 0, 60));
        assertThat(group.outcome(new Reset(KEY))).isEqualTo(new Outcome.Done(1));
        LeaseRenewed after = renew(renewal(alice, 2, 0, 0, 0));
        assertThat(after.outstanding()).isEqualTo(60);
        assertThat(after.available()).isEqualTo(40);
    }

    @Test
    void aRefundGivesBackUnderTheClamp() {
        acquire(bob, 1, 30, bucket);
        renew(renewal(alice, 1, 0, 0, 70));
        group.apply(new Reset(KEY));
        assertThat(group.outcome(Group.refund(bob, 2, 1, 30))).isEqualTo(new Refunded(0));
        assertThat(renew(renewal(alice, 2, 0, 0, 0)).available()).isEqualTo(30);
    }

    @Test
    void withItsLastLeaseARowIsPlainAgain() {
        renew(renewal(alice, 1, 0, 0, 60));
        assertThat(stored()).isInstanceOf(Leased.class);
        group.advance(TTL + 1);
        assertThat(group.outcome(new Sweep(10))).isEqualTo(new Outcome.Done(0));
        assertThat(stored()).isInstanceOf(CounterState.Bucket.class);
        group.advance(6000);
        assertThat(group.outcome(new Sweep(10))).isEqualTo(new Outcome.Done(1));
        assertThat(stored()).isEqualTo(CounterState.Fresh.INSTANCE);
    }

    @Test
    void aCutLimitKeepsWhatIsOutAndLetsItEnd() {
        renew(renewal(alice, 1, 0, 0, 60));
        int cut = group.limit(new Limit(Algorithm.TOKEN_BUCKET, 1, 1000, 10));
        assertThat(acquire(bob, 1, 1, cut)).isFalse();
        group.advance(600);
        LeaseRenewed renewed = renew(new RenewLease(alice, KEY, cut, 1, 2, 5, 0, 0, 10, TTL));
        assertThat(renewed.granted()).isZero();
        assertThat(renewed.outstanding()).isEqualTo(55);
        assertThat(renewed.validMillis())
                .as("more than the new burst isn't extended")
                .isEqualTo(400);
        LeaseRenewed small = renew(new RenewLease(alice, KEY, cut, 1, 3, 5, 50, 0, 10, TTL));
        assertThat(small.outstanding()).isEqualTo(5);
        assertThat(small.validMillis()).isEqualTo(TTL);
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"FIXED_WINDOW", "SLIDING_WINDOW"})
    void aWindowLendsToItsEnd(Algorithm algorithm) {
        int window = group.limit(Limit.of(algorithm, 100, 1000));
        group.advance(400 - group.nowMillis() % 1000);
        LeaseRenewed first = renew(new RenewLease(alice, KEY, window, 1, 1, 0, 0, 0, 60, 5000));
        assertThat(first.validMillis()).isEqualTo(599);
        LeaseRenewed back = renew(new RenewLease(alice, KEY, window, 1, 2, 10, 20, 0, 0, 5000));
        assertThat(back.available()).isEqualTo(60);
        group.advance(599);
        LeaseRenewed last = renew(new RenewLease(alice, KEY, window, 1, 3, 10, 20, 2, 10, 5000));
        assertThat(last.granted())
                .as("in the last millisecond only what is spent at once")
                .isEqualTo(2);
        assertThat(last.retryAfterMillis()).isEqualTo(1);
        group.advance(1);
        assertThat(group.outcome(new RenewLease(alice, KEY, window, 1, 4, 10, 50, 0, 0, 5000)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.LEASE_UNKNOWN));
        long expected = algorithm == Algorithm.FIXED_WINDOW ? 100 : 100 - 42;
        assertThat(renew(new RenewLease(alice, KEY, window, 2, 1, 0, 0, 0, 0, 5000))
                        .available())
                .isEqualTo(expected);
    }

    @Test
    void aSlidingLogCountsWhatIsOutUntilItIsReportedAndOnePeriodMore() {
        int log = group.limit(Limit.of(Algorithm.SLIDING_LOG, 100, 8000));
        LeaseRenewed first = renew(new RenewLease(alice, KEY, log, 1, 1, 0, 0, 5, 60, 5000));
        assertThat(first.validMillis()).isEqualTo(1000);
        assertThat(first.available()).isEqualTo(35);
        assertThat(acquire(bob, 1, 36, log)).isFalse();
        assertThat(acquire(bob, 2, 35, log)).isTrue();
        group.advance(1000);
        LeaseRenewed second = renew(new RenewLease(alice, KEY, log, 1, 2, 15, 20, 0, 0, 5000));
        assertThat(second.outstanding()).isEqualTo(30);
        assertThat(second.available()).isEqualTo(20);
        group.advance(7000);
        // The 40 of the first instant are a period old. The rest of the lease expired unreported, 5,999 ms ago.
        assertThat(renew(new RenewLease(bob, KEY, log, 1, 1, 0, 0, 0, 0, 5000)).available())
                .isEqualTo(60);
        group.advance(1000);
        assertThat(renew(new RenewLease(bob, KEY, log, 1, 2, 0, 0, 0, 0, 5000)).available())
                .isEqualTo(70);
        group.advance(1000);
        assertThat(renew(new RenewLease(bob, KEY, log, 2, 1, 0, 0, 0, 0, 5000)).available())
                .isEqualTo(100);
    }

    @Test
    void anEntryOfManyRenewalsReadsAndWritesTheRowOnce() {
        Group wide = new Group(MachineLimits.DEFAULT);
        int limit = wide.limit(new Limit(Algorithm.GCRA, 1000, 1000, 100_000));
        List<Command> opens = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            wide.open();
            opens.add(new RenewLease(1 + i, KEY, limit, 1, 1, 0, 0, 0, 10, TTL));
        }
        wide.state.takeCounterReads();
        List<Applied> answers = wide.apply(opens.toArray(Command[]::new));
        assertThat(wide.state.takeCounterReads()).isEqualTo(1);
        assertThat(((LeaseRenewed) answers.get(199).outcome()).outstanding()).isEqualTo(2000);
        CounterState before = wide.state.counter(KEY).state();
        int hash = before.hashCode();
        wide.apply(new RenewLease(7, KEY, limit, 1, 2, 10, 0, 0, 0, TTL));
        assertThat(before.hashCode()).as("what is committed never changes").isEqualTo(hash);
    }

    @Test
    void aReportTellsWhoHoldsWhat() {
        renew(new RenewLease(alice, KEY, bucket, 1, 1, 0, 0, 5, 30, TTL));
        renew(renewal(bob, 1, 0, 0, 20));
        group.advance(500);
        renew(renewal(bob, 2, 4, 6, 0));
        Meter meter = Meter.of(new Limit(Algorithm.TOKEN_BUCKET, 10, 1000, 100));
        LedgerReport now = LedgerReport.of(stored(), meter, meter, group.nowMillis());
        assertThat(now.leases()).extracting(Lease::sessionId).containsExactly(alice, bob);
        assertThat(now.leases()).extracting(Lease::outstanding).containsExactly(30L, 10L);
        assertThat(now.granted()).isEqualTo(55);
        assertThat(now.spent()).isEqualTo(9);
        assertThat(now.returned()).isEqualTo(6);
        assertThat(now.outstanding()).isEqualTo(40);
        assertThat(now.available()).isEqualTo(56);
        assertThat(now.used()).isEqualTo(4);
        LedgerReport later = LedgerReport.of(stored(), meter, meter, group.nowMillis() + 600);
        assertThat(later.leases()).extracting(Lease::sessionId).containsExactly(bob);
        LedgerReport plain = LedgerReport.of(CounterState.Fresh.INSTANCE, meter, meter, group.nowMillis());
        assertThat(plain.available()).isEqualTo(100);
        assertThat(plain.leases()).isEmpty();
    }
}

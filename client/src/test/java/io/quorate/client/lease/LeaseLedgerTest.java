package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The three rules of renewals, the deadline, and repeats (THEORY 2.3 and 2.5). */
class LeaseLedgerTest {
    private static final long MILLI = 1_000_000L;
    private static final long PERIOD = 2 * MILLI;

    private final TestClock clock = new TestClock();
    private final CoarseClock coarse = new CoarseClock(clock, PERIOD);
    private final Pocket pocket = new Pocket(Kit.target(Kit.perSecond(1000)), coarse, new Attention(() -> {}));
    private final LeaseLedger ledger = new LeaseLedger(pocket, PERIOD, false);

    private Renewal renew(long id, long need, long want, long giveBack) {
        return ledger.renew(id, new LeaseLedger.Ask(need, want, 0, 0), giveBack, clock.getAsLong());
    }

    private void accept(long granted, long consumed) {
        ledger.accept(Kit.granted(granted, consumed), clock.getAsLong());
    }

    private void passMillis(long millis) {
        clock.advanceMillis(millis);
        coarse.tick();
    }

    private void spend(int tokens) {
        for (int i = 0; i < tokens; i++) {
            assertThat(pocket.trySpend(1)).isTrue();
        }
    }

    @Test
    void reportsCumulativelyWhatWasSpentAndReturned() {
        assertThat(renew(7, 0, 100, 0)).isEqualTo(new Renewal(7, 1, 0, 0, 0, 100, 0, 0));
        accept(100, 0);
        spend(30);
        assertThat(renew(8, 0, 50, 0)).isEqualTo(new Renewal(7, 2, 30, 0, 0, 50, 0, 0));
        spend(5);
        accept(50, 0);
        assertThat(ledger.held()).isEqualTo(115);
        assertThat(renew(8, 0, 0, 15)).isEqualTo(new Renewal(7, 3, 35, 15, 0, 0, 0, 0));
        assertThat(ledger.held()).isEqualTo(100);
        assertThat(ledger.spentEver()).isEqualTo(35);
    }

    @Test
    void whatWasGrantedToWaitersIsReportedAsSpentAndNeverHeld() {
        renew(1, 4, 10, 0);
        accept(14, 4);
        assertThat(ledger.held()).isEqualTo(10);
        spend(10);
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(renew(1, 0, 0, 0).spent()).isEqualTo(14);
    }

    @Test
    void theDeadlineCountsFromTheFirstSend() {
        renew(1, 0, 100, 0);
        passMillis(1000); // lost, repeated, answered now
        accept(100, 0);
        long drift = 3;
        passMillis(2000 - drift - 4 - 1);
        assertThat(pocket.trySpend(1)).isTrue();
        passMillis(1);
        assertThat(pocket.trySpend(1)).isFalse();
    }

    @Test
    void tokensThatComeAfterTheirOwnDeadlineAreReturned() {
        renew(1, 0, 100, 0);
        passMillis(3000);
        accept(100, 0);
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(renew(2, 0, 0, 0)).isEqualTo(new Renewal(1, 2, 0, 100, 0, 0, 0, 0));
    }

    @Test
    void aReplyAfterTheOldDeadlineDropsTheOldTokensAndKeepsTheNew() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        spend(10);
        passMillis(2500);
        renew(1, 0, 20, 0);
        passMillis(600);
        accept(20, 0);
        assertThat(ledger.held()).isEqualTo(20);
        spend(20);
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(renew(1, 0, 0, 0)).isEqualTo(new Renewal(1, 3, 30, 90, 0, 0, 0, 0));
    }

    @Test
    void aRenewalKeepsWhatIsHeldAndMovesItsDeadline() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        passMillis(2000);
        renew(1, 0, 0, 0);
        accept(0, 0);
        passMillis(2000);
        spend(100);
        assertThat(pocket.trySpend(1)).isFalse();
    }

    @Test
    void anExpiredLeaseNeedsANewIdAndItsNumbersBeginAgain() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        spend(10);
        passMillis(3000);
        ledger.expire(clock.getAsLong());
        assertThat(ledger.open()).isFalse();
        assertThat(renew(2, 0, 5, 0)).isEqualTo(new Renewal(2, 1, 0, 0, 0, 5, 0, 0));
        assertThat(ledger.spentEver()).isEqualTo(10);
    }

    @Test
    void aLeaseOfWhichNothingIsHeldEndsToo() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        spend(100);
        renew(1, 0, 20, 0);
        ledger.distrust();
        accept(0, 0);
        assertThat(ledger.unreported()).isZero();
        passMillis(2900);
        ledger.expire(clock.getAsLong());
        assertThat(ledger.open()).isTrue();
        passMillis(100);
        ledger.expire(clock.getAsLong());
        assertThat(ledger.open()).isFalse();
        assertThat(renew(2, 0, 5, 0)).isEqualTo(new Renewal(2, 1, 0, 0, 0, 5, 0, 0));
    }

    @Test
    void aLostLeasesTokensAreGone() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        ledger.end();
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(ledger.held()).isZero();
    }

    @Test
    void distrustTakesWhatIsHeldAndWhatIsOnItsWay() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        spend(10);
        renew(1, 2, 20, 0);
        ledger.distrust();
        assertThat(pocket.trySpend(1)).isFalse();
        accept(22, 2);
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(renew(1, 0, 7, 0)).isEqualTo(new Renewal(1, 3, 12, 110, 0, 7, 0, 0));
        accept(7, 0);
        spend(7);
    }

    @Test
    void repliesToOtherSequencesArentAwaited() {
        Renewal first = renew(1, 0, 100, 0);
        assertThat(ledger.awaits(1, 1)).isTrue();
        assertThat(ledger.inFlight()).isEqualTo(first);
        accept(100, 0);
        assertThat(ledger.awaits(1, 1)).isFalse();
        renew(1, 0, 1, 0);
        assertThat(ledger.awaits(1, 1)).isFalse();
        assertThat(ledger.awaits(2, 2)).isFalse();
        assertThatThrownBy(() -> renew(1, 0, 1, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRollBackThatComesAfterTheReportStaysSpent() {
        renew(1, 0, 100, 0);
        accept(100, 0);
        Tranche from = pocket.spendIn(coarse.nowNanos(), 5);
        assertThat(from).isNotNull();
        assertThat(renew(1, 0, 0, 0).spent()).isEqualTo(5);
        assertThat(from != null && from.unspend(5)).isFalse();
        assertThat(ledger.held()).isEqualTo(95);
    }
}

package io.quorate.client.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.client.lease.Kit.Sent;
import io.quorate.client.lease.Kit.Told;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.Window;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client does by itself, what it asks the leader, and what it does when nobody answers. */
class LeasesTest {
    private static final Limit LIMIT = Kit.perSecond(10_000);

    private final Kit kit = new Kit(AdaptiveSizing.POLICY);

    @BeforeEach
    void learn() {
        kit.leases.learn(Kit.rules(Kit.rule("per-user", LIMIT)));
    }

    @Test
    void aFirstRequestWaitsForARenewalThatItIsChargedIn() {
        Told told = kit.acquire("42", 1);
        assertThat(told.times).isZero();
        Sent sent = kit.next();
        assertThat(sent.renewal())
                .isEqualTo(new Renewal(1, 1, 0, 0, 1, 0, sent.renewal().milliRate(), 0));
        assertThat(sent.haste()).isEqualTo(RenewalLink.Haste.NOW);
        kit.reply(sent, Kit.granted(1, 1));
        assertThat(told.answer).isEqualTo(Answer.GRANTED);
        assertThat(told.times).isEqualTo(1);
    }

    @Test
    void oneRenewalIsInFlightAndCarriesAllThatWaitForTheNext() {
        Told first = kit.acquire("42", 1);
        Told second = kit.acquire("42", 2);
        Told third = kit.acquire("42", 3);
        Sent sent = kit.next();
        assertThat(kit.sent).isEmpty();
        kit.reply(sent, Kit.granted(1, 1));
        assertThat(first.answer).isEqualTo(Answer.GRANTED);
        Sent next = kit.next();
        assertThat(next.renewal().need()).isEqualTo(5);
        assertThat(next.renewal().spent()).isEqualTo(1);
        kit.reply(next, Kit.granted(5, 5));
        assertThat(second.answer).isEqualTo(Answer.GRANTED);
        assertThat(third.answer).isEqualTo(Answer.GRANTED);
    }

    /** What is low follows from the demand: a burst must be seen before it has emptied the pocket. */
    @Test
    void thePocketIsLookedAtWhenHalfIsGone() {
        kit.load("42", 1000, 3000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        for (int i = 0; i < 500 && pocket.tranche().visible() <= 100; i++) {
            kit.load("42", 1000, 1); // until it was just filled
        }
        long held = pocket.tranche().visible();
        assertThat(held).isGreaterThan(100);
        while (kit.wakes == 0) {
            assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED);
        }
        assertThat(pocket.tranche().visible()).isBetween(held / 2 - 5, held / 2 + 5);
        while (kit.sent.isEmpty()) {
            assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED);
            if (kit.wakes > 0) {
                kit.wakes = 0;
                kit.leases.look();
            }
        }
        assertThat(kit.next().haste()).isEqualTo(RenewalLink.Haste.SOON);
        assertThat(pocket.tranche().visible()).as("before it is empty").isPositive();
    }

    @Test
    void aBusyKeyIsServedHereWithFewRenewals() {
        kit.load("42", 1000, 3000);
        int[] sentWhile = {0};
        long asked = 0;
        long here = 0;
        for (int i = 0; i < 3000; i++) {
            kit.passMillis(1);
            asked++;
            here += kit.find("42").tryAcquire(1) == Answer.LEASED ? 1 : 0;
            if (kit.wakes > 0) {
                kit.wakes = 0;
                kit.leases.look();
            }
            sentWhile[0] += kit.sent.size();
            kit.grantAll();
        }
        assertThat(here).isEqualTo(asked);
        // About one per horizon of 150 ms; 3,000 without leases.
        assertThat(sentWhile[0]).isBetween(10, 60);
    }

    @Test
    void whatAnIdleClientHoldsIsReturnedBeforeItsLeaseEndsAndTheCounterIsForgotten() {
        kit.load("42", 1000, 2000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        long spent = 0;
        long returned = 0;
        long granted = 0;
        for (int i = 0; i < 200_000 && !kit.leases.idle(); i++) {
            kit.passMillis(1);
            while (!kit.sent.isEmpty()) {
                Sent sent = kit.next();
                spent = sent.renewal().spent();
                returned = sent.renewal().returned();
                granted = sent.renewal().want();
                kit.reply(sent, Kit.granted(granted, 0));
            }
        }
        assertThat(kit.leases.idle()).isTrue();
        assertThat(granted).isZero();
        assertThat(returned).isPositive();
        assertThat(spent).isPositive();
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(pocket.retired()).isTrue();
        assertThat(kit.find("42").enforcing().get(0)).isNotSameAs(pocket);
    }

    @Test
    void aContendedKeyDeniesHereUntilTheLeaderHasMore() {
        kit.load("42", 1000, 2000);
        while (kit.find("42").tryAcquire(1).granted()) {
            // until empty
        }
        kit.leases.look();
        if (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        kit.reply(kit.next(), Kit.contended(0, 0, 20));
        Told told = kit.acquire("42", 1);
        assertThat(told.answer).isEqualTo(Answer.DENIED);
        assertThat(told.retryAfterNanos).isBetween(15_000_000L, 20_000_000L);
        assertThat(kit.sent).isEmpty();
        kit.passMillis(25);
        Sent poll = kit.next();
        assertThat(poll.renewal().denied()).isPositive();
        assertThat(poll.renewal().want()).isPositive();
        assertThat(kit.acquire("42", 1).answer).isEqualTo(Answer.DENIED);
        kit.reply(poll, Kit.granted(50, 0));
        assertThat(kit.acquire("42", 1).answer).isEqualTo(Answer.LEASED);
    }

    @Test
    void afterAPauseAContendedKeyAsksAgain() {
        kit.load("42", 1000, 2000);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        kit.reply(kit.next(), Kit.contended(150, 0, 20)); // enough for now: the poll asks for nothing
        kit.passMillis(2500);
        while (!kit.sent.isEmpty()) {
            kit.refuse(kit.next(), LeaseRefusal.UNKNOWN_LEASE);
        }
        kit.passMillis(600);
        kit.sent.clear();
        Told told = kit.acquire("42", 1);
        assertThat(told.answer).isNotEqualTo(Answer.DENIED);
    }

    @Test
    void aContendedKeyWhosePollWasRefusedGoesToTheLeaderAndPollsAfterwards() {
        kit.load("42", 1000, 2000);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        kit.reply(kit.next(), Kit.contended(0, 0, 20));
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
            kit.passMillis(1);
        }
        kit.refuse(kit.next(), LeaseRefusal.FULL);
        Told told = kit.acquire("42", 1);
        assertThat(told.times).isEqualTo(1);
        assertThat(told.answer).isEqualTo(Answer.ASK);
        kit.passMillis(1000);
        kit.acquire("42", 1);
        kit.reply(kit.next(), Kit.granted(100, 0));
        assertThat(kit.acquire("42", 1).answer).isEqualTo(Answer.LEASED);
    }

    @Test
    void aRefusalOfALeaderEndsWhatDecidesWithoutOne() {
        for (LeaseRefusal refusal :
                new LeaseRefusal[] {LeaseRefusal.FULL, LeaseRefusal.NOT_LEASABLE, LeaseRefusal.STALE_RULES}) {
            String user = refusal.name();
            kit.acquire(user, 1);
            for (int i = 0; i < 600; i++) {
                kit.passMillis(1);
                while (!kit.sent.isEmpty()) {
                    kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
                }
            }
            assertThat(kit.acquire(user, 1).answer).isEqualTo(Answer.FALLBACK_DENIED);
            while (kit.sent.isEmpty()) {
                kit.passMillis(1);
            }
            kit.refuse(kit.next(), refusal);
            Told told = kit.acquire(user, 1);
            assertThat(told.answer).isEqualTo(Answer.ASK);
            kit.passMillis(100);
            while (!kit.sent.isEmpty()) {
                kit.refuse(kit.next(), LeaseRefusal.NOT_LEASABLE);
            }
        }
    }

    @Test
    void whatIsHeldOfARuleThatIsDisabledOrWhoseTimeIsOverIsReturnedAtOnce() {
        Rule rule = Kit.rule("per-user", LIMIT);
        Activation untilThen = new Activation(Optional.empty(), List.of(new Window(1_000, 2_000)));
        Rule timed = new Rule(
                rule.id(),
                rule.match(),
                rule.effect(),
                rule.mode(),
                rule.leaseTerms(),
                rule.failureTerms(),
                rule.precedence(),
                untilThen);
        Rule disabled = Kit.rule("per-user", LIMIT, Mode.DISABLED, LeaseTerms.DEFAULT, FailureTerms.DENY);
        for (CompiledRules next : List.of(Kit.rulesAsOf(2_000, timed), Kit.rules(disabled))) {
            Kit each = new Kit(AdaptiveSizing.POLICY);
            each.leases.learn(Kit.rulesAsOf(1_500, next.rules().rules().get(0).rule() == timed ? timed : rule));
            each.load("42", 1000, 2000);
            Leases.Totals before = each.leases.totals();
            assertThat(before.held()).isPositive();
            each.leases.learn(next);
            Sent last = each.next();
            assertThat(last.renewal().returned()).isGreaterThanOrEqualTo(before.held());
            assertThat(last.renewal().want()).isZero();
            each.reply(last, Kit.granted(0, 0));
            assertThat(each.leases.totals().held()).isZero();
            assertThat(each.leases.idle()).isTrue();
        }
    }

    @Test
    void whatARenewalBringsToALeaseThatLeavesIsReturned() {
        kit.load("42", 1000, 2000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        Sent inFlight = kit.next();
        kit.leases.learn(Kit.rules(Kit.rule("other", LIMIT), Kit.rule("per-user", Kit.perSecond(5))));
        assertThat(kit.sent).isEmpty();
        kit.reply(inFlight, Kit.granted(77, 0));
        assertThat(pocket.trySpend(1)).isFalse();
        Sent last = kit.next();
        assertThat(last.renewal().returned()).isGreaterThanOrEqualTo(77);
        assertThat(kit.leases.idle()).isFalse();
        kit.reply(last, Kit.granted(0, 0));
        assertThat(kit.leases.totals().expired()).isZero();
        assertThat(kit.leases.totals().stranded()).isZero();
        assertThat(kit.leases.idle()).isTrue();
    }

    /** What the leader books as spent when a lease ends, and what of that nobody ever had. */
    @Test
    void whatEndsUnreportedIsExpiredAndWhatOfItWasNeverSpentIsStranded() {
        kit.acquire("42", 1);
        kit.reply(kit.next(), Kit.granted(101, 1));
        for (int i = 0; i < 30; i++) {
            assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED);
        }
        Leases.Totals before = kit.leases.totals();
        assertThat(before.granted()).isEqualTo(100);
        assertThat(before.spent()).isEqualTo(30);
        assertThat(before.held()).isEqualTo(70);
        kit.clock.advanceMillis(4000);
        kit.leases.tick();
        Leases.Totals after = kit.leases.totals();
        assertThat(after.expired()).isEqualTo(100);
        assertThat(after.stranded()).isEqualTo(70);
        assertThat(after.held()).isZero();
    }

    @Test
    void theDeniedAmongTheWaitingHearWhenToComeBack() {
        Told told = kit.acquire("42", 1);
        kit.reply(kit.next(), Kit.contended(0, 0, 30));
        assertThat(told.answer).isEqualTo(Answer.DENIED);
        assertThat(told.retryAfterNanos).isEqualTo(30_000_000L);
    }

    @Test
    void aLostRenewalIsRepeatedWithTheSameNumbers() {
        Told told = kit.acquire("42", 1);
        Sent first = kit.next();
        kit.acquire("42", 1);
        kit.refuse(first, LeaseRefusal.UNKNOWN_OUTCOME);
        assertThat(kit.sent).isEmpty();
        kit.passMillis(100);
        Sent second = kit.next();
        assertThat(second.renewal()).isEqualTo(first.renewal());
        kit.reply(second, Kit.granted(1, 1));
        assertThat(told.answer).isEqualTo(Answer.GRANTED);
        kit.reply(first, Kit.granted(1, 1)); // late and double
        assertThat(told.times).isEqualTo(1);
        assertThat(kit.next().renewal().sequence()).isEqualTo(2);
    }

    @Test
    void aLostLeaseIsReplacedByOneWithAnotherId() {
        kit.load("42", 1000, 2000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        assertThat(pocket.tranche().visible()).isPositive();
        Sent lost = kit.next();
        assertThat(lost.renewal().sequence()).isGreaterThan(1);
        kit.refuse(lost, LeaseRefusal.UNKNOWN_LEASE);
        assertThat(pocket.trySpend(1)).isFalse();
        Sent sent = kit.next();
        assertThat(sent.renewal().leaseId()).isGreaterThan(lost.renewal().leaseId());
        assertThat(sent.renewal().sequence()).isEqualTo(1);
        assertThat(sent.renewal().spent()).isZero();
        Told told = kit.acquire("42", 1);
        kit.refuse(lost, LeaseRefusal.UNKNOWN_LEASE); // again: nothing awaits it
        kit.reply(sent, Kit.granted(100, 0));
        assertThat(told.answer).isEqualTo(Answer.GRANTED);
    }

    @Test
    void requestsThatCannotBeLeasedGoToTheLeader() {
        Told told = kit.acquire("42", 1);
        kit.refuse(kit.next(), LeaseRefusal.NOT_LEASABLE);
        assertThat(told.answer).isEqualTo(Answer.ASK);
        assertThat(told.times).isEqualTo(1);
        Told next = kit.acquire("42", 1);
        assertThat(next.times).isEqualTo(1);
        assertThat(next.answer).isEqualTo(Answer.ASK);
        assertThat(kit.sent).isEmpty();
        Told large = kit.acquire("43", 10_001);
        assertThat(large.times).isEqualTo(1);
        assertThat(large.answer).isEqualTo(Answer.ASK);
    }

    @Test
    void whoWaitedTooLongIsToldSoAndNothingIsKeptForIt() {
        Told told = kit.acquire("42", 1);
        Sent sent = kit.next();
        kit.passMillis(1001);
        assertThat(told.times).isEqualTo(1);
        assertThat(told.answer).isEqualTo(Answer.ASK);
        kit.reply(sent, Kit.granted(1, 1));
        assertThat(told.times).isEqualTo(1);
        // Its token is gone: the leader has it as spent.
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
    }

    @Test
    void anUnreachableClusterIsWaitedForOnlyAMomentThenTheLeaseGoesOnToItsEnd() {
        kit.load("42", 1000, 2000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        long held = kit.find("42").enforcing().get(0).tranche().visible();
        assertThat(held).isPositive();
        long spent = 0;
        for (int i = 0; i < 3100; i++) {
            kit.passMillis(1);
            while (!kit.sent.isEmpty()) {
                kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
            }
            if (i % 100 == 0 && spent < held) {
                Told told = kit.acquire("42", 1);
                spent += told.answer == Answer.LEASED ? 1 : 0;
            }
        }
        assertThat(spent).isGreaterThanOrEqualTo(Math.min(held, 20));
        while (pocket.trySpend(1)) {
            spent++;
        }
        assertThat(spent).isLessThanOrEqualTo(held);
        Told denied = kit.acquire("42", 1);
        assertThat(denied.answer).isEqualTo(Answer.FALLBACK_DENIED);
        kit.passMillis(2000);
        Sent again = kit.next();
        kit.reply(again, Kit.granted(50, again.renewal().need()));
        assertThat(kit.acquire("42", 1).answer).isNotEqualTo(Answer.FALLBACK_DENIED);
    }

    @Test
    void theRuleMayAllowALocalRateMeanwhile() {
        kit.leases.learn(
                Kit.rules(Kit.rule("per-user", LIMIT, Mode.ENFORCE, LeaseTerms.DEFAULT, new FailureTerms(3, 1000))));
        Told waiting = kit.acquire("42", 1);
        for (int i = 0; i < 600; i++) {
            kit.passMillis(1);
            while (!kit.sent.isEmpty()) {
                kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
            }
        }
        assertThat(waiting.answer).isEqualTo(Answer.FALLBACK_ALLOWED);
        assertThat(kit.find("42").tryAcquire(2)).isEqualTo(Answer.FALLBACK_ALLOWED);
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.FALLBACK_DENIED);
        assertThat(kit.find("42").retryAfterNanos(1)).isBetween(1L, 334_000_000L);
        kit.passMillis(334);
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.FALLBACK_ALLOWED);
    }

    @Test
    void repeatsAreBoundedForAllCountersTogether() {
        for (int i = 0; i < 2000; i++) {
            kit.acquire("user-" + i, 1);
        }
        int frames = 0;
        while (!kit.sent.isEmpty()) {
            kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
        }
        for (int i = 0; i < 2000; i++) {
            kit.passMillis(1);
            frames += (kit.sent.size() + 255) / 256;
            while (!kit.sent.isEmpty()) {
                kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
            }
        }
        assertThat(frames).isBetween(50, 100 + 25);
    }

    @Test
    void afterAnOutageNoCounterWaitsForTheOthersRepeats() {
        for (int i = 0; i < 3000; i++) {
            kit.acquire("user-" + i, 1);
        }
        for (int i = 0; i < 10_000; i++) {
            while (!kit.sent.isEmpty()) {
                kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
            }
            kit.passMillis(1);
        }
        assertThat(kit.find("user-7").tryAcquire(1)).isEqualTo(Answer.FALLBACK_DENIED);
        int most = 0;
        for (int i = 0; i < 1500; i++) {
            most = Math.max(most, kit.sent.size());
            kit.grantAll();
            kit.passMillis(1);
        }
        assertThat(most).isLessThan(300); // not all at once
        for (int i = 0; i < 3000; i++) {
            assertThat(kit.find("user-" + i).tryAcquire(1)).isEqualTo(Answer.ASK);
        }
    }

    @Test
    void byOldRulesNothingIsDeniedAndNothingAskedUntilTheyAreLearned() {
        kit.load("42", 1000, 2000);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        long held = kit.find("42").enforcing().get(0).tranche().visible();
        kit.reply(kit.next(), RenewalReply.byOldRules(0));
        assertThat(kit.sent).isEmpty();
        for (long i = 0; i < held; i++) {
            assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED); // it lives as long as it did
        }
        Told told = kit.acquire("42", 1);
        assertThat(told.times).isEqualTo(1);
        assertThat(told.answer).isEqualTo(Answer.ASK);
        assertThat(kit.sent).isEmpty();
        kit.leases.learn(Kit.rules(
                Kit.rule("per-user", LIMIT),
                Kit.rule("other", LIMIT, Mode.SHADOW, LeaseTerms.DEFAULT, FailureTerms.DENY)));
        Sent next = kit.next();
        assertThat(next.renewal().want()).isPositive();
        kit.reply(next, RenewalReply.byOldRules(0));
        assertThat(kit.sent).isEmpty();
        kit.passMillis(25);
        kit.acquire("42", 1);
        assertThat(kit.sent).isNotEmpty();
    }

    /**
     * The first copy was carried out by rules in force and its answer lost; the second comes after a change of rules.
     */
    @Test
    void whatARepeatByOldRulesWasGrantedFirstGoesBack() {
        kit.load("42", 1000, 2000);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        long held = kit.find("42").enforcing().get(0).tranche().visible();
        kit.reply(kit.next(), new RenewalReply(30, 10, 3_000, 0, true, false, 20, false, 0, true));
        assertThat(kit.find("42").enforcing().get(0).tranche().visible()).isEqualTo(held);
        kit.leases.learn(Kit.rules(
                Kit.rule("per-user", LIMIT),
                Kit.rule("other", LIMIT, Mode.SHADOW, LeaseTerms.DEFAULT, FailureTerms.DENY)));
        assertThat(kit.next().renewal().returned()).isEqualTo(20);
    }

    @Test
    void waitersForARenewalByOldRulesGoToTheLeader() {
        Told told = kit.acquire("42", 1);
        kit.reply(kit.next(), RenewalReply.byOldRules(0));
        assertThat(told.times).isEqualTo(1);
        assertThat(told.answer).isEqualTo(Answer.ASK);
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
    }

    @Test
    void leasesLeaveTheGroupThatTheirCountersLeave() {
        kit.load("42", 1000, 2000);
        Resolved old = kit.find("42");
        kit.leases.forget(Kit.NAMESPACE);
        kit.leases.learn(Kit.colocated("user", Kit.rule("per-user", LIMIT)));
        assertThat(old.enforcing().get(0).trySpend(1)).isFalse();
        Sent last = kit.next();
        assertThat(last.renewal().returned()).isPositive();
        kit.reply(last, Kit.granted(0, 0));
        assertThat(kit.leases.idle()).isTrue();
        Pocket now = kit.find("42").enforcing().get(0);
        assertThat(now).isNotSameAs(old.enforcing().get(0));
        assertThat(now.target().colocated()).isEqualTo("42");
    }

    @Test
    void aRecallTakesWhatIsOnItsWayToo() {
        kit.load("42", 1000, 2000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        while (kit.sent.isEmpty()) {
            kit.acquire("42", 1);
        }
        Sent inFlight = kit.next();
        kit.leases.recall(pocket.target().key());
        kit.reply(inFlight, Kit.contended(90, 0, 500)); // so that nobody asks for more
        assertThat(pocket.trySpend(1)).isFalse();
        Sent back = kit.next();
        assertThat(back.renewal().returned()).isGreaterThanOrEqualTo(90);
        assertThat(back.renewal().want()).isZero();
    }

    @Test
    void afterASuspensionNothingHeldIsSpent() {
        kit.load("42", 1000, 2000);
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED);
        kit.clock.suspendMillis(60_000);
        kit.passMillis(101);
        Sent sent = kit.next();
        assertThat(sent.renewal().returned()).isPositive();
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
        kit.reply(sent, Kit.granted(sent.renewal().want(), 0));
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.LEASED);
    }

    @Test
    void aChangedLimitIsNotSpentFromTheOldTokens() {
        kit.load("42", 1000, 2000);
        Resolved old = kit.find("42");
        Pocket pocket = old.enforcing().get(0);
        assertThat(old.tryAcquire(1)).isEqualTo(Answer.LEASED);
        kit.leases.learn(Kit.rules(Kit.rule("other", LIMIT), Kit.rule("per-user", Kit.perSecond(5))));
        assertThat(old.tryAcquire(1)).isEqualTo(Answer.STALE);
        assertThat(pocket.trySpend(1)).isFalse();
        Sent last = kit.next();
        assertThat(last.renewal().returned()).isPositive();
        assertThat(last.renewal().want()).isZero();
        kit.reply(last, Kit.granted(0, 0));
        assertThat(kit.leases.idle()).isTrue();
        assertThat(kit.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
        assertThat(kit.find("42").enforcing()).hasSize(2);
    }

    @Test
    void aRecallReturnsWhatIsHeld() {
        kit.load("42", 1000, 2000);
        Pocket pocket = kit.find("42").enforcing().get(0);
        long held = pocket.tranche().visible();
        kit.leases.recall(pocket.target().key());
        Sent sent = kit.next();
        assertThat(pocket.trySpend(1)).isFalse();
        assertThat(sent.renewal().returned()).isGreaterThanOrEqualTo(held);
    }

    @Test
    void closingReturnsEverything() {
        kit.load("42", 1000, 2000);
        kit.load("43", 1000, 2000);
        kit.leases.returnAll();
        assertThat(kit.sent).hasSize(2);
        while (!kit.sent.isEmpty()) {
            Sent sent = kit.next();
            assertThat(sent.renewal().returned()).isPositive();
            kit.reply(sent, Kit.granted(0, 0));
        }
        assertThat(kit.leases.idle()).isTrue();
    }

    @Test
    void fixedBatchesAskAtAQuarterAndWaitWhenThereIsNothing() {
        Kit fixed = new Kit(FixedSizing.of(100));
        fixed.leases.learn(Kit.rules(Kit.rule("per-user", LIMIT)));
        Told told = fixed.acquire("42", 1);
        Sent first = fixed.next();
        assertThat(first.renewal().need() + first.renewal().want()).isEqualTo(100);
        fixed.reply(first, Kit.granted(100, 1));
        assertThat(told.answer).isEqualTo(Answer.GRANTED);
        int served = 0;
        while (fixed.sent.isEmpty() && served < 100) {
            assertThat(fixed.acquire("42", 1).answer).isEqualTo(Answer.LEASED);
            served++;
        }
        assertThat(served).isBetween(60, 75);
        fixed.reply(fixed.next(), new RenewalReply(0, 0, 3000, 150, false, false, 0, false, 0));
        while (fixed.find("42").tryAcquire(1).granted()) {
            // until empty
        }
        assertThat(fixed.find("42").tryAcquire(1)).isEqualTo(Answer.DENIED);
        fixed.passMillis(10);
        assertThat(fixed.find("42").tryAcquire(1)).isEqualTo(Answer.ASK);
    }

    /** What a client that leaves holds would be spent for nobody if the one renewal that returns it were lost. */
    @Test
    void whatIsReturnedOnLeavingIsToldAgainUntilTheLeaseIsOver() {
        kit.load("42", 1000, 2000);
        kit.leases.returnAll();
        Sent sent = kit.next();
        assertThat(sent.renewal().returned()).isPositive();
        kit.refuse(sent, LeaseRefusal.UNREACHABLE);
        assertThat(kit.leases.idle()).isFalse();
        kit.passMillis(300);
        Sent again = kit.next();
        assertThat(again.renewal()).isEqualTo(sent.renewal());
        kit.refuse(again, LeaseRefusal.STALE_RULES);
        kit.passMillis(2_000);
        kit.reply(kit.next(), Kit.granted(0, 0));
        assertThat(kit.leases.idle()).isTrue();
    }

    @Test
    void whoLeavesAClusterThatIsGoneIsDoneWhenTheLeaseIsOver() {
        kit.load("42", 1000, 2000);
        kit.leases.returnAll();
        for (int i = 0; i < 100 && !kit.leases.idle(); i++) {
            while (!kit.sent.isEmpty()) {
                kit.refuse(kit.next(), LeaseRefusal.UNREACHABLE);
            }
            kit.passMillis(100);
        }
        assertThat(kit.leases.idle()).isTrue();
    }
}

package io.quorate.client.lease;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Leases of one client with a clock that stands, and a link that keeps what is sent. */
final class Kit {
    static final String NAMESPACE = "shop";

    /** A renewal as it was sent. */
    record Sent(Pocket pocket, Renewal renewal, RenewalLink.Haste haste) {}

    final TestClock clock = new TestClock();
    final ArrayDeque<Sent> sent = new ArrayDeque<>();
    final Leases leases;
    int wakes;

    Kit(SizingPolicy sizing) {
        LeaseSettings settings = LeaseSettings.standard().with(sizing);
        this.leases = new Leases(
                settings,
                new LeaseEnvironment(
                        clock,
                        clock::wallMillis,
                        new Random(1),
                        (pocket, renewal, haste) -> sent.add(new Sent(pocket, renewal, haste)),
                        () -> wakes++,
                        slot -> 1));
    }

    static Limit perSecond(long amount) {
        return Limit.of(Algorithm.TOKEN_BUCKET, amount, 1000);
    }

    static Rule rule(String id, Limit limit) {
        return new Rule(id, List.of(new EntryMatch("user", new Pattern.Any())), limit, Mode.ENFORCE);
    }

    static Rule rule(String id, Limit limit, Mode mode, LeaseTerms lease, FailureTerms failure) {
        return new Rule(id, List.of(new EntryMatch("user", new Pattern.Any())), limit, mode, lease, failure);
    }

    static CompiledRules rules(Rule... rules) {
        List<NumberedRule> numbered = new ArrayList<>();
        for (Rule rule : rules) {
            numbered.add(new NumberedRule(rule, numbered.size() + 1));
        }
        return new CompiledRules(new AppliedRules(NAMESPACE, 1, Optional.empty(), numbered));
    }

    /** Rules of which those apply whose time it is. */
    static CompiledRules rulesAsOf(long millis, Rule rule) {
        return new CompiledRules(
                new AppliedRules(NAMESPACE, 1, Optional.empty(), millis, List.of(new NumberedRule(rule, 1))));
    }

    static CompiledRules colocated(String by, Rule rule) {
        return new CompiledRules(new AppliedRules(NAMESPACE, 1, Optional.of(by), List.of(new NumberedRule(rule, 1))));
    }

    static LeaseTarget target(Limit limit) {
        return new LeaseTarget(
                QuotaKey.of(NAMESPACE, "per-user", List.of("42")),
                1,
                "",
                limit,
                1,
                LeaseTerms.DEFAULT,
                FailureTerms.DENY);
    }

    static RequestKey request(String user) {
        return new RequestKey(NAMESPACE, Descriptor.of("user", user));
    }

    Resolved find(String user) {
        Resolved found = leases.find(request(user));
        if (found == null) {
            throw new AssertionError("no rules are known");
        }
        return found;
    }

    /** A waiter that remembers what it was told. */
    static final class Told implements Waiter {
        final long cost;
        final long deadlineNanos;
        Answer answer = Answer.ASK;
        long retryAfterNanos = -1;
        int times;

        Told(long cost, long deadlineNanos) {
            this.cost = cost;
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public long cost() {
            return cost;
        }

        @Override
        public long deadlineNanos() {
            return deadlineNanos;
        }

        @Override
        public void answered(Answer what, long nanos) {
            answer = what;
            retryAfterNanos = nanos;
            times++;
        }
    }

    /** As a client does: decides here, or on the loop. */
    Told acquire(String user, long cost) {
        Resolved resolved = find(user);
        Told told = new Told(cost, clock.getAsLong() + 1_000_000_000L);
        Answer here = resolved.tryAcquire(cost);
        if (here.decided()) {
            told.answered(here, resolved.retryAfterNanos(cost));
        } else {
            leases.acquire(resolved, told);
        }
        if (wakes > 0) {
            wakes = 0;
            leases.look();
        }
        return told;
    }

    /** Lets time pass in ticks. */
    void passMillis(long millis) {
        for (long i = 0; i < millis; i++) {
            clock.advanceMillis(1);
            leases.tick();
        }
    }

    Sent next() {
        return sent.remove();
    }

    /** A reply with room for all. */
    static RenewalReply granted(long tokens, long consumed) {
        return new RenewalReply(tokens, consumed, 3000, 150, false, false, 0, false, 1000);
    }

    static RenewalReply contended(long tokens, long consumed, long retryAfterMillis) {
        return new RenewalReply(tokens, consumed, 3000, 150, true, false, retryAfterMillis, false, 0);
    }

    void reply(Sent to, RenewalReply reply) {
        leases.renewed(to.pocket(), to.renewal(), reply);
    }

    void refuse(Sent to, LeaseRefusal refusal) {
        leases.refused(to.pocket(), to.renewal(), refusal, 0);
    }

    /** Answers everything that is sent with all that it asks for. */
    void grantAll() {
        while (!sent.isEmpty()) {
            Sent next = next();
            long need = next.renewal().need();
            reply(next, granted(need + next.renewal().want(), need));
        }
    }

    /** Asks so often per second that after some seconds a lease serves it; returns what was granted. */
    long load(String user, int perSecond, long millis) {
        long granted = 0;
        for (long i = 0; i < millis; i++) {
            passMillis(1);
            for (long due = (i + 1) * perSecond / 1000 - i * perSecond / 1000; due > 0; due--) {
                Told told = acquire(user, 1);
                grantAll();
                granted += told.answer.granted() ? 1 : 0;
            }
            grantAll();
        }
        return granted;
    }
}

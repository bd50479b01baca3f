package io.quorate.core.machine;

import io.quorate.core.quota.Hash64;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rollout;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.Window;

/** What the rules of a namespace add to the digest of a state; for ever the same for the same rules. */
final class RuleDigests {
    private static final long RULES = 6;
    private static final long LEASE_TERMS = 101;
    private static final long FAILURE_TERMS = 102;
    private static final long PRECEDENCE = 103;
    private static final long ROLLOUT = 104;
    private static final long WINDOW = 105;
    private static final long UNLIMITED = 106;
    private static final long COUNTED = 107;
    private static final long AS_OF = 108;

    private RuleDigests() {}

    static long of(AppliedRules rules) {
        long h = Hash64.mix(Hash64.mix(RULES, Digests.text(rules.namespace())), rules.version());
        h = Hash64.mix(
                h, rules.colocate().isPresent() ? Digests.text(rules.colocate().get()) : 0);
        if (rules.asOfMillis() != 0) {
            h = Hash64.mix(Hash64.mix(h, AS_OF), rules.asOfMillis());
        }
        for (NumberedRule numbered : rules.rules()) {
            h = rule(Hash64.mix(h, numbered.limitId()), numbered.rule());
        }
        return Hash64.finish(h);
    }

    private static long rule(long before, Rule rule) {
        long h = Hash64.mix(before, Digests.text(rule.id()));
        h = rule.isLimited() ? Digests.limit(h, rule.limit()) : Hash64.mix(h, UNLIMITED);
        h = terms(Hash64.mix(h, rule.mode().id()), rule);
        for (EntryMatch match : rule.match()) {
            h = Hash64.mix(Hash64.mix(h, Digests.text(match.name())), Digests.text(patternText(match.pattern())));
            if (match.counted() != match.pattern() instanceof Pattern.Any) {
                h = Hash64.mix(Hash64.mix(h, COUNTED), match.counted() ? 1 : 0);
            }
        }
        return h;
    }

    /** Terms that are the default add nothing, so that the digest of rules from before there were any stays. */
    private static long terms(long h, Rule rule) {
        long next = h;
        LeaseTerms lease = rule.leaseTerms();
        if (!lease.equals(LeaseTerms.DEFAULT)) {
            next = Hash64.mix(Hash64.mix(Hash64.mix(next, LEASE_TERMS), lease.allowed() ? 1 : 0), lease.tokensMax());
            next = Hash64.mix(next, lease.ttlMillis());
        }
        FailureTerms failure = rule.failureTerms();
        if (!failure.equals(FailureTerms.DENY)) {
            next = Hash64.mix(Hash64.mix(Hash64.mix(next, FAILURE_TERMS), failure.amount()), failure.periodMillis());
        }
        Precedence precedence = rule.precedence();
        if (!precedence.equals(Precedence.NONE)) {
            next = Hash64.mix(
                    Hash64.mix(Hash64.mix(next, PRECEDENCE), precedence.priority()), precedence.stops() ? 1 : 0);
            next = Hash64.mix(next, Digests.text(precedence.group().orElse("")));
            for (String id : precedence.replaces()) {
                next = Hash64.mix(next, Digests.text(id));
            }
        }
        if (rule.activation().rollout().isPresent()) {
            Rollout rollout = rule.activation().rollout().get();
            next = Hash64.mix(
                    Hash64.mix(Hash64.mix(next, ROLLOUT), rollout.basisPoints()), Digests.text(rollout.salt()));
            for (String name : rollout.by()) {
                next = Hash64.mix(next, Digests.text(name));
            }
        }
        for (Window window : rule.activation().windows()) {
            next = Hash64.mix(Hash64.mix(Hash64.mix(next, WINDOW), window.fromMillis()), window.untilMillis());
        }
        return next;
    }

    /** The patterns that there were first have the texts that they had then. */
    private static String patternText(Pattern pattern) {
        if (pattern instanceof Pattern.Exact exact) {
            String value = exact.value();
            return value.endsWith("*") ? value.substring(0, value.length() - 1) + "\\*" : value;
        }
        if (pattern instanceof Pattern.Prefix prefix) {
            return prefix.prefix() + "*";
        }
        // No value has a control character, so none is taken for one of those above.
        return pattern instanceof Pattern.Any ? "*" : "\0" + pattern.text();
    }
}

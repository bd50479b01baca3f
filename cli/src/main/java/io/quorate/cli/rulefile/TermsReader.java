package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.text.Printable;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a rule says about clients: what they may lease, and what they do without the cluster. */
final class TermsReader {
    private static final String LEASE_ADVICE =
            "write 'off', or {max: 500, ttl: 3s} with either or both; leave it out for the default";
    private static final String FAILURE_ADVICE = "write 'deny' (the default), or {allow: 50, period: 1s}";

    private static final Fields LEASE = new Fields(
            "a lease",
            List.of("max", "ttl"),
            Map.of("tokens", "max", "amount", "max", "size", "max", "duration", "ttl", "period", "ttl"));
    private static final Fields FAILURE = new Fields(
            "on-unavailable",
            List.of("allow", "period"),
            Map.of("amount", "allow", "max", "allow", "ttl", "period", "window", "period"));

    private final Problems problems;
    private final ValueReader values;

    TermsReader(Problems problems) {
        this.problems = problems;
        this.values = new ValueReader(problems);
    }

    /** The lease terms of a rule; its limit, if it has a right one, bounds them. */
    Optional<LeaseTerms> lease(YamlNode node, Optional<Effect> effect) {
        if (isUnlimited(node, "lease", effect)) {
            return Optional.empty();
        }
        Optional<Limit> limit = effect.flatMap(
                of -> of instanceof Effect.Limited limited ? Optional.of(limited.limit()) : Optional.empty());
        if (node instanceof Scalar word) {
            if (word.plain() && word.text().equals("off")) {
                return Optional.of(LeaseTerms.OFF);
            }
            return unknownWord(word, "lease", LEASE_ADVICE);
        }
        if (!(node instanceof Mapping mapping)) {
            return values.wrongType(node, "lease", "'off' or a mapping", LEASE_ADVICE);
        }
        Map<String, YamlNode> fields = LEASE.take(problems, mapping);
        if (mapping.fields().isEmpty()) {
            problems.add(node, "lease says nothing", LEASE_ADVICE);
            return Optional.empty();
        }
        Optional<Long> tokensMax = fields.containsKey("max")
                ? values.number(
                        fields.get("max"), "max", limit.map(Limit::capacity).orElse(Limit.AMOUNT_MAX))
                : Optional.of(0L);
        Optional<Long> ttlMillis = fields.containsKey("ttl")
                ? values.durationMillis(
                        fields.get("ttl"), "ttl", LeaseTerms.TTL_MILLIS_MIN, LeaseTerms.TTL_MILLIS_MAX, "100ms to 60s")
                : Optional.of(0L);
        return tokensMax.flatMap(max -> ttlMillis.map(ttl -> new LeaseTerms(true, max, ttl)));
    }

    Optional<FailureTerms> failure(YamlNode node, Optional<Effect> effect) {
        if (isUnlimited(node, "on-unavailable", effect)) {
            return Optional.empty();
        }
        if (node instanceof Scalar word) {
            if (word.text().equals("deny")) {
                return Optional.of(FailureTerms.DENY);
            }
            return unknownWord(word, "on-unavailable", FAILURE_ADVICE);
        }
        if (!(node instanceof Mapping mapping)) {
            return values.wrongType(node, "on-unavailable", "'deny' or a mapping", FAILURE_ADVICE);
        }
        Map<String, YamlNode> fields = FAILURE.take(problems, mapping);
        Optional<Long> amount = values.required(mapping, fields, "allow", "allow: 50")
                .flatMap(value -> values.number(value, "allow", Limit.AMOUNT_MAX));
        Optional<Long> period =
                values.required(mapping, fields, "period", "period: 1s").flatMap(values::periodMillis);
        return amount.flatMap(allow -> period.map(millis -> new FailureTerms(allow, millis)));
    }

    private boolean isUnlimited(YamlNode node, String what, Optional<Effect> effect) {
        boolean unlimited = effect.isPresent() && effect.get() instanceof Effect.Unlimited;
        if (unlimited) {
            problems.add(node, "'" + what + "' of a rule that is unlimited", "leave it out: nothing is counted");
        }
        return unlimited;
    }

    private <T> Optional<T> unknownWord(Scalar word, String what, String advice) {
        problems.add(
                word,
                word.isNull() ? what + " is empty" : what + " is '" + Printable.escape(word.text(), 80) + "'",
                advice);
        return Optional.empty();
    }
}

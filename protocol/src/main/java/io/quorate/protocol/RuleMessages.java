package io.quorate.protocol;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.Entry;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.protocol.v1.Rules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Rules, limits and descriptors as messages and back.
 *
 * <p>Reading a message checks it as the core's types do; an {@link IllegalArgumentException} names the
 * namespace or rule, what is wrong, and what would be right.
 */
public final class RuleMessages {
    private RuleMessages() {}

    public static io.quorate.protocol.v1.Limit toMessage(Limit limit) {
        return io.quorate.protocol.v1.Limit.newBuilder()
                .setAlgorithm(limit.algorithm().label())
                .setAmount(limit.amount())
                .setPeriodMillis(limit.periodMillis())
                .setBurst(limit.burst())
                .build();
    }

    public static Limit limit(io.quorate.protocol.v1.Limit message) {
        Algorithm algorithm = Algorithm.ofLabel(message.getAlgorithm())
                .orElseThrow(() -> new IllegalArgumentException("algorithm must be one of "
                        + Arrays.stream(Algorithm.values())
                                .map(Algorithm::label)
                                .collect(Collectors.joining(", "))
                        + ", not '" + Names.printable(message.getAlgorithm()) + "'"));
        long burst = message.getBurst() == 0 ? message.getAmount() : message.getBurst();
        return new Limit(algorithm, message.getAmount(), message.getPeriodMillis(), burst);
    }

    public static io.quorate.protocol.v1.Rule toMessage(Rule rule) {
        io.quorate.protocol.v1.Rule.Builder message = io.quorate.protocol.v1.Rule.newBuilder()
                .setId(rule.id())
                .setUnlimited(!rule.isLimited())
                .setMode(rule.mode().label());
        rule.limitIfAny().ifPresent(limit -> message.setLimit(toMessage(limit)));
        for (EntryMatch match : rule.match()) {
            message.addMatch(PatternMessages.toMessage(match));
        }
        if (!rule.precedence().equals(Precedence.NONE)) {
            message.setPrecedence(TermMessages.toMessage(rule.precedence()));
        }
        if (!rule.activation().equals(Activation.ALWAYS)) {
            message.setActivation(TermMessages.toMessage(rule.activation()));
        }
        LeaseTerms lease = rule.leaseTerms();
        if (!lease.equals(LeaseTerms.DEFAULT)) {
            message.setLease(io.quorate.protocol.v1.LeaseTerms.newBuilder()
                    .setOff(!lease.allowed())
                    .setMax(lease.tokensMax())
                    .setTtlMillis(lease.ttlMillis()));
        }
        FailureTerms failure = rule.failureTerms();
        if (!failure.denies()) {
            message.setOnUnavailable(io.quorate.protocol.v1.FailureTerms.newBuilder()
                    .setAllow(failure.amount())
                    .setPeriodMillis(failure.periodMillis()));
        }
        return message.build();
    }

    public static Rule rule(io.quorate.protocol.v1.Rule message) {
        Names.checkName("rule id", message.getId());
        try {
            if (message.hasLimit() == message.getUnlimited()) {
                throw new IllegalArgumentException(
                        message.hasLimit() ? "an unlimited rule has no limit" : "limit is missing");
            }
            List<EntryMatch> matches = new ArrayList<>(message.getMatchCount());
            for (io.quorate.protocol.v1.Rule.Match match : message.getMatchList()) {
                matches.add(PatternMessages.condition(match));
            }
            // A message that is absent reads as one of zeros, which stand for the defaults.
            io.quorate.protocol.v1.LeaseTerms lease = message.getLease();
            io.quorate.protocol.v1.FailureTerms failure = message.getOnUnavailable();
            return new Rule(
                    message.getId(),
                    matches,
                    message.getUnlimited() ? new Effect.Unlimited() : new Effect.Limited(limit(message.getLimit())),
                    mode(message.getMode()),
                    new LeaseTerms(!lease.getOff(), lease.getMax(), lease.getTtlMillis()),
                    new FailureTerms(failure.getAllow(), failure.getPeriodMillis()),
                    TermMessages.precedence(message.getPrecedence()),
                    TermMessages.activation(message.getActivation()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rule '" + message.getId() + "': " + e.getMessage(), e);
        }
    }

    private static Mode mode(String label) {
        if (label.isEmpty()) {
            return Mode.ENFORCE;
        }
        for (Mode mode : Mode.values()) {
            if (mode.label().equals(label)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "mode must be enforce, shadow or disabled, not '" + Names.printable(label) + "'");
    }

    public static Rules.Put toPut(RuleSet rules, OptionalLong ifVersion) {
        Rules.Put.Builder message = Rules.Put.newBuilder().setNamespace(rules.namespace());
        rules.colocate().ifPresent(message::setColocate);
        for (Rule rule : rules.rules()) {
            message.addRules(toMessage(rule));
        }
        ifVersion.ifPresent(message::setIfVersion);
        return message.build();
    }

    public static RuleSet ruleSet(Rules.Put message) {
        return ruleSet(message.getNamespace(), message.getColocate(), message.getRulesList());
    }

    public static Rules.Namespace toMessage(AppliedRules applied) {
        Rules.Namespace.Builder message = Rules.Namespace.newBuilder()
                .setNamespace(applied.namespace())
                .setVersion(applied.version())
                .setAsOfMillis(applied.asOfMillis());
        applied.colocate().ifPresent(message::setColocate);
        applied.rules().forEach(numbered -> message.addRules(toMessage(numbered.rule())));
        return message.build();
    }

    /** A namespace's rules as the server told them; their version is {@code message.getVersion()}. */
    public static RuleSet ruleSet(Rules.Namespace message) {
        return ruleSet(message.getNamespace(), message.getColocate(), message.getRulesList());
    }

    private static RuleSet ruleSet(String namespace, String colocate, List<io.quorate.protocol.v1.Rule> messages) {
        Names.checkName("namespace", namespace);
        try {
            if (messages.size() > RuleSet.RULES_MAX) {
                throw new IllegalArgumentException(
                        "a namespace has at most " + RuleSet.RULES_MAX + " rules, not " + messages.size());
            }
            List<Rule> rules = new ArrayList<>(messages.size());
            for (io.quorate.protocol.v1.Rule message : messages) {
                rules.add(rule(message));
            }
            return new RuleSet(namespace, colocate.isEmpty() ? Optional.empty() : Optional.of(colocate), rules);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("namespace '" + namespace + "': " + e.getMessage(), e);
        }
    }

    public static List<io.quorate.protocol.v1.Entry> toMessages(Descriptor descriptor) {
        List<io.quorate.protocol.v1.Entry> messages =
                new ArrayList<>(descriptor.entries().size());
        for (Entry entry : descriptor.entries()) {
            messages.add(io.quorate.protocol.v1.Entry.newBuilder()
                    .setName(entry.name())
                    .setValue(entry.value())
                    .build());
        }
        return messages;
    }

    public static Descriptor descriptor(List<io.quorate.protocol.v1.Entry> messages) {
        int count = messages.size();
        if (count > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException(
                    "a request has at most " + QuotaKey.VALUES_MAX + " entries, not " + count);
        }
        Entry[] entries = new Entry[count];
        for (int i = 0; i < count; i++) {
            io.quorate.protocol.v1.Entry message = messages.get(i);
            entries[i] = new Entry(message.getName(), message.getValue());
        }
        return new Descriptor(List.of(entries));
    }
}

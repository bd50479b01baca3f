package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Field;
import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.rulefile.YamlNode.Sequence;
import io.quorate.cli.text.Printable;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a rule file's nodes into rules, and goes on after a problem so that all are reported at once. */
final class RuleReader {
    private static final Fields ROOT = new Fields(
            "a rule file",
            List.of("namespace", "colocate", "rules"),
            Map.of("domain", "namespace", "tenant", "namespace", "descriptors", "rules", "limits", "rules"));
    private static final Fields RULE = new Fields(
            "a rule",
            List.of("id", "match", "limit", "mode", "lease", "on-unavailable"),
            Map.of(
                    "name",
                    "id",
                    "key",
                    "match",
                    "when",
                    "match",
                    "conditions",
                    "match",
                    "rate_limit",
                    "limit",
                    "shadow_mode",
                    "mode",
                    "on-failure",
                    "on-unavailable",
                    "failure",
                    "on-unavailable"));

    private final Problems problems;
    private final LimitReader limits;
    private final TermsReader terms;
    private final ValueReader values;

    RuleReader(Problems problems) {
        this.problems = problems;
        this.limits = new LimitReader(problems);
        this.terms = new TermsReader(problems);
        this.values = new ValueReader(problems);
    }

    /** The rules; empty if a problem was reported that leaves none. */
    Optional<RuleSet> ruleSet(YamlNode node) {
        if (!(node instanceof Mapping root)) {
            problems.add(node, "a rule file is a mapping, not " + node.kind(), "begin with 'namespace: NAME'");
            return Optional.empty();
        }
        Map<String, YamlNode> fields = ROOT.take(problems, root);
        Optional<String> namespace = values.required(root, fields, "namespace", "namespace: shop")
                .flatMap(value -> name(value, "namespace"));
        Optional<String> colocate =
                Optional.ofNullable(fields.get("colocate")).flatMap(value -> name(value, "colocate"));
        List<Rule> rules = values.required(root, fields, "rules", "rules: and below it one '- id: NAME' a rule")
                .map(value -> rules(value, colocate))
                .orElse(List.of());
        if (!problems.none() || namespace.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RuleSet(namespace.get(), colocate, rules));
        } catch (IllegalArgumentException e) {
            problems.add(root, String.valueOf(e.getMessage()), "change the rules so that it holds");
            return Optional.empty();
        }
    }

    private List<Rule> rules(YamlNode node, Optional<String> colocate) {
        if (!(node instanceof Sequence list)) {
            values.wrongType(node, "rules", "a list", "begin each rule with '- id: NAME'");
            return List.of();
        }
        if (list.items().isEmpty()) {
            problems.add(
                    node, "rules is an empty list", "write at least one rule; 'quorate rules delete' removes them all");
        }
        if (list.items().size() > RuleSet.RULES_MAX) {
            problems.add(
                    node,
                    list.items().size() + " rules",
                    "a namespace has at most " + RuleSet.RULES_MAX + "; use patterns, or more namespaces");
            return List.of();
        }
        List<Rule> rules = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (YamlNode item : list.items()) {
            rule(item, colocate, lines).ifPresent(rules::add);
        }
        return rules;
    }

    private Optional<Rule> rule(YamlNode node, Optional<String> colocate, Map<String, Integer> lines) {
        if (!(node instanceof Mapping rule)) {
            values.wrongType(node, "a rule", "a mapping", "write '- id: NAME', and below it match and limit");
            return Optional.empty();
        }
        Map<String, YamlNode> fields = RULE.take(problems, rule);
        Optional<YamlNode> idNode = values.required(rule, fields, "id", "id: per-client");
        Optional<String> id = idNode.flatMap(value -> name(value, "id"));
        id.ifPresent(name -> {
            Integer first = lines.putIfAbsent(name, idNode.orElseThrow().line());
            if (first != null) {
                problems.add(
                        idNode.orElseThrow(),
                        "rule id '" + name + "' stands twice (first in line " + first + ")",
                        "give each rule an id of its own");
            }
        });
        List<EntryMatch> match =
                Optional.ofNullable(fields.get("match")).map(this::match).orElse(List.of());
        Optional<Limit> limit = values.required(
                        rule, fields, "limit", "limit: {algorithm: gcra, amount: 60, period: 60s}")
                .flatMap(limits::limit);
        Mode mode = Optional.ofNullable(fields.get("mode")).map(this::mode).orElse(Mode.ENFORCE);
        Optional<LeaseTerms> lease = Optional.ofNullable(fields.get("lease"))
                .map(value -> terms.lease(value, limit))
                .orElse(Optional.of(LeaseTerms.DEFAULT));
        Optional<FailureTerms> failure = Optional.ofNullable(fields.get("on-unavailable"))
                .map(terms::failure)
                .orElse(Optional.of(FailureTerms.DENY));
        YamlNode matchNode = fields.getOrDefault("match", rule);
        if (!(matchNode instanceof YamlNode.Broken)) {
            colocated(matchNode, match, colocate);
        }
        boolean whole = id.isPresent() && limit.isPresent() && lease.isPresent() && failure.isPresent();
        if (!whole || match.size() > QuotaKey.VALUES_MAX) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Rule(
                    id.orElseThrow(), match, limit.orElseThrow(), mode, lease.orElseThrow(), failure.orElseThrow()));
        } catch (IllegalArgumentException e) {
            problems.add(
                    fields.getOrDefault("limit", rule),
                    String.valueOf(e.getMessage()),
                    "lower the amount or the burst, or choose another period");
            return Optional.empty();
        }
    }

    private List<EntryMatch> match(YamlNode node) {
        if (!(node instanceof Mapping mapping)) {
            values.wrongType(node, "match", "a mapping of entries to patterns", "write match: {client: \"*\"}");
            return List.of();
        }
        if (mapping.fields().size() > QuotaKey.VALUES_MAX) {
            problems.add(node, mapping.fields().size() + " conditions", "a rule has at most " + QuotaKey.VALUES_MAX);
        }
        List<EntryMatch> conditions = new ArrayList<>();
        for (Field field : mapping.fields()) {
            Optional<String> name = name(field.key(), "entry name");
            Optional<Pattern> pattern = pattern(field);
            if (name.isPresent() && pattern.isPresent()) {
                conditions.add(new EntryMatch(name.get(), pattern.get()));
            }
        }
        return conditions;
    }

    private Optional<Pattern> pattern(Field field) {
        String entry = Printable.escape(field.key().text(), 80);
        if (!(field.value() instanceof Scalar value)) {
            values.wrongType(
                    field.value(),
                    "the pattern of '" + entry + "'",
                    "a text",
                    "write one pattern: \"*\", \"prefix*\" or an exact value; one rule for each value to match");
            return Optional.empty();
        }
        if (value.isNull()) {
            problems.add(
                    value, "'" + entry + "' has no pattern", "write \"*\" for any value, or \"\" for the empty value");
            return Optional.empty();
        }
        try {
            return Optional.of(Pattern.parse(value.text()));
        } catch (IllegalArgumentException e) {
            problems.add(value, String.valueOf(e.getMessage()), "shorten it, or end it with a star to match a prefix");
            return Optional.empty();
        }
    }

    private Mode mode(YamlNode node) {
        if (!(node instanceof Scalar value)) {
            values.wrongType(node, "mode", "a word", "write 'mode: enforce' or 'mode: shadow'");
            return Mode.ENFORCE;
        }
        for (Mode mode : Mode.values()) {
            if (mode.label().equals(value.text())) {
                return mode;
            }
        }
        problems.add(
                value,
                "unknown mode '" + Printable.escape(value.text(), 80) + "'",
                "write 'enforce' (the default) or 'shadow' (counted and reported, never denies)");
        return Mode.ENFORCE;
    }

    private void colocated(YamlNode at, List<EntryMatch> match, Optional<String> colocate) {
        boolean wrong = colocate.isPresent()
                && match.stream()
                        .noneMatch(m ->
                                m.name().equals(colocate.get()) && m.pattern().counted());
        if (wrong) {
            problems.add(
                    at,
                    "the rule doesn't match {" + colocate.get() + ": \"*\"}",
                    "every rule of a namespace with 'colocate: " + colocate.get()
                            + "' must count by that entry; or leave 'colocate' out");
        }
    }

    private Optional<String> name(YamlNode node, String what) {
        if (!(node instanceof Scalar value)) {
            values.wrongType(
                    node, what, "a name", "write 1 to " + Names.NAME_BYTES_MAX + " characters of A-Z a-z 0-9 . _ -");
            return Optional.empty();
        }
        if (value.isNull()) {
            problems.add(value, what + " is empty", "write a name, or quote it if it is meant so");
            return Optional.empty();
        }
        try {
            return Optional.of(Names.checkName(what, value.text()));
        } catch (IllegalArgumentException e) {
            problems.add(
                    value,
                    what + " is '" + Printable.escape(value.text(), 80) + "'",
                    "write 1 to " + Names.NAME_BYTES_MAX + " characters of A-Z a-z 0-9 . _ -");
            return Optional.empty();
        }
    }
}

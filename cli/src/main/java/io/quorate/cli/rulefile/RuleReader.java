package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.rulefile.YamlNode.Sequence;
import io.quorate.cli.text.Printable;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Turns a rule file's nodes into rules, and goes on after a problem so that all are reported at once.
 *
 * <p>Rules below another one come after it, and inherit what it says but for its id, its limit, and what it stops
 * and replaces.
 */
final class RuleReader {
    private static final Fields ROOT = new Fields(
            "a rule file",
            List.of("namespace", "colocate", "rules"),
            Map.of("domain", "namespace", "tenant", "namespace", "descriptors", "rules", "limits", "rules"));
    private static final Fields RULE = new Fields(
            "a rule",
            List.of(
                    "id",
                    "match",
                    "limit",
                    "mode",
                    "priority",
                    "group",
                    "stop",
                    "replaces",
                    "rollout",
                    "active",
                    "lease",
                    "on-unavailable",
                    "rules"),
            Map.ofEntries(
                    Map.entry("name", "id"),
                    Map.entry("key", "match"),
                    Map.entry("when", "match"),
                    Map.entry("conditions", "match"),
                    Map.entry("rate_limit", "limit"),
                    Map.entry("shadow_mode", "mode"),
                    Map.entry("order", "priority"),
                    Map.entry("first-match", "group"),
                    Map.entry("stop-on-match", "stop"),
                    Map.entry("percent", "rollout"),
                    Map.entry("schedule", "active"),
                    Map.entry("on-failure", "on-unavailable"),
                    Map.entry("failure", "on-unavailable"),
                    Map.entry("descriptors", "rules"),
                    Map.entry("overrides", "rules"),
                    Map.entry("children", "rules")));
    /** What a rule without a limit of its own can't say, since it isn't one. */
    private static final List<String> OF_LIMITED = List.of("stop", "replaces");

    private static final String MODES =
            Arrays.stream(Mode.values()).map(Mode::label).collect(Collectors.joining(", "));

    private final Problems problems;
    private final LimitReader limits;
    private final TermsReader terms;
    private final MatchReader matches;
    private final OrderReader orders;
    private final ValueReader values;

    private final List<Rule> rules = new ArrayList<>();
    private final List<RuleSource> sources = new ArrayList<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private Optional<String> colocate = Optional.empty();
    private int count;

    RuleReader(Problems problems) {
        this.problems = problems;
        this.limits = new LimitReader(problems);
        this.terms = new TermsReader(problems);
        this.matches = new MatchReader(problems);
        this.orders = new OrderReader(problems);
        this.values = new ValueReader(problems);
    }

    /** What a rule has from those above it. */
    private record Inherited(
            List<EntryMatch> match,
            Mode mode,
            LeaseTerms lease,
            FailureTerms failure,
            Precedence precedence,
            Activation activation) {
        static final Inherited NOTHING = new Inherited(
                List.of(), Mode.ENFORCE, LeaseTerms.DEFAULT, FailureTerms.DENY, Precedence.NONE, Activation.ALWAYS);
    }

    /** The rules, each with its places; empty if a problem was reported that leaves none. */
    Optional<ParsedRules.Good> ruleSet(YamlNode node) {
        if (!(node instanceof Mapping root)) {
            problems.add(node, "a rule file is a mapping, not " + node.kind(), "begin with 'namespace: NAME'");
            return Optional.empty();
        }
        Map<String, YamlNode> fields = ROOT.take(problems, root);
        Optional<String> namespace = values.required(root, fields, "namespace", "namespace: shop")
                .flatMap(value -> values.name(value, "namespace"));
        colocate = Optional.ofNullable(fields.get("colocate")).flatMap(value -> values.name(value, "colocate"));
        values.required(root, fields, "rules", "rules: and below it one '- id: NAME' a rule")
                .ifPresent(value -> rules(value, Inherited.NOTHING));
        if (count > RuleSet.RULES_MAX) {
            problems.add(
                    fields.getOrDefault("rules", root),
                    count + " rules",
                    "a namespace has at most " + RuleSet.RULES_MAX + "; use patterns, or more namespaces");
        }
        if (!problems.none() || namespace.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ParsedRules.Good(new RuleSet(namespace.get(), colocate, rules), sources));
        } catch (IllegalArgumentException e) {
            problems.add(root, String.valueOf(e.getMessage()), "change the rules so that it holds");
            return Optional.empty();
        }
    }

    private void rules(YamlNode node, Inherited inherited) {
        if (!(node instanceof Sequence list)) {
            values.wrongType(node, "rules", "a list", "begin each rule with '- id: NAME'");
            return;
        }
        if (list.items().isEmpty()) {
            problems.add(
                    node, "rules is an empty list", "write at least one rule; 'quorate rules delete' removes them all");
        }
        for (YamlNode item : list.items()) {
            rule(item, inherited);
        }
    }

    private void rule(YamlNode node, Inherited above) {
        if (!(node instanceof Mapping mapping)) {
            values.wrongType(node, "a rule", "a mapping", "write '- id: NAME', and below it match and limit");
            return;
        }
        Map<String, YamlNode> fields = RULE.take(problems, mapping);
        boolean frame = !fields.containsKey("limit") && fields.containsKey("rules");
        Optional<String> id = id(mapping, fields, frame);
        List<EntryMatch> match = Optional.ofNullable(fields.get("match"))
                .map(value -> matches.match(value, above.match))
                .orElse(above.match);
        Mode mode = Optional.ofNullable(fields.get("mode")).map(this::mode).orElse(above.mode);
        Optional<Precedence> precedence = orders.precedence(fields, above.precedence);
        Optional<Activation> activation = orders.activation(fields, id.orElse("rollout"), above.activation);
        Optional<Effect> effect = frame
                ? Optional.empty()
                : values.required(mapping, fields, "limit", "limit: {algorithm: gcra, amount: 60, period: 60s}")
                        .flatMap(limits::effect);
        Optional<LeaseTerms> lease = Optional.ofNullable(fields.get("lease"))
                .map(value -> terms.lease(value, effect))
                .orElse(Optional.of(above.lease));
        Optional<FailureTerms> failure = Optional.ofNullable(fields.get("on-unavailable"))
                .map(value -> terms.failure(value, effect))
                .orElse(Optional.of(above.failure));
        if (frame) {
            frame(fields);
        } else {
            count++;
            colocated(fields.getOrDefault("match", mapping), match);
            Draft draft = new Draft(id, match, effect, mode, lease, failure, precedence, activation);
            add(draft, mapping, fields);
        }
        YamlNode below = fields.get("rules");
        if (below != null) {
            Precedence order = precedence.orElse(Precedence.NONE);
            rules(
                    below,
                    new Inherited(
                            match,
                            mode,
                            lease.orElse(LeaseTerms.DEFAULT),
                            failure.orElse(FailureTerms.DENY),
                            new Precedence(order.priority(), order.group(), false, List.of()),
                            activation.orElse(Activation.ALWAYS)));
        }
    }

    /** What was read of a rule. */
    private record Draft(
            Optional<String> id,
            List<EntryMatch> match,
            Optional<Effect> effect,
            Mode mode,
            Optional<LeaseTerms> lease,
            Optional<FailureTerms> failure,
            Optional<Precedence> precedence,
            Optional<Activation> activation) {
        boolean isWhole() {
            return id.isPresent()
                    && effect.isPresent()
                    && lease.isPresent()
                    && failure.isPresent()
                    && precedence.isPresent()
                    && activation.isPresent()
                    && match.size() <= Rule.CONDITIONS_MAX;
        }

        Rule rule() {
            boolean limited = effect.orElseThrow() instanceof Effect.Limited;
            return new Rule(
                    id.orElseThrow(),
                    match,
                    effect.orElseThrow(),
                    mode,
                    limited ? lease.orElseThrow() : LeaseTerms.DEFAULT,
                    limited ? failure.orElseThrow() : FailureTerms.DENY,
                    precedence.orElseThrow(),
                    activation.orElseThrow());
        }
    }

    private void add(Draft draft, Mapping mapping, Map<String, YamlNode> fields) {
        if (!draft.isWhole()) {
            return;
        }
        if (draft.precedence().orElseThrow().replaces().contains(draft.id().orElseThrow())) {
            problems.add(
                    fields.getOrDefault("replaces", mapping),
                    "the rule '" + draft.id().orElseThrow() + "' replaces itself",
                    "name other rules; 'mode: disabled' turns a rule off");
            return;
        }
        try {
            rules.add(draft.rule());
            sources.add(RuleSource.of(mapping, fields));
        } catch (IllegalArgumentException e) {
            problems.add(
                    fields.getOrDefault("limit", mapping),
                    String.valueOf(e.getMessage()),
                    "lower the amount or the burst, or choose another period");
        }
    }

    private Optional<String> id(Mapping rule, Map<String, YamlNode> fields, boolean frame) {
        if (frame && !fields.containsKey("id")) {
            return Optional.empty();
        }
        Optional<YamlNode> node = values.required(rule, fields, "id", "id: per-client");
        Optional<String> id = node.flatMap(value -> values.name(value, "id"));
        id.ifPresent(name -> {
            Integer first = lines.putIfAbsent(name, node.orElseThrow().line());
            if (first != null) {
                problems.add(
                        node.orElseThrow(),
                        "rule id '" + name + "' stands twice (first in line " + first + ")",
                        "give each rule an id of its own");
            }
        });
        return id;
    }

    private void frame(Map<String, YamlNode> fields) {
        for (String name : OF_LIMITED) {
            if (fields.containsKey(name)) {
                problems.add(
                        fields.get(name),
                        "'" + name + "' of a rule without a limit, which only holds what those below it have in common",
                        "write it with the rules below, or give this one a limit");
            }
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
                "write one of " + MODES + ": 'enforce' (the default), 'shadow' (counted and reported, never denies),"
                        + " 'disabled' (matches nothing)");
        return Mode.ENFORCE;
    }

    private void colocated(YamlNode at, List<EntryMatch> match) {
        boolean wrong =
                colocate.isPresent() && match.stream().noneMatch(m -> m.name().equals(colocate.get()) && m.counted());
        if (wrong && !(at instanceof YamlNode.Broken)) {
            problems.add(
                    at,
                    "the rule doesn't match {" + colocate.get() + ": \"*\"}",
                    "every rule of a namespace with 'colocate: " + colocate.get()
                            + "' must count by that entry; or leave 'colocate' out");
        }
    }
}

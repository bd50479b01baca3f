package io.quorate.cli.exports;

import io.quorate.cli.exports.Draft.Unlike;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rules as {@code envoyproxy/ratelimit} has them: each is a node at the end of a path of its entries. */
final class EnvoyTree {
    private static final Map<Long, String> UNITS = Map.of(
            1_000L,
            "second",
            60_000L,
            "minute",
            3_600_000L,
            "hour",
            86_400_000L,
            "day",
            7 * 86_400_000L,
            "week",
            30 * 86_400_000L,
            "month",
            365 * 86_400_000L,
            "year");
    private static final long AMOUNT_MAX = (1L << 32) - 1;

    private final Node root = new Node("", "", false);

    /** One level of a path; {@code value} is empty for any. */
    private static final class Node {
        private final String key;
        private final String value;
        private final boolean shared;
        private final Map<String, Node> below = new LinkedHashMap<>();
        private Optional<Rule> rule = Optional.empty();

        Node(String key, String value, boolean shared) {
            this.key = key;
            this.value = value;
            this.shared = shared;
        }

        Map<String, Object> yaml() {
            Map<String, Object> yaml = new LinkedHashMap<>();
            yaml.put("key", key);
            if (!value.isEmpty()) {
                yaml.put("value", value);
            }
            rule.ifPresent(limited -> {
                yaml.put("rate_limit", limit(limited));
                if (limited.mode() == Mode.SHADOW) {
                    yaml.put("shadow_mode", true);
                }
            });
            if (shared) {
                yaml.put("share_threshold", true);
            }
            if (!below.isEmpty()) {
                yaml.put("descriptors", below.values().stream().map(Node::yaml).toList());
            }
            return yaml;
        }

        private static Map<String, Object> limit(Rule rule) {
            Map<String, Object> yaml = new LinkedHashMap<>();
            yaml.put("name", rule.id());
            rule.limitIfAny()
                    .ifPresentOrElse(
                            limit -> {
                                yaml.put("unit", UNITS.get(limit.periodMillis()));
                                yaml.put("requests_per_unit", limit.amount());
                            },
                            () -> yaml.put("unlimited", true));
            if (!rule.precedence().replaces().isEmpty()) {
                yaml.put(
                        "replaces",
                        rule.precedence().replaces().stream()
                                .map(id -> Map.of("name", id))
                                .toList());
            }
            return yaml;
        }
    }

    Draft write(RuleSet rules) {
        Map<String, String> leftOut = Draft.each(rules, this::add);
        Map<String, Object> yaml = new LinkedHashMap<>();
        yaml.put("domain", rules.namespace());
        yaml.put("descriptors", root.below.values().stream().map(Node::yaml).toList());
        return Draft.of(yaml, leftOut);
    }

    private void add(Rule rule) throws Unlike {
        if (rule.mode() == Mode.DISABLED) {
            throw new Unlike("it is disabled");
        }
        if (rule.limitIfAny().isPresent()) {
            check(rule.limit());
        }
        List<Node> path = path(rule);
        Node at = root;
        for (Node next : path) {
            String composite = next.value.isEmpty() ? next.key : next.key + "_" + next.value;
            at = at.below.getOrDefault(composite, next);
            if (at.shared != next.shared) {
                throw new Unlike("another rule counts the values of '" + next.key + "' otherwise");
            }
        }
        if (at.rule.isPresent()) {
            throw new Unlike("rule '" + at.rule.get().id() + "' has the same entries, and there only one can have");
        }
        at = root;
        for (Node next : path) {
            String composite = next.value.isEmpty() ? next.key : next.key + "_" + next.value;
            at = at.below.computeIfAbsent(composite, c -> next);
        }
        at.rule = Optional.of(rule);
    }

    private static void check(Limit limit) throws Unlike {
        if (limit.algorithm() != Algorithm.FIXED_WINDOW) {
            throw new Unlike(
                    "there are only fixed windows, no " + limit.algorithm().label());
        }
        if (!UNITS.containsKey(limit.periodMillis())) {
            throw new Unlike("its period is no unit there: second, minute, hour, day, week, 30 or 365 days");
        }
        if (limit.amount() > AMOUNT_MAX) {
            throw new Unlike("an amount is at most " + AMOUNT_MAX + " there");
        }
    }

    /** The nodes of a rule, a level for each entry; what siblings and children exclude is found by reading it back. */
    private static List<Node> path(Rule rule) throws Unlike {
        Map<String, Node> path = new LinkedHashMap<>();
        for (EntryMatch condition : rule.match()) {
            Optional<Node> node = node(condition);
            if (node.isPresent() && !(isAny(node.get()) && path.containsKey(condition.name()))) {
                Node before = path.put(condition.name(), node.get());
                if (before != null && !isAny(before)) {
                    throw new Unlike("entry '" + condition.name() + "' has two conditions");
                }
            }
        }
        if (path.isEmpty()) {
            throw new Unlike("a limit there needs an entry");
        }
        return new ArrayList<>(path.values());
    }

    private static boolean isAny(Node node) {
        return node.value.isEmpty();
    }

    private static Optional<Node> node(EntryMatch condition) throws Unlike {
        Pattern pattern = condition.pattern();
        String key = condition.name();
        if (pattern instanceof Pattern.Absent) {
            return Optional.empty();
        }
        if (pattern instanceof Pattern.Not) {
            return Optional.of(new Node(key, "", false));
        }
        if (pattern instanceof Pattern.Exact exact) {
            return Optional.of(new Node(key, plain(exact.value()), false));
        }
        if (pattern instanceof Pattern.Any) {
            return Optional.of(condition.counted() ? new Node(key, "", false) : new Node(key, "*", true));
        }
        if (pattern instanceof Pattern.Prefix || pattern instanceof Pattern.Glob) {
            return Optional.of(new Node(key, unescaped(pattern.text()), !condition.counted()));
        }
        throw new Unlike("there is no condition such as '" + pattern.text() + "' for '" + key + "'");
    }

    private static String plain(String value) throws Unlike {
        if (value.isEmpty() || value.indexOf('*') >= 0) {
            throw new Unlike("a value can't be empty or have a star there");
        }
        return value;
    }

    private static String unescaped(String text) throws Unlike {
        if (text.indexOf('\\') >= 0) {
            throw new Unlike("a value can't have a star or a backslash of its own there");
        }
        return text;
    }
}

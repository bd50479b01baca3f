package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Field;
import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.rulefile.YamlNode.Sequence;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import io.quorate.core.rule.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what a rule matches. */
final class MatchReader {
    private static final String TEXT_ADVICE =
            "write a text (\"*\", \"/search*\", \"*.css\", GET), a list of such, or a mapping like {cidr: 10.0.0.0/8}";
    private static final String COUNTED = "counted";

    private static final Fields TESTS = new Fields(
            "a condition",
            List.of(
                    "is",
                    "not",
                    "one-of",
                    "all",
                    "cidr",
                    "regex",
                    "absent",
                    "equals",
                    "at-least",
                    "at-most",
                    "more-than",
                    "less-than",
                    COUNTED),
            Map.ofEntries(
                    Map.entry("value", "is"),
                    Map.entry("exact", "is"),
                    Map.entry("prefix", "is"),
                    Map.entry("suffix", "is"),
                    Map.entry("glob", "is"),
                    Map.entry("in", "one-of"),
                    Map.entry("any-of", "one-of"),
                    Map.entry("any", "one-of"),
                    Map.entry("and", "all"),
                    Map.entry("ip", "cidr"),
                    Map.entry("network", "cidr"),
                    Map.entry("regexp", "regex"),
                    Map.entry("missing", "absent"),
                    Map.entry("min", "at-least"),
                    Map.entry("max", "at-most"),
                    Map.entry("count", COUNTED)));

    private final Problems problems;
    private final ValueReader values;

    MatchReader(Problems problems) {
        this.problems = problems;
        this.values = new ValueReader(problems);
    }

    /** The conditions of a rule, added to those that it inherits. */
    List<EntryMatch> match(YamlNode node, List<EntryMatch> inherited) {
        if (!(node instanceof Mapping mapping)) {
            values.wrongType(node, "match", "a mapping of entries to patterns", "write match: {client: \"*\"}");
            return inherited;
        }
        List<EntryMatch> conditions = new ArrayList<>(inherited);
        for (Field field : mapping.fields()) {
            Optional<String> name = values.name(field.key(), "entry name");
            List<EntryMatch> own = name.isEmpty() ? List.of() : conditions(name.get(), field);
            for (EntryMatch condition : own) {
                boolean absent = condition.pattern() instanceof Pattern.Absent;
                boolean contradicts = conditions.stream()
                        .anyMatch(known -> known.name().equals(condition.name())
                                && known.pattern() instanceof Pattern.Absent != absent);
                if (contradicts) {
                    problems.add(
                            field.value(),
                            "'" + condition.name() + "' must both be absent and have a value",
                            "a rule has all that those above it ask for; move it out, or change theirs");
                } else {
                    join(conditions, condition);
                }
            }
        }
        long entries = conditions.stream().map(EntryMatch::name).distinct().count();
        if (entries > QuotaKey.VALUES_MAX) {
            problems.add(node, entries + " entries", "a request has at most " + QuotaKey.VALUES_MAX);
        } else if (conditions.size() > Rule.CONDITIONS_MAX) {
            problems.add(node, conditions.size() + " conditions", "a rule has at most " + Rule.CONDITIONS_MAX);
        }
        return conditions;
    }

    /**
     * Adds a condition. Beside another one of the same entry, any value means no more than that it is counted, and
     * the one that says more stands for both.
     */
    private static void join(List<EntryMatch> conditions, EntryMatch added) {
        boolean counted = added.counted();
        for (int i = 0; i < conditions.size(); i++) {
            EntryMatch known = conditions.get(i);
            if (!known.name().equals(added.name())) {
                continue;
            }
            boolean absent = known.pattern() instanceof Pattern.Absent || added.pattern() instanceof Pattern.Absent;
            if (known.pattern().equals(added.pattern()) || (added.pattern() instanceof Pattern.Any && !absent)) {
                conditions.set(i, new EntryMatch(known.name(), known.pattern(), known.counted() || counted));
                return;
            }
            if (known.pattern() instanceof Pattern.Any && !absent) {
                conditions.set(i, new EntryMatch(known.name(), added.pattern(), known.counted() || counted));
                return;
            }
            counted &= !known.counted();
        }
        conditions.add(new EntryMatch(added.name(), added.pattern(), counted));
    }

    private List<EntryMatch> conditions(String name, Field field) {
        YamlNode node = field.value();
        if (node instanceof Scalar value && value.isNull()) {
            problems.add(
                    value, "'" + name + "' has no pattern", "write \"*\" for any value, or \"\" for the empty value");
            return List.of();
        }
        List<Pattern> patterns = patterns(node, "the pattern of '" + name + "'");
        if (patterns.isEmpty()) {
            return List.of();
        }
        Optional<Boolean> counted = Optional.empty();
        if (node instanceof Mapping mapping) {
            Optional<YamlNode> said = mapping.field(COUNTED);
            counted = said.flatMap(value -> values.flag(value, COUNTED));
            if (patterns.contains(new Pattern.Absent()) && counted.orElse(false)) {
                problems.add(said.orElse(node), "an entry that is absent can't be counted by", "leave 'counted' out");
                return List.of();
            }
        }
        List<EntryMatch> conditions = new ArrayList<>();
        for (Pattern pattern : patterns) {
            boolean byKind = pattern instanceof Pattern.Any;
            join(conditions, new EntryMatch(name, pattern, conditions.isEmpty() ? counted.orElse(byKind) : false));
        }
        return conditions;
    }

    /** The patterns that a value must fit, all of them; none if there is a problem, which is reported. */
    private List<Pattern> patterns(YamlNode node, String what) {
        if (node instanceof Scalar value) {
            return text(value, what).map(List::of).orElse(List.of());
        }
        if (node instanceof Sequence list) {
            return list(list, what).map(List::of).orElse(List.of());
        }
        if (node instanceof Mapping mapping) {
            return tests(mapping, what);
        }
        return List.of();
    }

    /** Patterns within a list or a negation: what is counted is said of the entry as a whole. */
    private List<Pattern> inner(YamlNode node, String what) {
        Optional<YamlNode> counted = node instanceof Mapping mapping ? mapping.field(COUNTED) : Optional.empty();
        counted.ifPresent(at -> problems.add(
                at, "'counted' of a part of a condition", "write it beside the outermost test of the entry"));
        return patterns(node, what);
    }

    private Optional<Pattern> text(Scalar value, String what) {
        if (value.isNull()) {
            problems.add(value, what + " is empty", "write \"*\" for any value, or \"\" for the empty value");
            return Optional.empty();
        }
        return made(value, "shorten it, or end it with a star to match a prefix", () -> Pattern.parse(value.text()));
    }

    private Optional<Pattern> list(Sequence list, String what) {
        List<Pattern> patterns = new ArrayList<>();
        boolean right = true;
        for (YamlNode item : list.items()) {
            List<Pattern> of = inner(item, "an item of " + what);
            right &= !of.isEmpty();
            if (of.size() > 1) {
                problems.add(item, "an item of " + what + " asks for several things", "write one test an item");
                right = false;
            } else if (of.size() == 1 && patterns.contains(of.get(0))) {
                problems.add(
                        item,
                        "an item of " + what + " stands twice",
                        "keep one '" + of.get(0).text() + "'");
                right = false;
            }
            patterns.addAll(of);
        }
        if (list.items().isEmpty()) {
            problems.add(list, what + " is an empty list", "write at least one value, or leave the entry out");
            return Optional.empty();
        }
        if (!right) {
            return Optional.empty();
        }
        if (patterns.contains(new Pattern.Any())) {
            problems.add(list, what + " lists \"*\", which is any value", "write \"*\" alone");
            return Optional.empty();
        }
        return made(
                list,
                "list up to " + Pattern.AnyOf.PATTERNS_MAX + " texts, networks, expressions and numbers",
                () -> patterns.size() == 1 ? patterns.get(0) : new Pattern.AnyOf(patterns));
    }

    private List<Pattern> tests(Mapping mapping, String what) {
        Map<String, YamlNode> fields = TESTS.take(problems, mapping);
        List<Pattern> patterns = new ArrayList<>();
        int wrong = 0;
        for (Map.Entry<String, YamlNode> test : fields.entrySet()) {
            if (test.getKey().equals(COUNTED) || NumberTests.NAMES.contains(test.getKey())) {
                continue;
            }
            List<Pattern> of = test(test.getKey(), test.getValue(), what);
            wrong += of.isEmpty() ? 1 : 0;
            patterns.addAll(of);
        }
        if (NumberTests.NAMES.stream().anyMatch(fields::containsKey)) {
            Optional<Pattern.Range> range = new NumberTests(problems, values).range(mapping, fields);
            wrong += range.isEmpty() ? 1 : 0;
            range.ifPresent(patterns::add);
        }
        if (wrong == 0 && patterns.isEmpty()) {
            boolean known = fields.size() == mapping.fields().size();
            if (known) {
                problems.add(mapping, what + " says nothing", "write {is: \"*\"}, or one of the other tests");
            }
            return List.of();
        }
        boolean absent = patterns.contains(new Pattern.Absent());
        if (wrong == 0 && absent && patterns.size() > 1) {
            problems.add(mapping, what + " wants the entry absent and asks for its value", "keep one of them");
            return List.of();
        }
        return wrong == 0 ? patterns : List.of();
    }

    private List<Pattern> test(String name, YamlNode node, String what) {
        return switch (name) {
            case "is" -> node instanceof Scalar value ? optional(text(value, "'is'")) : wrong(node, "'is'", "a text");
            case "one-of" ->
                node instanceof Sequence list ? optional(list(list, what)) : wrong(node, "'one-of'", "a list");
            case "all" -> all(node, what);
            case "not" -> optional(not(node));
            case "cidr" -> optional(cidr(node));
            case "regex" ->
                node instanceof Scalar value && !value.isNull()
                        ? optional(made(
                                value,
                                "write an expression of RE2 (no back references, no look-around) of up to 256 bytes",
                                () -> new Regex(value.text())))
                        : wrong(node, "'regex'", "a text");
            default ->
                values.flag(node, name)
                        .map(absent -> {
                            if (!absent) {
                                problems.add(node, "'absent' is false", "write \"*\" for an entry that must be there");
                            }
                            return absent ? List.<Pattern>of(new Pattern.Absent()) : List.<Pattern>of();
                        })
                        .orElse(List.of());
        };
    }

    private List<Pattern> all(YamlNode node, String what) {
        if (!(node instanceof Sequence list) || list.items().isEmpty()) {
            return wrong(node, "'all'", "a list of conditions");
        }
        List<Pattern> patterns = new ArrayList<>();
        for (YamlNode item : list.items()) {
            List<Pattern> of = inner(item, what);
            if (of.isEmpty()) {
                return List.of();
            }
            patterns.addAll(of);
        }
        return patterns;
    }

    private Optional<Pattern> not(YamlNode node) {
        List<Pattern> patterns = inner(node, "what 'not' excludes");
        if (patterns.isEmpty()) {
            return Optional.empty();
        }
        if (patterns.size() > 1) {
            problems.add(
                    node,
                    "'not' excludes several things at once",
                    "exclude one, or each by a 'not' of its own in 'all'");
            return Optional.empty();
        }
        return made(
                node,
                "exclude a text, a list, a network, an expression or numbers",
                () -> new Pattern.Not(patterns.get(0)));
    }

    private Optional<Pattern> cidr(YamlNode node) {
        if (node instanceof Sequence list) {
            List<Pattern> networks = new ArrayList<>();
            for (YamlNode item : list.items()) {
                Optional<Pattern> network = cidr(item);
                if (network.isEmpty()) {
                    return Optional.empty();
                }
                if (networks.contains(network.get())) {
                    problems.add(item, "a network stands twice", "keep one of them");
                    return Optional.empty();
                }
                networks.add(network.get());
            }
            if (networks.isEmpty()) {
                problems.add(node, "'cidr' is an empty list", "list 1 to " + Pattern.AnyOf.PATTERNS_MAX + " networks");
                return Optional.empty();
            }
            return made(
                    node,
                    "list up to " + Pattern.AnyOf.PATTERNS_MAX + " networks",
                    () -> networks.size() == 1 ? networks.get(0) : new Pattern.AnyOf(networks));
        }
        if (!(node instanceof Scalar value) || value.isNull()) {
            wrong(node, "'cidr'", "a network or a list of networks");
            return Optional.empty();
        }
        return made(
                value, "write a network such as 10.0.0.0/8 or 2001:db8::/32", () -> Pattern.Cidr.parse(value.text()));
    }

    private Optional<Pattern> made(YamlNode at, String advice, Supplier<Pattern> maker) {
        try {
            return Optional.of(maker.get());
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int cut = message.indexOf("; ");
            problems.add(
                    at, cut < 0 ? message : message.substring(0, cut), cut < 0 ? advice : message.substring(cut + 2));
            return Optional.empty();
        }
    }

    private List<Pattern> wrong(@Nullable YamlNode node, String what, String wanted) {
        if (node != null) {
            values.wrongType(node, what, wanted, TEXT_ADVICE);
        }
        return List.of();
    }

    private static List<Pattern> optional(Optional<Pattern> pattern) {
        return pattern.map(List::of).orElse(List.of());
    }
}

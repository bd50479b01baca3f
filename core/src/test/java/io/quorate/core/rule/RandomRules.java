package io.quorate.core.rule;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Rules and requests of few words, so that they often meet. */
public final class RandomRules {
    private static final Limit LIMIT = Limit.of(Algorithm.FIXED_WINDOW, 1, 1000);
    private static final List<String> ADDRESSES = List.of(
            "10.0.0.1",
            "10.0.0.2",
            "10.1.0.1",
            "10.0.0.128",
            "192.168.0.1",
            "::1",
            "2001:db8::1",
            "2001:db8:0:1::1",
            "::ffff:10.0.0.1",
            "fe80::1:2",
            "10.0.0.256",
            "10.0.0",
            "1.2.3.4.5",
            ":::1");
    static final List<String> REGEXES = List.of(
            "a+b*",
            "(a|b)*",
            "[ab]{1,3}",
            ".*b",
            "a.b?",
            "\\*+",
            "ab|b.*",
            "[0-9]+",
            "x?ab.*",
            "ab(b|a).*",
            ".*bab.*",
            "(ab)+",
            "ba\\.*a*",
            "é.*",
            "a{2}.*",
            "a{0,1}b.*",
            "[^a]b.*",
            "[]a]b.*",
            "",
            "abc\\x41|def",
            "foo\\pL|bar",
            "ab\\PL|b",
            "ab{x|y}",
            "ab{|cd",
            "ab{,2}",
            "ab{01}",
            "ab{2,}a",
            "\\101bc",
            "ab\\061|b",
            "[\\]abc]",
            "x[\\\\]|foo",
            "[\\]a]b|ab",
            "[^\\]a]b|ab",
            "[[:alpha:]abc]",
            "[[]a|b",
            "[]a|]b",
            "a\\Q|b\\E",
            "(?i)ab",
            "ab(?:a|b)?",
            "ab\\d|b",
            "ab\\x{62}?",
            "ab\\-?b",
            "abb+?",
            "abc\uD83D\uDE00?",
            "\uD83D\uDE00|ab");

    /** Those of the expressions that Java reads otherwise, each with what Java reads like it. */
    static final Map<String, String> REGEXES_IN_JAVA = Map.of(
            "ab{x|y}", "ab\\{x|y\\}",
            "ab{|cd", "ab\\{|cd",
            "ab{,2}", "ab\\{,2\\}",
            "ab{01}", "ab\\{01\\}",
            "\\101bc", "Abc",
            "[[:alpha:]abc]", "[a-zA-Z]",
            "[[]a|b", "\\[a|b");

    /** Values that the expressions match as a whole: of each at least one. */
    static final List<String> REGEX_VALUES = List.of(
            "",
            "*",
            "0",
            "aab",
            "ba",
            "bab",
            "abcA",
            "def",
            "fooz",
            "bar",
            "ab1",
            "ab{x",
            "y}",
            "ab{",
            "cd",
            "ab{,2}",
            "ab{01}",
            "abba",
            "Abc",
            "]",
            "a",
            "b",
            "c",
            "z",
            "x\\",
            "foo",
            "]b",
            "ab",
            "cb",
            "[a",
            "|b",
            "a|b",
            "AB",
            "abb",
            "aba",
            "ab-b",
            "abbb",
            "abc",
            "abc\uD83D\uDE00",
            "\uD83D\uDE00",
            "\u00e9a");

    private RandomRules() {}

    public static Rule rule(String id, int others, Random random) {
        Effect effect = random.nextInt(8) == 0 ? new Effect.Unlimited() : new Effect.Limited(LIMIT);
        Mode mode = Mode.values()[random.nextInt(8) == 0 ? random.nextInt(3) : 0];
        return new Rule(
                id,
                conditions(random),
                effect,
                mode,
                LeaseTerms.DEFAULT,
                FailureTerms.DENY,
                precedence(id, others, random),
                activation(random));
    }

    private static Precedence precedence(String id, int others, Random random) {
        if (random.nextInt(3) > 0) {
            return Precedence.NONE;
        }
        TreeSet<String> replaces = new TreeSet<>();
        for (int i = random.nextInt(4); i > 1; i--) {
            replaces.add("r" + random.nextInt(others + 1));
        }
        replaces.remove(id);
        return new Precedence(
                random.nextInt(3) - 1,
                random.nextBoolean() ? Optional.of("g" + random.nextInt(2)) : Optional.empty(),
                random.nextInt(6) == 0,
                List.copyOf(replaces));
    }

    private static Activation activation(Random random) {
        Optional<Rollout> rollout = random.nextInt(6) > 0
                ? Optional.empty()
                : Optional.of(new Rollout(
                        random.nextInt(Rollout.ALL + 1),
                        random.nextBoolean() ? List.of("n0") : List.of("n1", "n0"),
                        "s" + random.nextInt(3)));
        List<Window> windows = new ArrayList<>();
        if (random.nextInt(6) == 0) {
            long at = random.nextInt(10);
            for (int i = random.nextInt(3); i >= 0; i--) {
                long until = at + 1 + random.nextInt(10);
                windows.add(new Window(at, until));
                at = until + 1 + random.nextInt(5);
            }
        }
        return new Activation(rollout, windows);
    }

    private static List<EntryMatch> conditions(Random random) {
        List<EntryMatch> conditions = new ArrayList<>();
        TreeSet<String> counted = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = name(random);
            Pattern pattern = pattern(random);
            boolean count = (pattern instanceof Pattern.Any || random.nextInt(6) == 0)
                    && !(pattern instanceof Pattern.Absent)
                    && counted.add(name);
            boolean twice = conditions.stream()
                    .anyMatch(c -> c.name().equals(name)
                            && (c.pattern().equals(pattern)
                                    || c.pattern() instanceof Pattern.Absent
                                    || pattern instanceof Pattern.Absent));
            if (!twice) {
                conditions.add(new EntryMatch(name, pattern, count));
            }
        }
        return conditions;
    }

    public static Pattern pattern(Random random) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> new Pattern.Any();
            case 2 -> new Pattern.Absent();
            case 3 -> list(random);
            case 4 -> {
                Pattern inner = positive(random);
                yield inner instanceof Pattern.Any ? inner : new Pattern.Not(inner);
            }
            default -> positive(random);
        };
    }

    private static Pattern list(Random random) {
        List<Pattern> patterns = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Pattern pattern = positive(random);
            if (!patterns.contains(pattern) && !(pattern instanceof Pattern.Any)) {
                patterns.add(pattern);
            }
        }
        return patterns.size() < 2 ? new Pattern.Exact("a") : new Pattern.AnyOf(patterns);
    }

    private static Pattern positive(Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Pattern.Exact(text(random));
            case 2 -> Pattern.parse(text(random) + "*");
            case 3 -> Pattern.parse("*" + text(random));
            case 4 ->
                Pattern.parse((random.nextBoolean() ? text(random) : "") + "*" + text(random) + "*" + text(random));
            case 5 -> cidr(random);
            case 6 -> new Regex(REGEXES.get(random.nextInt(REGEXES.size())));
            default -> {
                long least = random.nextInt(5) == 0 ? Long.MIN_VALUE : random.nextInt(30) - 5;
                long most = random.nextInt(5) == 0 ? Long.MAX_VALUE : Math.max(least, -5) + random.nextInt(8);
                yield new Pattern.Range(least, most);
            }
        };
    }

    private static Pattern cidr(Random random) {
        Address address = Address.parse(ADDRESSES.get(random.nextInt(10))).orElseThrow();
        int bits = random.nextInt(address.bits() + 1);
        return new Pattern.Cidr(address.masked(bits), bits);
    }

    /**
     * A rule whose conditions are of one or two entries, and whose keys in an index are often the same: lists that
     * share values, one value, texts that begin alike.
     */
    static Rule overlapping(String id, Random random) {
        List<EntryMatch> conditions = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            EntryMatch condition = new EntryMatch(random.nextInt(4) == 0 ? "n1" : "n0", overlapping(random), false);
            if (!conditions.contains(condition)) {
                conditions.add(condition);
            }
        }
        return new Rule(id, conditions, LIMIT, Mode.ENFORCE);
    }

    private static Pattern overlapping(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Pattern.Exact(letter(random));
            case 1 -> Pattern.parse("a*" + letter(random));
            case 2 -> random.nextBoolean() ? new Pattern.Any() : new Pattern.Not(new Pattern.Exact(letter(random)));
            default -> {
                Set<Pattern> patterns = new LinkedHashSet<>();
                while (patterns.size() < 2 + random.nextInt(3)) {
                    patterns.add(
                            switch (random.nextInt(5)) {
                                case 0 -> Pattern.parse("a*");
                                case 1 -> new Pattern.Range(random.nextInt(3), 3);
                                default -> new Pattern.Exact(letter(random));
                            });
                }
                yield new Pattern.AnyOf(List.copyOf(patterns));
            }
        };
    }

    /** A value that {@link #overlapping rules} ask for. */
    static String letter(Random random) {
        return random.nextInt(8) == 0
                ? "" + random.nextInt(4)
                : "abcd".substring(random.nextInt(4)).substring(0, 1);
    }

    public static Map<String, String> request(Random random) {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int e = random.nextInt(5); e > 0; e--) {
            String value = switch (random.nextInt(6)) {
                case 0 -> ADDRESSES.get(random.nextInt(ADDRESSES.size()));
                case 1 -> (random.nextInt(9) == 0 ? "-" : "") + random.nextInt(30);
                case 2 -> REGEX_VALUES.get(random.nextInt(REGEX_VALUES.size()));
                default -> text(random);
            };
            entries.put(name(random), value);
        }
        return entries;
    }

    private static String name(Random random) {
        return "n" + random.nextInt(4);
    }

    /** Short texts of few letters, so that they are often equal to or a part of each other. */
    public static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append("abb*\\é".charAt(random.nextInt(random.nextInt(3) == 0 ? 6 : 3)));
        }
        return text.toString();
    }
}

package io.quorate.cli.imports;

import io.quorate.core.quota.Names;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;

/**
 * The predicates in the Common Expression Language that limits use, as conditions: comparisons of one entry with
 * literals, joined by {@code &&}.
 *
 * <p>An entry is named by its path, without the {@code descriptors[N]} before it: {@code descriptors[0]['user_id']} is
 * {@code user_id}, {@code auth.identity.username} is itself.
 */
final class CelPredicate {
    private static final String PATH =
            "[A-Za-z_][A-Za-z0-9_]*(?:\\.[A-Za-z_][A-Za-z0-9_]*|\\[(?:[0-9]+|'[^']*'|\"[^\"]*\")\\])*";
    private static final String TEXT = "'[^'\\\\]*'|\"[^\"\\\\]*\"";
    private static final String NUMBER = "-?[0-9]{1,18}";
    private static final java.util.regex.Pattern COMPARED = java.util.regex.Pattern.compile(
            "(?<path>" + PATH + ")\\s*(?<is>==|!=|<=|>=|<|>)\\s*(?:(?<text>" + TEXT + ")|(?<number>" + NUMBER + "))");
    private static final java.util.regex.Pattern REVERSED =
            java.util.regex.Pattern.compile("(?<text>" + TEXT + ")\\s*(?<is>==|!=)\\s*(?<path>" + PATH + ")");
    private static final java.util.regex.Pattern LISTED = java.util.regex.Pattern.compile(
            "(?<path>" + PATH + ")\\s+in\\s+\\[(?<list>\\s*(?:" + TEXT + ")(?:\\s*,\\s*(?:" + TEXT + "))*\\s*)\\]");
    private static final java.util.regex.Pattern CALLED = java.util.regex.Pattern.compile(
            "(?<path>" + PATH + ")\\.(?<call>startsWith|endsWith|contains|matches)\\(\\s*(?<text>" + TEXT + ")\\s*\\)");
    private static final java.util.regex.Pattern ONE_TEXT = java.util.regex.Pattern.compile(TEXT);

    private CelPredicate() {}

    /** The conditions that hold together exactly when the predicate does; empty if there are none. */
    static Optional<List<EntryMatch>> parse(String predicate) {
        List<EntryMatch> conditions = new ArrayList<>();
        for (String term : conjunction(predicate)) {
            Optional<EntryMatch> condition = comparison(term.strip());
            if (condition.isEmpty()) {
                return Optional.empty();
            }
            conditions.add(condition.get());
        }
        return Optional.of(conditions);
    }

    /** The entry that an expression names; empty if it is more than a path. */
    static Optional<String> entry(String expression) {
        String text = expression.strip();
        if (!text.matches(PATH)) {
            return Optional.empty();
        }
        String name = text.replaceFirst("^descriptors\\[[0-9]+\\]\\.?", "")
                .replaceAll("\\[['\"]?([^\\]'\"]*)['\"]?\\]", ".$1")
                .replaceFirst("^\\.", "");
        try {
            return Optional.of(Names.checkName("entry name", name));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no name for an entry here: whoever asks leaves the limit out and says so
        }
    }

    private static List<String> conjunction(String predicate) {
        List<String> terms = new ArrayList<>();
        char quote = 0;
        int start = 0;
        for (int i = 0; i < predicate.length(); i++) {
            char c = predicate.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (predicate.startsWith("&&", i)) {
                terms.add(predicate.substring(start, i));
                start = i + 2;
                i++;
            }
        }
        terms.add(predicate.substring(start));
        return terms;
    }

    private static Optional<EntryMatch> comparison(String term) {
        boolean negated = term.startsWith("!") && !term.startsWith("!=");
        String plain = negated ? term.substring(1).strip() : term;
        Optional<EntryMatch> condition = positive(plain);
        if (!negated) {
            return condition;
        }
        return condition
                .filter(match -> !(match.pattern() instanceof Pattern.Not))
                .map(match -> new EntryMatch(match.name(), new Pattern.Not(match.pattern()), false));
    }

    private static Optional<EntryMatch> positive(String term) {
        Matcher compared = COMPARED.matcher(term);
        if (compared.matches()) {
            String text = compared.group("text");
            Optional<Pattern> pattern = text != null
                    ? equality(compared.group("is"), text)
                    : order(compared.group("is"), Long.parseLong(compared.group("number")));
            return condition(compared.group("path"), pattern);
        }
        Matcher reversed = REVERSED.matcher(term);
        if (reversed.matches()) {
            return condition(reversed.group("path"), equality(reversed.group("is"), reversed.group("text")));
        }
        Matcher listed = LISTED.matcher(term);
        if (listed.matches()) {
            List<Pattern> values = ONE_TEXT.matcher(listed.group("list"))
                    .results()
                    .map(found -> unquoted(found.group()))
                    .distinct()
                    .map(value -> (Pattern) new Pattern.Exact(value))
                    .toList();
            return condition(
                    listed.group("path"), Optional.of(values.size() == 1 ? values.get(0) : new Pattern.AnyOf(values)));
        }
        Matcher called = CALLED.matcher(term);
        return called.matches()
                ? condition(called.group("path"), called(called.group("call"), unquoted(called.group("text"))))
                : Optional.empty();
    }

    private static Optional<EntryMatch> condition(String path, Optional<Pattern> pattern) {
        return entry(path).flatMap(name -> pattern.map(p -> new EntryMatch(name, p, false)));
    }

    private static Optional<Pattern> equality(String operator, String quoted) {
        Pattern exact = new Pattern.Exact(unquoted(quoted));
        return switch (operator) {
            case "==" -> Optional.of(exact);
            case "!=" -> Optional.of(new Pattern.Not(exact));
            default -> Optional.empty();
        };
    }

    private static Optional<Pattern> order(String operator, long number) {
        return switch (operator) {
            case "==" -> Optional.of(new Pattern.Range(number, number));
            case "!=" -> Optional.of(new Pattern.Not(new Pattern.Range(number, number)));
            case "<" -> Optional.of(new Pattern.Range(Long.MIN_VALUE, number - 1));
            case "<=" -> Optional.of(new Pattern.Range(Long.MIN_VALUE, number));
            case ">" -> Optional.of(new Pattern.Range(number + 1, Long.MAX_VALUE));
            default -> Optional.of(new Pattern.Range(number, Long.MAX_VALUE));
        };
    }

    private static Optional<Pattern> called(String call, String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return switch (call) {
            case "startsWith" -> Optional.of(new Pattern.Prefix(text));
            case "endsWith" -> Optional.of(new Pattern.Glob(List.of("", text)));
            case "contains" -> Optional.of(new Pattern.Glob(List.of("", text, "")));
            default -> Optional.of(new Regex("(?s:.*)(?:" + text + ")(?s:.*)")); // there it may fit any part
        };
    }

    private static String unquoted(String text) {
        return text.substring(1, text.length() - 1);
    }
}

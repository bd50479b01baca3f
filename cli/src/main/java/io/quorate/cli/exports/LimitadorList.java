package io.quorate.cli.exports;

import io.quorate.cli.exports.Draft.Unlike;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rules as {@code Kuadrant/limitador} has them: a list of limits with conditions in the Common Expression Language. */
final class LimitadorList {
    private final List<Object> limits = new ArrayList<>();

    Draft write(RuleSet rules) {
        Map<String, String> leftOut = Draft.each(rules, rule -> limits.add(limit(rules.namespace(), rule)));
        return Draft.of(limits, leftOut);
    }

    private static Map<String, Object> limit(String namespace, Rule rule) throws Unlike {
        if (rule.mode() != Mode.ENFORCE) {
            throw new Unlike("its mode is '" + rule.mode().label() + "', and there all limits are enforced");
        }
        if (!rule.isLimited()) {
            throw new Unlike("there is no limit that isn't one");
        }
        Limit limit = rule.limit();
        if (limit.algorithm() != Algorithm.FIXED_WINDOW) {
            throw new Unlike(
                    "there are only fixed windows, no " + limit.algorithm().label());
        }
        if (limit.periodMillis() % 1000 != 0) {
            throw new Unlike("a period is whole seconds there");
        }
        List<String> conditions = new ArrayList<>();
        List<String> variables = new ArrayList<>();
        for (EntryMatch condition : rule.match()) {
            String entry = "descriptors[0]['" + condition.name() + "']";
            if (condition.pattern() instanceof Pattern.Any) {
                if (!condition.counted()) {
                    throw new Unlike("an entry that may have any value is counted apart by each there");
                }
                variables.add(entry);
            } else {
                if (condition.counted()) {
                    throw new Unlike("there an entry that is counted by may have any value");
                }
                conditions.add(predicate(entry, condition.pattern()));
            }
        }
        Map<String, Object> yaml = new LinkedHashMap<>();
        yaml.put("namespace", namespace);
        yaml.put("name", rule.id());
        yaml.put("max_value", limit.amount());
        yaml.put("seconds", limit.periodMillis() / 1000);
        yaml.put("conditions", conditions);
        yaml.put("variables", variables);
        return yaml;
    }

    private static String predicate(String entry, Pattern pattern) throws Unlike {
        if (pattern instanceof Pattern.Exact exact) {
            return entry + " == " + quoted(exact.value());
        }
        if (pattern instanceof Pattern.Prefix prefix) {
            return entry + ".startsWith(" + quoted(prefix.prefix()) + ")";
        }
        if (pattern instanceof Pattern.Glob glob
                && glob.parts().size() == 2
                && glob.prefix().isEmpty()) {
            return entry + ".endsWith(" + quoted(glob.suffix()) + ")";
        }
        if (pattern instanceof Regex regex) {
            return entry + ".matches(" + quoted(regex.expression()) + ")";
        }
        if (pattern instanceof Pattern.AnyOf list) {
            List<String> values = new ArrayList<>();
            for (Pattern one : list.patterns()) {
                if (!(one instanceof Pattern.Exact exact)) {
                    throw new Unlike("a list there has only whole values, not '" + one.text() + "'");
                }
                values.add(quoted(exact.value()));
            }
            return entry + " in [" + String.join(", ", values) + "]";
        }
        if (pattern instanceof Pattern.Not not && not.pattern() instanceof Pattern.Exact exact) {
            return entry + " != " + quoted(exact.value());
        }
        throw new Unlike("there is no condition such as '" + pattern.text() + "'");
    }

    private static String quoted(String value) throws Unlike {
        if (value.indexOf('\'') >= 0 || value.indexOf('\\') >= 0) {
            throw new Unlike("a text with a quote or a backslash can't be written there");
        }
        return "'" + value + "'";
    }
}

package io.quorate.cli.rulefile;

import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import java.util.ArrayList;
import java.util.List;

/** Writes conditions as a rule file has them. */
final class PatternPrinter implements Pattern.Visitor<String> {
    private static final long NUMBER_MAX = 999_999_999_999_999_999L;

    private PatternPrinter() {}

    /** The value of an entry in a rule's match, for all of its conditions. */
    static String value(List<EntryMatch> conditions) {
        boolean counted = conditions.stream().anyMatch(EntryMatch::counted);
        // Beside another pattern, any value says nothing more.
        List<Pattern> patterns = conditions.stream()
                .map(EntryMatch::pattern)
                .filter(pattern -> conditions.size() == 1 || !(pattern instanceof Pattern.Any))
                .toList();
        if (patterns.size() == 1) {
            Pattern only = patterns.get(0);
            String written = only.accept(new PatternPrinter());
            return counted == only instanceof Pattern.Any ? written : counted(written, counted);
        }
        List<String> all = new ArrayList<>();
        for (Pattern pattern : patterns) {
            all.add(pattern.accept(new PatternPrinter()));
        }
        return "{all: [" + String.join(", ", all) + "], counted: " + counted + "}";
    }

    private static String counted(String written, boolean counted) {
        if (written.startsWith("{")) {
            return written.substring(0, written.length() - 1) + ", counted: " + counted + "}";
        }
        return (written.startsWith("[") ? "{one-of: " : "{is: ") + written + ", counted: " + counted + "}";
    }

    @Override
    public String any(Pattern.Any pattern) {
        return "\"*\"";
    }

    @Override
    public String exact(Pattern.Exact pattern) {
        return RulePrinter.quoted(pattern.text());
    }

    @Override
    public String prefix(Pattern.Prefix pattern) {
        return RulePrinter.quoted(pattern.text());
    }

    @Override
    public String glob(Pattern.Glob pattern) {
        return RulePrinter.quoted(pattern.text());
    }

    @Override
    public String anyOf(Pattern.AnyOf pattern) {
        return pattern.patterns().stream().map(one -> one.accept(this)).toList().toString();
    }

    @Override
    public String cidr(Pattern.Cidr pattern) {
        return "{cidr: " + RulePrinter.quoted(pattern.text()) + "}";
    }

    @Override
    public String regex(Regex pattern) {
        return "{regex: " + RulePrinter.quoted(pattern.expression()) + "}";
    }

    @Override
    public String range(Pattern.Range pattern) {
        if (pattern.least() == pattern.most()) {
            return "{equals: " + pattern.least() + "}";
        }
        List<String> bounds = new ArrayList<>();
        if (pattern.least() > Long.MIN_VALUE) {
            bounds.add("at-least: " + pattern.least());
        }
        if (pattern.most() < Long.MAX_VALUE || bounds.isEmpty()) {
            // No value has more digits, so this is any number.
            bounds.add("at-most: " + Math.min(pattern.most(), NUMBER_MAX));
        }
        return "{" + String.join(", ", bounds) + "}";
    }

    @Override
    public String absent(Pattern.Absent pattern) {
        return "{absent: true}";
    }

    @Override
    public String not(Pattern.Not pattern) {
        return "{not: " + pattern.pattern().accept(this) + "}";
    }
}

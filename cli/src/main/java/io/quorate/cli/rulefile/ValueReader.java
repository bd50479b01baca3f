package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Printable;
import io.quorate.core.quota.Limit;
import java.util.Map;
import java.util.Optional;

/** Reads numbers and durations, and says what is wrong with those that are neither. */
final class ValueReader {
    private final Problems problems;

    ValueReader(Problems problems) {
        this.problems = problems;
    }

    /** A whole number from 1 to {@code max}. */
    Optional<Long> number(YamlNode node, String what, long max) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, what, "a whole number", "write digits, such as " + what + ": 60");
        }
        String text = value.text();
        String shown = Printable.escape(text, 80);
        if (value.isNull()) {
            problems.add(value, what + " is empty", "write a whole number from 1 to " + max);
        } else if (!value.plain()) {
            problems.add(value, what + " is a text in quotes", "write the number without quotes");
        } else if (text.matches("[1-9][0-9_]*") && !text.endsWith("_")) {
            String digits = text.replace("_", "");
            if (digits.length() <= 18 && Long.parseLong(digits) <= max) {
                return Optional.of(Long.parseLong(digits));
            }
            problems.add(value, what + " is " + shown, "the largest is " + max);
        } else if (text.matches("0+|-[0-9_]+")) {
            problems.add(value, what + " is " + shown, "the least is 1");
        } else {
            problems.add(
                    value,
                    what + " is '" + shown + "'",
                    "write a whole number from 1 to " + max + " in decimal digits, such as 60 or 1_000");
        }
        return Optional.empty();
    }

    /** A limit's period or one like it. */
    Optional<Long> periodMillis(YamlNode node) {
        return durationMillis(node, "period", 1, Limit.PERIOD_MILLIS_MAX, "1ms to 36500d (100 years)");
    }

    /** A duration from {@code min} to {@code max} milliseconds, which {@code range} names in words. */
    Optional<Long> durationMillis(YamlNode node, String what, long min, long max, String range) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, what, "a duration", "write one such as 60s");
        }
        if (value.isNull()) {
            problems.add(value, what + " is empty", "write a duration such as 60s");
            return Optional.empty();
        }
        long millis;
        try {
            millis = DurationText.parseMillis(value.text());
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            int cut = message.indexOf("; ");
            problems.add(value, message.substring(0, cut), message.substring(cut + 2));
            return Optional.empty();
        }
        if (millis < min || millis > max) {
            problems.add(value, what + " is " + Printable.escape(value.text(), 80), "write " + range);
            return Optional.empty();
        }
        return Optional.of(millis);
    }

    Optional<YamlNode> required(Mapping mapping, Map<String, YamlNode> fields, String name, String example) {
        YamlNode value = fields.get(name);
        if (value == null) {
            problems.add(mapping, "'" + name + "' is missing", "add " + example);
        }
        return Optional.ofNullable(value);
    }

    /** Reports a node of a wrong type, unless it is one whose problem is known. */
    <T> Optional<T> wrongType(YamlNode node, String what, String wanted, String advice) {
        if (!(node instanceof YamlNode.Broken)) {
            problems.add(node, what + " must be " + wanted + ", not " + node.kind(), advice);
        }
        return Optional.empty();
    }
}

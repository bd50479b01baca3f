package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Printable;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.Rollout;
import java.math.BigDecimal;
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

    /** A whole number, negative or not, of at most 18 digits. */
    Optional<Long> signed(YamlNode node, String what) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, what, "a whole number", "write digits, such as " + what + ": 10");
        }
        String text = value.text();
        if (value.plain() && text.matches("-?[0-9][0-9_]*") && !text.endsWith("_")) {
            String digits = text.replace("_", "");
            if (digits.length() <= (digits.startsWith("-") ? 19 : 18)) {
                return Optional.of(Long.parseLong(digits));
            }
        }
        problems.add(
                value,
                value.isNull() ? what + " is empty" : what + " is '" + Printable.escape(text, 80) + "'",
                "write a whole number in up to 18 decimal digits, without quotes");
        return Optional.empty();
    }

    /** A share in percent with up to two decimals, in hundredths of a percent. */
    Optional<Integer> basisPoints(YamlNode node) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, "percent", "a number", "write percent: 10 or percent: 0.25");
        }
        if (value.plain() && value.text().matches("[0-9]{1,3}(\\.[0-9]{1,2})?")) {
            int points = new BigDecimal(value.text()).movePointRight(2).intValueExact();
            if (points <= Rollout.ALL) {
                return Optional.of(points);
            }
        }
        problems.add(
                value,
                value.isNull() ? "percent is empty" : "percent is '" + Printable.escape(value.text(), 80) + "'",
                "write a number from 0 to 100 with up to two decimals, without quotes and sign");
        return Optional.empty();
    }

    /** {@code true} or {@code false}. */
    Optional<Boolean> flag(YamlNode node, String what) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, what, "true or false", "write " + what + ": true");
        }
        if (value.plain() && (value.text().equals("true") || value.text().equals("false"))) {
            return Optional.of(value.text().equals("true"));
        }
        problems.add(
                value,
                value.isNull() ? what + " is empty" : what + " is '" + Printable.escape(value.text(), 80) + "'",
                "write true or false, without quotes");
        return Optional.empty();
    }

    /** A name of a namespace, a rule, an entry or a group. */
    Optional<String> name(YamlNode node, String what) {
        if (!(node instanceof Scalar value)) {
            return wrongType(
                    node, what, "a name", "write 1 to " + Names.NAME_BYTES_MAX + " characters of A-Z a-z 0-9 . _ -");
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

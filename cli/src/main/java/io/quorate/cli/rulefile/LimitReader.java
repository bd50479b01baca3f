package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.text.DurationText;
import io.quorate.cli.text.Printable;
import io.quorate.cli.text.Spelling;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the limit of a rule. */
final class LimitReader {
    private static final Fields LIMIT = new Fields(
            "a limit",
            List.of("algorithm", "amount", "period", "burst"),
            Map.of(
                    "type",
                    "algorithm",
                    "rate",
                    "amount",
                    "requests_per_unit",
                    "amount",
                    "max_value",
                    "amount",
                    "limit",
                    "amount",
                    "unit",
                    "period",
                    "window",
                    "period",
                    "seconds",
                    "period",
                    "capacity",
                    "burst"));
    private static final List<String> ALGORITHMS =
            Arrays.stream(Algorithm.values()).map(Algorithm::label).toList();
    private static final Map<String, String> ALGORITHMS_ELSEWHERE = Map.of(
            "leaky-bucket", "gcra",
            "sliding-window-counter", "sliding-window",
            "sliding-window-log", "sliding-log",
            "semaphore", "concurrency");

    private final Problems problems;

    LimitReader(Problems problems) {
        this.problems = problems;
    }

    Optional<Limit> limit(YamlNode node) {
        if (node instanceof YamlNode.Broken) {
            return Optional.empty();
        }
        if (!(node instanceof Mapping mapping)) {
            problems.add(
                    node,
                    "limit must be a mapping, not " + node.kind(),
                    "write limit: {algorithm: gcra, amount: 60, period: 60s}");
            return Optional.empty();
        }
        Map<String, YamlNode> fields = LIMIT.take(problems, mapping);
        Optional<Algorithm> algorithm =
                required(mapping, fields, "algorithm", "algorithm: gcra").flatMap(this::algorithm);
        long amountMax =
                algorithm.filter(a -> a == Algorithm.CONCURRENCY).isPresent() ? Limit.PERMITS_MAX : Limit.AMOUNT_MAX;
        Optional<Long> amount =
                required(mapping, fields, "amount", "amount: 60").flatMap(value -> number(value, "amount", amountMax));
        Optional<Long> period =
                required(mapping, fields, "period", "period: 60s").flatMap(this::periodMillis);
        YamlNode burstNode = fields.get("burst");
        Optional<Long> burst = burstNode == null ? amount : burst(burstNode, algorithm);
        if (algorithm.isEmpty() || amount.isEmpty() || period.isEmpty() || burst.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Limit(algorithm.get(), amount.get(), period.get(), burst.get()));
        } catch (IllegalArgumentException e) {
            problems.add(node, String.valueOf(e.getMessage()), "change the limit so that it holds");
            return Optional.empty();
        }
    }

    private Optional<Algorithm> algorithm(YamlNode node) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, "algorithm", "a word", "write one of " + String.join(", ", ALGORITHMS));
        }
        Optional<Algorithm> algorithm = Algorithm.ofLabel(value.text());
        if (algorithm.isEmpty()) {
            Optional<String> meant = Optional.ofNullable(
                            ALGORITHMS_ELSEWHERE.get(value.text().replace('_', '-')))
                    .or(() -> Spelling.nearest(value.text(), ALGORITHMS));
            problems.add(
                    value,
                    value.isNull()
                            ? "algorithm is empty"
                            : "unknown algorithm '" + Printable.escape(value.text(), 80) + "'",
                    meant.map(word -> "did you mean '" + word + "'?")
                            .orElse("write one of " + String.join(", ", ALGORITHMS)));
        }
        return algorithm;
    }

    private Optional<Long> burst(YamlNode node, Optional<Algorithm> algorithm) {
        Optional<Algorithm> without = algorithm.filter(a -> a != Algorithm.TOKEN_BUCKET && a != Algorithm.GCRA);
        if (without.isPresent()) {
            problems.add(
                    node, without.get().label() + " has no burst", "leave it out; only token-bucket and gcra have one");
            return Optional.empty();
        }
        return number(node, "burst", Limit.AMOUNT_MAX);
    }

    private Optional<Long> number(YamlNode node, String what, long max) {
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

    private Optional<Long> periodMillis(YamlNode node) {
        if (!(node instanceof Scalar value)) {
            return wrongType(node, "period", "a duration", "write one such as 60s");
        }
        if (value.isNull()) {
            problems.add(value, "period is empty", "write a duration such as 60s");
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
        if (millis < 1 || millis > Limit.PERIOD_MILLIS_MAX) {
            problems.add(value, "period is " + Printable.escape(value.text(), 80), "write 1ms to 36500d (100 years)");
            return Optional.empty();
        }
        return Optional.of(millis);
    }

    private Optional<YamlNode> required(Mapping mapping, Map<String, YamlNode> fields, String name, String example) {
        YamlNode value = fields.get(name);
        if (value == null) {
            problems.add(mapping, "'" + name + "' is missing", "add " + example);
        }
        return Optional.ofNullable(value);
    }

    private <T> Optional<T> wrongType(YamlNode node, String what, String wanted, String advice) {
        if (!(node instanceof YamlNode.Broken)) {
            problems.add(node, what + " must be " + wanted + ", not " + node.kind(), advice);
        }
        return Optional.empty();
    }
}

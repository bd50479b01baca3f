package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.text.Printable;
import io.quorate.cli.text.Spelling;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.Effect;
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
    private final ValueReader values;

    LimitReader(Problems problems) {
        this.problems = problems;
        this.values = new ValueReader(problems);
    }

    /** A limit, or that there is none. */
    Optional<Effect> effect(YamlNode node) {
        if (node instanceof Scalar word && word.plain() && word.text().equals("unlimited")) {
            return Optional.of(new Effect.Unlimited());
        }
        return limit(node).map(Effect.Limited::new);
    }

    private Optional<Limit> limit(YamlNode node) {
        if (node instanceof YamlNode.Broken) {
            return Optional.empty();
        }
        if (!(node instanceof Mapping mapping)) {
            problems.add(
                    node,
                    "limit must be a mapping, not " + node.kind(),
                    "write limit: {algorithm: gcra, amount: 60, period: 60s}, or limit: unlimited");
            return Optional.empty();
        }
        Map<String, YamlNode> fields = LIMIT.take(problems, mapping);
        Optional<Algorithm> algorithm =
                values.required(mapping, fields, "algorithm", "algorithm: gcra").flatMap(this::algorithm);
        long amountMax =
                algorithm.filter(a -> a == Algorithm.CONCURRENCY).isPresent() ? Limit.PERMITS_MAX : Limit.AMOUNT_MAX;
        Optional<Long> amount = values.required(mapping, fields, "amount", "amount: 60")
                .flatMap(value -> values.number(value, "amount", amountMax));
        Optional<Long> period =
                values.required(mapping, fields, "period", "period: 60s").flatMap(values::periodMillis);
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
            return values.wrongType(node, "algorithm", "a word", "write one of " + String.join(", ", ALGORITHMS));
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
        return values.number(node, "burst", Limit.AMOUNT_MAX);
    }
}

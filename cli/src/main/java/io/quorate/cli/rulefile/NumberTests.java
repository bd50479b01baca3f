package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.core.rule.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads comparisons of numbers, which together are one range. */
final class NumberTests {
    static final List<String> NAMES = List.of("equals", "at-least", "at-most", "more-than", "less-than");

    private final Problems problems;
    private final ValueReader values;

    NumberTests(Problems problems, ValueReader values) {
        this.problems = problems;
        this.values = values;
    }

    /** The range that all comparisons of a mapping leave. */
    Optional<Pattern.Range> range(Mapping at, Map<String, YamlNode> fields) {
        long least = Long.MIN_VALUE;
        long most = Long.MAX_VALUE;
        boolean right = true;
        for (String name : NAMES) {
            YamlNode node = fields.get(name);
            if (node == null) {
                continue;
            }
            Optional<Long> number = values.signed(node, name);
            right &= number.isPresent();
            long n = number.orElse(0L);
            switch (name) {
                case "equals" -> {
                    least = Math.max(least, n);
                    most = Math.min(most, n);
                }
                case "at-least" -> least = Math.max(least, n);
                case "more-than" -> least = Math.max(least, n + 1);
                case "at-most" -> most = Math.min(most, n);
                default -> most = Math.min(most, n - 1);
            }
        }
        if (right && least > most) {
            problems.add(
                    at,
                    "no number is at least " + least + " and at most " + most,
                    "change the bounds so that some number lies between them");
            right = false;
        }
        return right ? Optional.of(new Pattern.Range(least, most)) : Optional.empty();
    }
}

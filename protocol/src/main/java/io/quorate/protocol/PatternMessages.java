package io.quorate.protocol;

import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Regex;
import io.quorate.protocol.v1.Rule.Match;
import java.util.ArrayList;
import java.util.List;

/** Conditions of rules as messages and back. */
final class PatternMessages {
    /** A list of negations of nothing more: deeper there is no pattern. */
    private static final int DEPTH_MAX = 3;

    private PatternMessages() {}

    static Match toMessage(EntryMatch condition) {
        Match.Builder message = Match.newBuilder().setName(condition.name());
        Pattern pattern = condition.pattern();
        if (isText(pattern)) {
            message.setPattern(pattern.text());
        } else {
            message.setCondition(toMessage(pattern));
        }
        if (condition.counted() != pattern instanceof Pattern.Any) {
            message.setCounted(condition.counted());
        }
        return message.build();
    }

    static EntryMatch condition(Match message) {
        Pattern pattern =
                message.hasCondition() ? pattern(message.getCondition(), 1) : Pattern.parse(message.getPattern());
        return message.hasCounted()
                ? new EntryMatch(message.getName(), pattern, message.getCounted())
                : new EntryMatch(message.getName(), pattern);
    }

    private static boolean isText(Pattern pattern) {
        return pattern instanceof Pattern.Any
                || pattern instanceof Pattern.Exact
                || pattern instanceof Pattern.Prefix
                || pattern instanceof Pattern.Glob;
    }

    private static io.quorate.protocol.v1.Pattern toMessage(Pattern pattern) {
        return pattern.accept(new Writer()).build();
    }

    private static Pattern pattern(io.quorate.protocol.v1.Pattern message, int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("a pattern is nested deeper than " + DEPTH_MAX);
        }
        return switch (message.getKindCase()) {
            case TEXT -> Pattern.parse(message.getText());
            case ANY_OF -> {
                List<Pattern> patterns = new ArrayList<>(message.getAnyOf().getPatternsCount());
                for (io.quorate.protocol.v1.Pattern one : message.getAnyOf().getPatternsList()) {
                    patterns.add(pattern(one, depth + 1));
                }
                yield new Pattern.AnyOf(patterns);
            }
            case CIDR -> Pattern.Cidr.parse(message.getCidr());
            case REGEX -> new Regex(message.getRegex());
            case RANGE ->
                new Pattern.Range(
                        message.getRange().getLeast(), message.getRange().getMost());
            case ABSENT -> new Pattern.Absent();
            case NOT -> new Pattern.Not(pattern(message.getNot(), depth + 1));
            case KIND_NOT_SET -> throw new IllegalArgumentException("a condition has no pattern");
        };
    }

    private static final class Writer implements Pattern.Visitor<io.quorate.protocol.v1.Pattern.Builder> {
        private final io.quorate.protocol.v1.Pattern.Builder message = io.quorate.protocol.v1.Pattern.newBuilder();

        @Override
        public io.quorate.protocol.v1.Pattern.Builder any(Pattern.Any pattern) {
            return message.setText(pattern.text());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder exact(Pattern.Exact pattern) {
            return message.setText(pattern.text());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder prefix(Pattern.Prefix pattern) {
            return message.setText(pattern.text());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder glob(Pattern.Glob pattern) {
            return message.setText(pattern.text());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder anyOf(Pattern.AnyOf pattern) {
            io.quorate.protocol.v1.Pattern.List.Builder list = io.quorate.protocol.v1.Pattern.List.newBuilder();
            pattern.patterns().forEach(one -> list.addPatterns(toMessage(one)));
            return message.setAnyOf(list);
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder cidr(Pattern.Cidr pattern) {
            return message.setCidr(pattern.text());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder regex(Regex pattern) {
            return message.setRegex(pattern.expression());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder range(Pattern.Range pattern) {
            return message.setRange(io.quorate.protocol.v1.Pattern.Range.newBuilder()
                    .setLeast(pattern.least())
                    .setMost(pattern.most()));
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder absent(Pattern.Absent pattern) {
            return message.setAbsent(io.quorate.protocol.v1.Pattern.Absent.getDefaultInstance());
        }

        @Override
        public io.quorate.protocol.v1.Pattern.Builder not(Pattern.Not pattern) {
            return message.setNot(toMessage(pattern.pattern()));
        }
    }
}

package io.quorate.core.rule;

import java.util.List;

/**
 * How narrowly a rule's conditions choose, as a number to compare. First counts how many entries must have one
 * value, then how many one of a list or range, then the bits of networks and the characters of texts, then regular
 * expressions, then conditions that only exclude. An entry that may have any value adds nothing.
 */
final class Specificity {
    private Specificity() {}

    static long of(List<EntryMatch> conditions) {
        Sum sum = new Sum();
        for (EntryMatch condition : conditions) {
            condition.pattern().accept(sum);
        }
        return sum.exact << 48
                | sum.listed << 40
                | Math.min(sum.length, 0xffff) << 16
                | sum.regexes << 8
                | sum.excluding;
    }

    private static final class Sum implements Pattern.Visitor<Boolean> {
        private long exact;
        private long listed;
        private long length;
        private long regexes;
        private long excluding;

        @Override
        public Boolean any(Pattern.Any pattern) {
            return true;
        }

        @Override
        public Boolean exact(Pattern.Exact pattern) {
            exact++;
            return true;
        }

        @Override
        public Boolean prefix(Pattern.Prefix pattern) {
            length += pattern.prefix().length();
            return true;
        }

        @Override
        public Boolean glob(Pattern.Glob pattern) {
            for (String part : pattern.parts()) {
                length += part.length();
            }
            return true;
        }

        @Override
        public Boolean anyOf(Pattern.AnyOf pattern) {
            listed++;
            return true;
        }

        @Override
        public Boolean cidr(Pattern.Cidr pattern) {
            length += pattern.bits();
            return true;
        }

        @Override
        public Boolean regex(Regex pattern) {
            regexes++;
            return true;
        }

        @Override
        public Boolean range(Pattern.Range pattern) {
            if (pattern.least() == pattern.most()) {
                exact++;
            } else {
                listed++;
            }
            return true;
        }

        @Override
        public Boolean absent(Pattern.Absent pattern) {
            excluding++;
            return true;
        }

        @Override
        public Boolean not(Pattern.Not pattern) {
            excluding++;
            return true;
        }
    }
}

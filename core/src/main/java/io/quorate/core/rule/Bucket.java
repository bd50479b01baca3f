package io.quorate.core.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The rules filed under one key: a few, or an index of their other conditions. Never changed. */
sealed interface Bucket permits Bucket.Leaf, IndexNode {
    int size();

    /** Calls {@code found} with each rule that may match. */
    void find(Request request, Found found);

    /** Is told of rules that may match; of one more than once, perhaps. */
    interface Found {
        /**
         * A rule that may match.
         *
         * @param proved the conditions that its keys stand for, as a set of bits
         */
        void rule(CompiledRule rule, int proved);
    }

    /** A few rules, each with the conditions by which it got here. The first stands apart: mostly it is alone. */
    record Leaf(CompiledRule first, int firstUsed, CompiledRule @Nullable [] more, int @Nullable [] moreUsed)
            implements Bucket {
        static Leaf of(CompiledRule rule, int used) {
            return new Leaf(rule, used, null, null);
        }

        @Override
        public int size() {
            return more == null ? 1 : 1 + more.length;
        }

        CompiledRule rule(int i) {
            return i == 0 || more == null ? first : more[i - 1];
        }

        int used(int i) {
            return i == 0 || moreUsed == null ? firstUsed : moreUsed[i - 1];
        }

        Leaf with(CompiledRule rule, int used) {
            int count = size() - 1;
            CompiledRule[] rules = more == null ? new CompiledRule[1] : Arrays.copyOf(more, count + 1);
            int[] uses = moreUsed == null ? new int[1] : Arrays.copyOf(moreUsed, count + 1);
            rules[count] = rule;
            uses[count] = used;
            return new Leaf(first, firstUsed, rules, uses);
        }

        /** Whether it has a rule. */
        boolean has(CompiledRule rule) {
            for (int i = 0; i < size(); i++) {
                if (rule(i) == rule) {
                    return true;
                }
            }
            return false;
        }

        /** Without a rule that it has; null if no other is left. */
        @Nullable
        Leaf without(CompiledRule rule) {
            Leaf left = null;
            for (int i = 0; i < size(); i++) {
                if (rule(i) != rule) {
                    left = left == null ? of(rule(i), used(i)) : left.with(rule(i), used(i));
                }
            }
            return left;
        }

        @Override
        public void find(Request request, Found found) {
            found.rule(first, firstUsed);
            CompiledRule[] rules = more;
            int[] uses = moreUsed;
            if (rules != null && uses != null) {
                for (int i = 0; i < rules.length; i++) {
                    found.rule(rules[i], uses[i]);
                }
            }
        }
    }
}

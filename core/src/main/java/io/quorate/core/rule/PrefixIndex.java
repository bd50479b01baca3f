package io.quorate.core.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Finds all prefixes of a value among many, in a binary search and one step for each that is found.
 *
 * <p>Prefixes stand sorted, each with the place of the longest other one that it begins with. Whatever prefix of a
 * value there is, the last one at or before the value in that order begins with it; so the chain from there on
 * has them all.
 */
final class PrefixIndex {
    private final String[] prefixes;
    private final int[] shorter;
    private final int[][] rules;

    /** An index of these prefixes, each with the places of its rules. */
    PrefixIndex(SortedMap<String, List<Integer>> rulesByPrefix) {
        this.prefixes = rulesByPrefix.keySet().toArray(new String[0]);
        this.shorter = new int[prefixes.length];
        this.rules = new int[prefixes.length][];
        int i = 0;
        for (Map.Entry<String, List<Integer>> entry : rulesByPrefix.entrySet()) {
            rules[i] = entry.getValue().stream().mapToInt(Integer::intValue).toArray();
            int candidate = i - 1;
            while (candidate >= 0 && !entry.getKey().startsWith(prefixes[candidate])) {
                candidate = shorter[candidate];
            }
            shorter[i] = candidate;
            i++;
        }
    }

    /** The place of the longest prefix of {@code value}, or -1. */
    int longest(String value) {
        int found = Arrays.binarySearch(prefixes, value);
        int at = found >= 0 ? found : -found - 2;
        while (at >= 0 && !value.startsWith(prefixes[at])) {
            at = shorter[at];
        }
        return at;
    }

    /** The place of the next shorter prefix of the same value, or -1. */
    int shorter(int at) {
        return shorter[at];
    }

    /** The places of the rules with the prefix at {@code at}. */
    int[] rules(int at) {
        return rules[at];
    }
}

package io.quorate.core.rule;

import java.util.Arrays;

/** Which lengths keys of one kind have, and how many have each. Never changed. */
final class Lengths {
    static final Lengths NONE = new Lengths(new int[0], new int[0]);

    private final int[] lengths;
    private final int[] counts;

    private Lengths(int[] lengths, int[] counts) {
        this.lengths = lengths;
        this.counts = counts;
    }

    /** How many different ones there are. */
    int size() {
        return lengths.length;
    }

    /** The i-th, in ascending order. */
    int get(int i) {
        return lengths[i];
    }

    /** With one key of this length more, or less. */
    Lengths add(int length, int change) {
        int at = Arrays.binarySearch(lengths, length);
        if (at >= 0 && counts[at] + change > 0) {
            int[] changed = counts.clone();
            changed[at] += change;
            return new Lengths(lengths, changed);
        }
        int from = at >= 0 ? at : -at - 1;
        int by = at >= 0 ? -1 : 1;
        int[] otherLengths = new int[lengths.length + by];
        int[] otherCounts = new int[lengths.length + by];
        System.arraycopy(lengths, 0, otherLengths, 0, from);
        System.arraycopy(counts, 0, otherCounts, 0, from);
        int rest = at >= 0 ? from + 1 : from;
        int to = at >= 0 ? from : from + 1;
        System.arraycopy(lengths, rest, otherLengths, to, lengths.length - rest);
        System.arraycopy(counts, rest, otherCounts, to, lengths.length - rest);
        if (at < 0) {
            otherLengths[from] = length;
            otherCounts[from] = change;
        }
        return new Lengths(otherLengths, otherCounts);
    }
}

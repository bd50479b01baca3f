package io.quorate.core.rule;

import org.jspecify.annotations.Nullable;

/**
 * Ranges of numbers, each with its rules; finds those that hold a number without looking at most of the others.
 * Never changed: a change copies the way down to it.
 *
 * <p>A treap in the order of the ranges, whose priorities are hashes of them, so its shape depends on the ranges
 * alone; each node knows the highest number in its tree.
 */
record RangeTree(
        Pattern.Range range,
        Bucket bucket,
        @Nullable RangeTree left,
        @Nullable RangeTree right,
        long most) {

    private static RangeTree of(
            Pattern.Range range, Bucket bucket, @Nullable RangeTree left, @Nullable RangeTree right) {
        long most = range.most();
        if (left != null) {
            most = Math.max(most, left.most);
        }
        if (right != null) {
            most = Math.max(most, right.most);
        }
        return new RangeTree(range, bucket, left, right, most);
    }

    /** The rules of exactly this range. */
    static @Nullable Bucket get(@Nullable RangeTree tree, Pattern.Range range) {
        RangeTree at = tree;
        while (at != null) {
            int order = compare(range, at.range);
            if (order == 0) {
                return at.bucket;
            }
            at = order < 0 ? at.left : at.right;
        }
        return null;
    }

    /** A tree in which this range has these rules. */
    static RangeTree put(@Nullable RangeTree tree, Pattern.Range range, Bucket bucket) {
        if (tree == null) {
            return of(range, bucket, null, null);
        }
        int order = compare(range, tree.range);
        if (order == 0) {
            return of(range, bucket, tree.left, tree.right);
        }
        if (order < 0) {
            RangeTree left = put(tree.left, range, bucket);
            return priority(left) <= priority(tree)
                    ? of(tree.range, tree.bucket, left, tree.right)
                    : of(left.range, left.bucket, left.left, of(tree.range, tree.bucket, left.right, tree.right));
        }
        RangeTree right = put(tree.right, range, bucket);
        return priority(right) <= priority(tree)
                ? of(tree.range, tree.bucket, tree.left, right)
                : of(right.range, right.bucket, of(tree.range, tree.bucket, tree.left, right.left), right.right);
    }

    /** A tree without this range. */
    static @Nullable RangeTree remove(@Nullable RangeTree tree, Pattern.Range range) {
        if (tree == null) {
            return null;
        }
        int order = compare(range, tree.range);
        if (order < 0) {
            return of(tree.range, tree.bucket, remove(tree.left, range), tree.right);
        }
        if (order > 0) {
            return of(tree.range, tree.bucket, tree.left, remove(tree.right, range));
        }
        return join(tree.left, tree.right);
    }

    private static @Nullable RangeTree join(@Nullable RangeTree left, @Nullable RangeTree right) {
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        return priority(left) > priority(right)
                ? of(left.range, left.bucket, left.left, join(left.right, right))
                : of(right.range, right.bucket, join(left, right.left), right.right);
    }

    /** Looks into the rules of each range that holds the number. */
    void find(long number, Request request, Bucket.Found found) {
        if (number > most) {
            return;
        }
        if (left != null) {
            left.find(number, request, found);
        }
        if (number >= range.least()) {
            if (number <= range.most()) {
                bucket.find(request, found);
            }
            if (right != null) {
                right.find(number, request, found);
            }
        }
    }

    private static int compare(Pattern.Range a, Pattern.Range b) {
        int least = Long.compare(a.least(), b.least());
        return least != 0 ? least : Long.compare(a.most(), b.most());
    }

    private static long priority(RangeTree tree) {
        long h = (tree.range.least() * 0x9e3779b97f4a7c15L ^ tree.range.most()) * 0xc2b2ae3d27d4eb4fL;
        h = (h ^ h >>> 29) * 0xbf58476d1ce4e5b9L;
        return h ^ h >>> 32;
    }
}

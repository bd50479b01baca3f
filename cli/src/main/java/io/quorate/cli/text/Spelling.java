package io.quorate.cli.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody may have meant. */
public final class Spelling {
    private Spelling() {}

    /** The known word nearest to {@code word}, if it is near enough to be a slip of it. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String lower = normal(word);
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        if (lower.length() <= 64) {
            for (String candidate : known) {
                int distance = distance(lower, normal(candidate));
                if (distance < bestDistance) {
                    best = candidate;
                    bestDistance = distance;
                }
            }
        }
        int allowed = Math.max(1, best.length() / 3);
        return bestDistance <= allowed ? Optional.of(best) : Optional.empty();
    }

    private static String normal(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Edits (insert, delete, replace, swap of neighbours) between two words. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}

package io.quorate.chaos.check;

import io.quorate.client.api.Result;
import io.quorate.core.quota.Limit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Every acknowledged grant of a run, and the checks that need nothing else: S1 by log time, S4 distinct
 * positions, S5 monotone log time, S8 index order against real time.
 *
 * <p>Recording is thread-safe; checking comes after the run.
 */
public final class GrantHistory {
    /**
     * A grant: the counter that it was charged to, what it took, where it stands in the log, and when it was asked and
     * answered (nanoseconds of one clock).
     */
    public record Grant(String key, long cost, Result.Position position, long askedNanos, long answeredNanos) {}

    private static final Comparator<Grant> LOG_ORDER = Comparator.comparing(
                    (Grant g) -> g.position().group())
            .thenComparing(g -> g.position().index())
            .thenComparing(g -> g.position().position());

    private final ConcurrentLinkedQueue<Grant> grants = new ConcurrentLinkedQueue<>();

    public void add(Grant grant) {
        grants.add(grant);
    }

    public int size() {
        return grants.size();
    }

    /** Tokens acknowledged on one counter. */
    public long taken(String key) {
        return grants.stream()
                .filter(g -> g.key().equals(key))
                .mapToLong(Grant::cost)
                .sum();
    }

    /** All violations found, for people; empty if there are none. {@code limits} tells each counter's limit. */
    public List<String> violations(Map<String, Limit> limits) {
        List<Grant> ordered = new ArrayList<>(grants);
        ordered.sort(LOG_ORDER);
        List<String> found = new ArrayList<>();
        order(ordered, found);
        realTime(ordered, found);
        Map<String, List<Grant>> byKey = new HashMap<>();
        ordered.forEach(
                g -> byKey.computeIfAbsent(g.key(), k -> new ArrayList<>()).add(g));
        byKey.forEach((key, list) -> {
            Limit limit = limits.get(key);
            if (limit == null) {
                found.add("a grant on a counter without a limit: " + key);
            } else {
                bound(key, limit, list, found);
            }
        });
        return found;
    }

    private static void order(List<Grant> ordered, List<String> found) {
        for (int i = 1; i < ordered.size(); i++) {
            Grant before = ordered.get(i - 1);
            Grant after = ordered.get(i);
            if (before.position().group() != after.position().group()) {
                continue;
            }
            if (LOG_ORDER.compare(before, after) == 0) {
                found.add("S4: two grants stand at one position: " + before + " and " + after);
            }
            if (before.position().logTimeMillis() > after.position().logTimeMillis()) {
                found.add("S5: log time goes back from " + before + " to " + after);
            }
        }
    }

    /** No grant stands after one that was asked for only when it was answered already. */
    private static void realTime(List<Grant> ordered, List<String> found) {
        Grant first = null; // of the grants behind, in this group, the one answered first
        for (int i = ordered.size() - 1; i >= 0; i--) {
            Grant grant = ordered.get(i);
            if (first == null || first.position().group() != grant.position().group()) {
                first = grant;
                continue;
            }
            if (first.answeredNanos() < grant.askedNanos()
                    && first.position().index() != grant.position().index()) {
                found.add("S8: " + first + " was answered before " + grant + " was asked, but stands behind it");
            }
            if (grant.answeredNanos() < first.answeredNanos()) {
                first = grant;
            }
        }
    }

    private static void bound(String key, Limit limit, List<Grant> list, List<String> found) {
        switch (limit.algorithm()) {
            case TOKEN_BUCKET, GCRA -> bucket(key, limit, list, found);
            case FIXED_WINDOW -> window(key, limit, list, found);
            case SLIDING_LOG -> sliding(key, limit, list, found);
            default -> found.add("no bound is written for " + limit.algorithm() + " of " + key);
        }
    }

    /** Grants in (s, t] are at most burst + rate * (t - s), for all s and t: one pass over the least excess. */
    private static void bucket(String key, Limit limit, List<Grant> list, List<String> found) {
        long taken = 0;
        long least = Long.MAX_VALUE;
        long origin = list.get(0).position().logTimeMillis();
        for (Grant grant : list) {
            long refill = Math.multiplyExact(grant.position().logTimeMillis() - origin, limit.amount());
            least = Math.min(least, Math.multiplyExact(taken, limit.periodMillis()) - refill);
            taken += grant.cost();
            long excess = Math.multiplyExact(taken, limit.periodMillis()) - refill - least;
            if (excess > Math.multiplyExact(limit.burst(), limit.periodMillis())) {
                found.add("S1: " + key + " granted more than " + limit + " at " + grant);
            }
        }
    }

    private static void window(String key, Limit limit, List<Grant> list, List<String> found) {
        Map<Long, Long> taken = new HashMap<>();
        for (Grant grant : list) {
            long window = Math.floorDiv(grant.position().logTimeMillis(), limit.periodMillis());
            if (taken.merge(window, grant.cost(), Long::sum) > limit.amount()) {
                found.add("S1: " + key + " granted more than " + limit + " in one window at " + grant);
            }
        }
    }

    private static void sliding(String key, Limit limit, List<Grant> list, List<String> found) {
        long inWindow = 0;
        int from = 0;
        for (Grant grant : list) {
            inWindow += grant.cost();
            while (list.get(from).position().logTimeMillis()
                    <= grant.position().logTimeMillis() - limit.periodMillis()) {
                inWindow -= list.get(from++).cost();
            }
            if (inWindow > limit.amount()) {
                found.add("S1: " + key + " granted more than " + limit + " in one period at " + grant);
            }
        }
    }
}

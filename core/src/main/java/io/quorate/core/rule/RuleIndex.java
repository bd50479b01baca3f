package io.quorate.core.rule;

import io.quorate.core.rule.Pattern.Exact;
import io.quorate.core.rule.Pattern.Prefix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the rules that may match a request without looking at the others.
 *
 * <p>Each rule is filed once, under the condition of its that most likely fails: an exact value (the one that the
 * fewest rules ask for), else the longest prefix, else the presence of an entry. A request looks under each of its
 * entries; rules without conditions are found by every request.
 */
final class RuleIndex {
    private final Map<String, ByName> byName = new LinkedHashMap<>();
    private final int[] unconditional;

    RuleIndex(List<NumberedRule> rules) {
        Map<EntryMatch, Integer> askers = new LinkedHashMap<>();
        for (NumberedRule rule : rules) {
            for (EntryMatch match : rule.rule().match()) {
                askers.merge(match, 1, Integer::sum);
            }
        }
        Map<String, Drafts> drafts = new LinkedHashMap<>();
        List<Integer> always = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            List<EntryMatch> conditions = rules.get(i).rule().match();
            if (conditions.isEmpty()) {
                always.add(i);
            } else {
                EntryMatch rarest = rarest(conditions, askers);
                drafts.computeIfAbsent(rarest.name(), name -> new Drafts()).file(rarest.pattern(), i);
            }
        }
        drafts.forEach((name, draft) -> byName.put(name, new ByName(draft)));
        this.unconditional = array(always);
    }

    /** Calls {@code found} with the place of every rule that may match, each once, in no particular order. */
    void candidates(List<Entry> entries, Found found) {
        offer(unconditional, found);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            ByName filed = byName.get(entry.name());
            if (filed != null) {
                filed.candidates(entry.value(), found);
            }
        }
    }

    /** Is told of a rule's place. */
    interface Found {
        void rule(int place);
    }

    private static EntryMatch rarest(List<EntryMatch> conditions, Map<EntryMatch, Integer> askers) {
        EntryMatch rarest = conditions.get(0);
        for (EntryMatch condition : conditions.subList(1, conditions.size())) {
            int difference = rank(condition.pattern()) - rank(rarest.pattern());
            boolean rarer = difference > 0;
            if (difference == 0) {
                rarer = condition.pattern() instanceof Prefix prefix && rarest.pattern() instanceof Prefix other
                        ? prefix.prefix().length() > other.prefix().length()
                        : askers.getOrDefault(condition, 0) < askers.getOrDefault(rarest, 0);
            }
            if (rarer) {
                rarest = condition;
            }
        }
        return rarest;
    }

    private static int rank(Pattern pattern) {
        return pattern instanceof Exact ? 2 : pattern instanceof Prefix ? 1 : 0;
    }

    private static int[] array(List<Integer> places) {
        return places.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void offer(int[] places, Found found) {
        for (int place : places) {
            found.rule(place);
        }
    }

    /** Rules filed under one entry's name, while they are gathered. */
    private static final class Drafts {
        final Map<String, List<Integer>> exact = new LinkedHashMap<>();
        final TreeMap<String, List<Integer>> prefix = new TreeMap<>();
        final List<Integer> any = new ArrayList<>();

        void file(Pattern pattern, int place) {
            if (pattern instanceof Exact exactly) {
                exact.computeIfAbsent(exactly.value(), value -> new ArrayList<>())
                        .add(place);
            } else if (pattern instanceof Prefix beginning) {
                prefix.computeIfAbsent(beginning.prefix(), value -> new ArrayList<>())
                        .add(place);
            } else {
                any.add(place);
            }
        }
    }

    /** Rules filed under one entry's name. */
    private static final class ByName {
        private static final int[] NONE = {};

        private final Map<String, int[]> exact = new LinkedHashMap<>();
        private final PrefixIndex prefixes;
        private final int[] any;

        ByName(Drafts drafts) {
            drafts.exact.forEach((value, places) -> exact.put(value, array(places)));
            this.prefixes = new PrefixIndex(drafts.prefix);
            this.any = array(drafts.any);
        }

        void candidates(String value, Found found) {
            offer(any, found);
            offer(exact.getOrDefault(value, NONE), found);
            for (int at = prefixes.longest(value); at >= 0; at = prefixes.shorter(at)) {
                offer(prefixes.rules(at), found);
            }
        }
    }
}

package io.quorate.core.rule;

import io.quorate.core.rule.IndexTable.Edit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index of rules by their conditions. Never changed: a change gives another one that shares almost all with it.
 *
 * <p>A rule is filed under one of its conditions that isn't used yet on the way here: one that a look-up finds it
 * by, under whose key the fewest rules are filed so far. A key with many rules has an index of its own over their
 * other conditions. So a request finds the rules that match, and few besides, whatever the number of the others:
 * each of its entries costs a look-up of its value, and one for each length that prefixes, suffixes and networks
 * have.
 */
final class IndexNode implements Bucket {
    static final IndexNode EMPTY = new IndexNode(IndexTable.EMPTY, null, 0);

    /** Rules under one key that are looked at one by one. */
    private static final int LEAF_MAX = 8;

    private final IndexTable table;
    /** Rules that no key finds. */
    private final @Nullable Leaf rest;

    private final int size;

    private IndexNode(IndexTable table, @Nullable Leaf rest, int size) {
        this.table = table;
        this.rest = rest;
        this.size = size;
    }

    @Override
    public int size() {
        return size;
    }

    // ---- finding

    @Override
    public void find(Request request, Found found) {
        if (rest != null) {
            rest.find(request, found);
        }
        for (int i = 0; i < request.count(); i++) {
            int hash = IndexKey.hash(IndexKey.NAME, request.nameHash(i), 0);
            Object keys = table.named(IndexKey.NAME, request.name(i), hash);
            if (keys != null) {
                find((NameKeys) keys, i, request, found);
            }
        }
    }

    private void find(NameKeys keys, int i, Request request, Found found) {
        String name = request.name(i);
        String value = request.value(i);
        if (keys.presence() != null) {
            keys.presence().find(request, found);
        }
        if (keys.exact() > 0) {
            int hash = IndexKey.hash(IndexKey.EXACT, request.nameHash(i), value.hashCode());
            visit(table.text(IndexKey.EXACT, name, hash, value, 0, value.length()), request, found);
        }
        if (keys.prefixes().size() > 0) {
            prefixes(keys.prefixes(), i, request, found);
        }
        if (keys.suffixes().size() > 0) {
            suffixes(keys.suffixes(), i, request, found);
        }
        if (keys.grams() > 0) {
            grams(i, request, found);
        }
        if (keys.cidr4().size() + keys.cidr6().size() > 0) {
            networks(keys, i, request, found);
        }
        if (keys.ranges() != null && WholeNumber.is(value)) {
            keys.ranges().find(Long.parseLong(value), request, found);
        }
    }

    private static void visit(@Nullable Object bucket, Request request, Found found) {
        if (bucket != null) {
            ((Bucket) bucket).find(request, found);
        }
    }

    private void prefixes(Lengths lengths, int i, Request request, Found found) {
        String value = request.value(i);
        int h = 0;
        int at = 0;
        for (int l = 0; l < lengths.size() && lengths.get(l) <= value.length(); l++) {
            int length = lengths.get(l);
            while (at < length) {
                h = 31 * h + value.charAt(at++);
            }
            int hash = IndexKey.hash(IndexKey.PREFIX, request.nameHash(i), h);
            visit(table.text(IndexKey.PREFIX, request.name(i), hash, value, 0, length), request, found);
        }
    }

    private void suffixes(Lengths lengths, int i, Request request, Found found) {
        String value = request.value(i);
        int h = 0;
        int at = 0;
        for (int l = 0; l < lengths.size() && lengths.get(l) <= value.length(); l++) {
            int length = lengths.get(l);
            while (at < length) {
                h = 31 * h + value.charAt(value.length() - ++at);
            }
            int hash = IndexKey.hash(IndexKey.SUFFIX, request.nameHash(i), h);
            int from = value.length() - length;
            visit(table.text(IndexKey.SUFFIX, request.name(i), hash, value, from, length), request, found);
        }
    }

    private void grams(int i, Request request, Found found) {
        String value = request.value(i);
        for (int at = 0; at + IndexKey.GRAM_LENGTH <= value.length(); at++) {
            int h = 0;
            for (int k = 0; k < IndexKey.GRAM_LENGTH; k++) {
                h = 31 * h + value.charAt(at + k);
            }
            int hash = IndexKey.hash(IndexKey.GRAM, request.nameHash(i), h);
            visit(table.text(IndexKey.GRAM, request.name(i), hash, value, at, IndexKey.GRAM_LENGTH), request, found);
        }
    }

    private void networks(NameKeys keys, int i, Request request, Found found) {
        Address address = request.address(i);
        if (address == null) {
            return;
        }
        Lengths lengths = address.bits() == 32 ? keys.cidr4() : keys.cidr6();
        for (int l = 0; l < lengths.size(); l++) {
            int bits = lengths.get(l);
            Address network = address.masked(bits);
            int h = IndexKey.addressHash(network.high(), network.low(), bits, network.bits());
            int hash = IndexKey.hash(IndexKey.CIDR, request.nameHash(i), h);
            visit(table.network(request.name(i), hash, network, bits), request, found);
        }
    }

    // ---- changing

    /** With a rule, of whose conditions these are used already. */
    IndexNode with(CompiledRule rule, int used, Edit edit) {
        int best = -1;
        int bestTier = 0;
        int bestLoad = 0;
        List<IndexKey> bestKeys = List.of();
        for (int i = 0; i < rule.conditions(); i++) {
            List<IndexKey> keys = (used >>> i & 1) == 0 ? IndexKey.of(rule.condition(i)) : null;
            if (keys == null) {
                continue;
            }
            int tier = 0;
            int load = 0;
            for (IndexKey key : keys) {
                tier = Math.max(tier, key.tier());
                Bucket bucket = bucket(key);
                load = Math.max(load, bucket == null ? 0 : bucket.size());
            }
            // A rule with a list is filed once for each of it.
            load += keys.size() - 1;
            if (best < 0 || tier < bestTier || (tier == bestTier && load < bestLoad)) {
                best = i;
                bestTier = tier;
                bestLoad = load;
                bestKeys = keys;
            }
        }
        if (best < 0) {
            Leaf more = rest == null ? Leaf.of(rule, used) : rest.with(rule, used);
            return new IndexNode(table, more, size + 1);
        }
        IndexTable changed = table;
        for (IndexKey key : bestKeys) {
            Bucket before = bucket(changed, key);
            changed = put(changed, key, before, filed(before, rule, used | 1 << best, edit), edit);
        }
        return new IndexNode(changed, rest, size + 1);
    }

    private static Bucket filed(@Nullable Bucket bucket, CompiledRule rule, int used, Edit edit) {
        if (bucket instanceof IndexNode node) {
            return node.with(rule, used, edit);
        }
        if (!(bucket instanceof Leaf leaf)) {
            return Leaf.of(rule, used);
        }
        Leaf bigger = leaf.with(rule, used);
        int divisible = 0;
        for (int i = 0; i < bigger.size() && bigger.size() > LEAF_MAX; i++) {
            divisible += bigger.rule(i).hasKeyBeside(bigger.used(i)) ? 1 : 0;
        }
        if (divisible <= LEAF_MAX) {
            return bigger;
        }
        IndexNode node = EMPTY;
        for (int i = 0; i < bigger.size(); i++) {
            node = node.with(bigger.rule(i), bigger.used(i), edit);
        }
        return node;
    }

    /** Without a rule; the same if it doesn't have it. */
    IndexNode without(CompiledRule rule, Edit edit) {
        return without(Filings.of(rule), edit);
    }

    private IndexNode without(Filings filings, Edit edit) {
        CompiledRule rule = filings.rule;
        if (rest != null && rest.has(rule)) {
            return new IndexNode(table, rest.without(rule), size - 1);
        }
        for (List<IndexKey> keys : filings.keys) {
            if (!hasUnderAll(keys, filings)) {
                continue;
            }
            IndexTable changed = table;
            for (IndexKey key : keys) {
                Bucket before = bucket(changed, key);
                changed = put(changed, key, before, without(before, filings, edit), edit);
            }
            return new IndexNode(changed, rest, size - 1);
        }
        return this;
    }

    private boolean hasUnderAll(List<IndexKey> keys, Filings filings) {
        for (IndexKey key : keys) {
            if (!has(bucket(key), filings)) {
                return false;
            }
        }
        return true;
    }

    private static boolean has(@Nullable Bucket bucket, Filings filings) {
        if (!(bucket instanceof IndexNode node)) {
            return bucket instanceof Leaf leaf && leaf.has(filings.rule);
        }
        if (node.rest != null && node.rest.has(filings.rule)) {
            return true;
        }
        for (IndexKey key : filings.firsts) {
            if (has(node.bucket(key), filings)) {
                return true;
            }
        }
        return false;
    }

    /** The bucket without a rule, null if nothing is left; the same if it doesn't have it. */
    private static @Nullable Bucket without(@Nullable Bucket bucket, Filings filings, Edit edit) {
        if (bucket instanceof IndexNode node) {
            IndexNode left = node.without(filings, edit);
            return left.size == 0 ? null : left;
        }
        return bucket instanceof Leaf leaf && leaf.has(filings.rule) ? leaf.without(filings.rule) : bucket;
    }

    /**
     * The ways in which a rule may be filed in a node.
     *
     * <p>A node has a rule under all keys of one of its conditions and under no others. The keys of another condition
     * may be among them, but then they are fewer, or the same. So of the conditions under all of whose keys a node has
     * the rule, one with the most keys names exactly the buckets that have it.
     *
     * @param keys those of each condition, the most first
     * @param firsts one of each condition's keys; each is looked at once, so that a search visits a node once
     */
    private record Filings(CompiledRule rule, List<List<IndexKey>> keys, List<IndexKey> firsts) {
        static Filings of(CompiledRule rule) {
            List<List<IndexKey>> keys = new ArrayList<>(rule.conditions());
            for (int i = 0; i < rule.conditions(); i++) {
                List<IndexKey> of = IndexKey.of(rule.condition(i));
                if (of != null) {
                    keys.add(of);
                }
            }
            keys.sort(Comparator.comparingInt((List<IndexKey> of) -> of.size()).reversed());
            List<IndexKey> firsts =
                    keys.stream().map(of -> of.get(0)).distinct().toList();
            return new Filings(rule, keys, firsts);
        }
    }

    private @Nullable Bucket bucket(IndexKey key) {
        return bucket(table, key);
    }

    private static @Nullable Bucket bucket(IndexTable table, IndexKey key) {
        if (key.kind() != IndexKey.RANGE && key.kind() != IndexKey.PRESENCE) {
            return (Bucket) table.find(key);
        }
        NameKeys keys = names(table, key.name());
        return key.kind() == IndexKey.PRESENCE
                ? keys.presence()
                : RangeTree.get(keys.ranges(), (Pattern.Range) key.detail());
    }

    private static NameKeys names(IndexTable table, String name) {
        Object keys = table.find(IndexKey.name(name));
        return keys == null ? NameKeys.NONE : (NameKeys) keys;
    }

    private static IndexTable put(
            IndexTable table, IndexKey key, @Nullable Bucket before, @Nullable Bucket after, Edit edit) {
        if (before == null && after == null) {
            return table;
        }
        NameKeys names = names(table, key.name());
        if (key.kind() == IndexKey.PRESENCE) {
            return table.with(IndexKey.name(key.name()), names.presence(after), edit);
        }
        if (key.kind() == IndexKey.RANGE) {
            Pattern.Range range = (Pattern.Range) key.detail();
            RangeTree ranges = after == null
                    ? RangeTree.remove(names.ranges(), range)
                    : RangeTree.put(names.ranges(), range, after);
            return table.with(IndexKey.name(key.name()), names.ranges(ranges), edit);
        }
        IndexTable changed = after == null ? table.without(key, edit) : table.with(key, after, edit);
        if (before == null || after == null) {
            changed = changed.with(IndexKey.name(key.name()), names.count(key, after == null ? -1 : 1), edit);
        }
        return changed;
    }
}

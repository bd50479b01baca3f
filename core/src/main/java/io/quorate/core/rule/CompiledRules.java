package io.quorate.core.rule;

import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.IndexTable.Edit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A namespace's rules, ready to match requests. Immutable and thread-safe.
 *
 * <p>Rules that change little are compiled from those before with {@link #next}, which shares with them all that
 * stays.
 */
public final class CompiledRules {
    /** Between the places of neighbours, so that others can come between. */
    private static final long ORDER_STEP = 1L << 24;

    /** How far one list of rules is searched for where another goes on. */
    private static final int LOOK_AHEAD = 64;

    private final AppliedRules rules;
    private final IndexNode index;
    private final IndexTable byId;
    private final int namespaceSlot;

    /** Compiles all rules. */
    public CompiledRules(AppliedRules rules) {
        this.rules = rules;
        this.namespaceSlot = Slots.of(rules.namespace());
        Edit edit = new Edit(true);
        IndexNode found = IndexNode.EMPTY;
        IndexTable ids = IndexTable.EMPTY;
        long order = 0;
        for (NumberedRule rule : rules.rules()) {
            order += ORDER_STEP;
            CompiledRule compiled = new CompiledRule(rules.namespace(), rule, order);
            ids = ids.with(IndexKey.id(rule.rule().id()), compiled, edit);
            if (compiled.isLive(rules.asOfMillis())) {
                found = found.with(compiled, 0, edit);
            }
        }
        this.index = found;
        this.byId = ids;
    }

    private CompiledRules(AppliedRules rules, IndexNode index, IndexTable byId) {
        this.rules = rules;
        this.namespaceSlot = Slots.of(rules.namespace());
        this.index = index;
        this.byId = byId;
    }

    /**
     * Other rules of the same namespace, compiled. Rules that are the same objects as before cost next to nothing, so
     * whoever makes the newer ones should keep what stays.
     */
    public CompiledRules next(AppliedRules newer) {
        if (!newer.namespace().equals(rules.namespace())) {
            throw new IllegalArgumentException(
                    "rules of '" + newer.namespace() + "' don't follow those of '" + rules.namespace() + "'");
        }
        return new Change(newer).compiled();
    }

    public AppliedRules rules() {
        return rules;
    }

    /** The rule with this id, whether it can match now or not. */
    public Optional<NumberedRule> rule(String id) {
        CompiledRule known = compiled(id);
        return known == null ? Optional.empty() : Optional.of(known.numbered());
    }

    private @Nullable CompiledRule compiled(String id) {
        IndexKey key = IndexKey.id(id);
        return (CompiledRule) byId.named(IndexKey.ID, id, key.hash());
    }

    /**
     * The rules that apply to a request and have a limit, in the order of the namespace, each with the key of its
     * counter.
     */
    public List<Matched> match(Descriptor descriptor) {
        Request request = new Request(descriptor.entries());
        Matching matching = new Matching(request);
        index.find(request, matching);
        return matching.matched();
    }

    /**
     * The slot that decides a request.
     *
     * @throws IllegalArgumentException if the namespace is colocated by an entry that the request lacks
     */
    public int slot(Descriptor descriptor) {
        Optional<String> colocate = rules.colocate();
        if (colocate.isEmpty()) {
            return namespaceSlot;
        }
        int at = CompiledRule.indexOf(descriptor.entries(), colocate.get());
        if (at < 0) {
            throw new IllegalArgumentException("the request lacks entry '" + colocate.get() + "', by which namespace '"
                    + rules.namespace() + "' is colocated");
        }
        return Slots.of(rules.namespace(), descriptor.entries().get(at).value());
    }

    /** A rule that matched and the counter that it names. */
    public record Matched(NumberedRule rule, QuotaKey key) {}

    /** One change from these rules to newer ones. */
    private final class Change {
        private final AppliedRules newer;
        private final List<NumberedRule> before;
        private final List<NumberedRule> after;
        private final Edit edit = new Edit(false);
        private IndexNode found = index;
        private IndexTable ids = byId;

        Change(AppliedRules newer) {
            this.newer = newer;
            this.before = rules.rules();
            this.after = newer.rules();
        }

        CompiledRules compiled() {
            List<Part> parts = parts();
            // Removed first, all of them: a rule that moved is removed in one part and comes back in another.
            for (Part part : parts) {
                for (int i = part.from; i < part.to; i++) {
                    remove(before.get(i));
                }
            }
            if (rules.asOfMillis() != newer.asOfMillis()) {
                turn();
            }
            for (Part part : parts) {
                if (!insert(part)) {
                    return new CompiledRules(newer);
                }
            }
            return new CompiledRules(newer, found, ids);
        }

        /** The parts in which the two differ. */
        private List<Part> parts() {
            List<Part> parts = new ArrayList<>();
            int i = 0;
            int j = 0;
            while (i < before.size() || j < after.size()) {
                if (same(i, j)) {
                    i++;
                    j++;
                } else {
                    Part part = part(i, j);
                    parts.add(part);
                    i = part.to;
                    j = part.newTo;
                }
            }
            return parts;
        }

        /** The shortest part from these places on after which both go on alike; all the rest if that is far. */
        private Part part(int i, int j) {
            for (int sum = 1; sum <= LOOK_AHEAD; sum++) {
                for (int a = 0; a <= sum; a++) {
                    int b = sum - a;
                    boolean both = i + a <= before.size() && j + b <= after.size();
                    boolean end = i + a == before.size() && j + b == after.size();
                    if (both && (end || same(i + a, j + b))) {
                        return new Part(i, i + a, j, j + b);
                    }
                }
            }
            int tail = 0;
            while (tail < before.size() - i
                    && tail < after.size() - j
                    && same(before.size() - 1 - tail, after.size() - 1 - tail)) {
                tail++;
            }
            return new Part(i, before.size() - tail, j, after.size() - tail);
        }

        private boolean same(int i, int j) {
            return i < before.size() && j < after.size() && before.get(i) == after.get(j);
        }

        /** Takes in or out what stays but begins or ends now. */
        private void turn() {
            for (NumberedRule rule : before) {
                if (rule.rule().activation().windows().isEmpty()
                        || ids.find(IndexKey.id(rule.rule().id())) == null) {
                    continue;
                }
                CompiledRule known = known(rule);
                boolean was = known.isLive(rules.asOfMillis());
                boolean is = known.isLive(newer.asOfMillis());
                if (was && !is) {
                    found = found.without(known, edit);
                } else if (is && !was) {
                    found = found.with(known, 0, edit);
                }
            }
        }

        private void remove(NumberedRule rule) {
            CompiledRule known = known(rule);
            if (known.isLive(rules.asOfMillis())) {
                found = found.without(known, edit);
            }
            ids = ids.without(IndexKey.id(rule.rule().id()), edit);
        }

        /** Adds the new rules of a part in places between those around it; false if there is no room. */
        private boolean insert(Part part) {
            int count = part.newTo - part.newFrom;
            long low = part.from == 0 ? 0 : order(before.get(part.from - 1));
            long high = part.to < before.size() ? order(before.get(part.to)) : low + (count + 1) * ORDER_STEP;
            long step = (high - low) / (count + 1);
            for (int i = 0; i < count && step > 0; i++) {
                NumberedRule rule = after.get(part.newFrom + i);
                CompiledRule compiled = new CompiledRule(rules.namespace(), rule, low + (i + 1) * step);
                ids = ids.with(IndexKey.id(rule.rule().id()), compiled, edit);
                if (compiled.isLive(newer.asOfMillis())) {
                    found = found.with(compiled, 0, edit);
                }
            }
            return step > 0;
        }

        private long order(NumberedRule rule) {
            return known(rule).order();
        }

        private CompiledRule known(NumberedRule rule) {
            CompiledRule known = CompiledRules.this.compiled(rule.rule().id());
            if (known == null) {
                throw new IllegalStateException("rule '" + rule.rule().id() + "' isn't compiled");
            }
            return known;
        }
    }

    /** Rules that stand no longer, from {@code from} to {@code to}, and those that stand there now. */
    private record Part(int from, int to, int newFrom, int newTo) {}
}

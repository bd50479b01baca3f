package io.quorate.core.machine;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** The limits that one entry uses, each resolved to its meter once, and those among them that are new. */
final class LimitOverlay {
    private final StateView view;
    private final IntFunction<Optional<Limit>> offered;
    private final LongTable<Optional<Terms>> resolved = new LongTable<>();
    private int lastId;
    private Optional<Terms> last = Optional.empty();

    /** @param offered the terms that the sender gives for numbers that the state doesn't know */
    LimitOverlay(StateView view, IntFunction<Optional<Limit>> offered) {
        this.view = view;
        this.offered = offered;
    }

    /** The terms of a number; empty if nobody knows them, or no meter can hold them. */
    Optional<Terms> find(int limitId) {
        if (limitId == lastId) {
            return last;
        }
        int place = resolved.find(limitId);
        last = place >= 0 ? resolved.at(place) : resolve(limitId);
        lastId = limitId;
        return last;
    }

    /** The terms of a number that stands in a row. */
    Terms get(int limitId) {
        return find(limitId)
                .orElseThrow(() -> new IllegalStateException("a counter was charged by limit " + limitId
                        + ", which the state doesn't hold: the state is damaged"));
    }

    /** Adds the new limits that rows refer to and gives what they add to the digest. */
    long collect(List<LimitDefinition> changes) {
        long digest = 0;
        for (Optional<Terms> terms : resolved.values()) {
            if (terms.isPresent() && terms.get().isNew && terms.get().used) {
                LimitDefinition definition = new LimitDefinition(
                        terms.get().limitId, terms.get().meter.limit());
                changes.add(definition);
                digest += Digests.limit(definition);
            }
        }
        return digest;
    }

    private Optional<Terms> resolve(int limitId) {
        Optional<Limit> known = view.limit(limitId);
        Optional<Limit> limit = known.isPresent() || limitId < 1 ? known : offered.apply(limitId);
        Optional<Terms> terms = limit.flatMap(LimitOverlay::meter).map(m -> new Terms(limitId, m, known.isEmpty()));
        resolved.add(limitId, terms);
        return terms;
    }

    /** Rules are checked to have meters; the sender of an entry is not, and its entry must not stop the group. */
    private static Optional<Meter> meter(Limit limit) {
        try {
            return Optional.of(Meter.of(limit));
        } catch (IllegalArgumentException beyondExactIntegers) {
            return Optional.empty();
        }
    }

    /** A limit's number and its meter. */
    static final class Terms {
        private final int limitId;
        private final Meter meter;
        private final boolean isNew;
        private boolean used;

        private Terms(int limitId, Meter meter, boolean isNew) {
            this.limitId = limitId;
            this.meter = meter;
            this.isNew = isNew;
        }

        int limitId() {
            return limitId;
        }

        Meter meter() {
            return meter;
        }

        boolean isConcurrency() {
            return meter.limit().algorithm() == Algorithm.CONCURRENCY;
        }

        /** A row refers to this limit from now on, so the state must hold it. */
        void use() {
            used = true;
        }
    }
}

package io.quorate.chaos.check.wgl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of calls in which each took place between its call and its return, and was answered as the object
 * must answer.
 *
 * <p>Calls and returns stand in one list by time. A call is tried where it stands: if it can take place now, it and its
 * return are taken out, and the search begins again at the front; at the return of a call that hasn't taken place, the
 * last one is put back. What is the same set of calls with the same state was looked at before. Calls of unknown
 * outcome need not take place.
 */
public final class Linearizability<S, O> {
    /** What a search came to. */
    public enum Verdict {
        LINEARIZABLE,
        /** There is no such order. */
        VIOLATED,
        /** The budget was used up. */
        UNKNOWN
    }

    /** A call or, if it has no {@code matching} one, a return. */
    private static final class Event<O> {
        private final @Nullable Call<O> call;
        private final int number;
        private @Nullable Event<O> before;
        private @Nullable Event<O> after;
        private @Nullable Event<O> matching;

        Event(@Nullable Call<O> call, int number) {
            this.call = call;
            this.number = number;
        }

        void takeOut() {
            Event<O> previous = before;
            Event<O> next = after;
            if (previous != null) {
                previous.after = next;
            }
            if (next != null) {
                next.before = previous;
            }
        }

        void putBack() {
            Event<O> previous = before;
            Event<O> next = after;
            if (previous != null) {
                previous.after = this;
            }
            if (next != null) {
                next.before = this;
            }
        }
    }

    /** Which calls took place, and what they came to. */
    private record Seen<S>(List<Long> placed, S state) {}

    private record Step<S, O>(Event<O> event, S stateBefore) {}

    private final Spec<S, O> spec;
    private final List<Call<O>> calls;
    private final long budget;

    private Linearizability(Spec<S, O> spec, List<Call<O>> calls, long budget) {
        this.spec = spec;
        this.calls = calls;
        this.budget = budget;
    }

    /** Searches, keeping at most {@code budget} states. */
    public static <S, O> Verdict check(Spec<S, O> spec, List<Call<O>> calls, long budget) {
        return new Linearizability<>(spec, calls, budget).search();
    }

    private Verdict search() {
        Event<O> head = events();
        long[] placed = new long[(calls.size() + 63) / 64];
        Set<Seen<S>> seen = new HashSet<>();
        ArrayDeque<Step<S, O>> steps = new ArrayDeque<>();
        S state = spec.initial();
        long left = calls.stream().filter(Call::isKnown).count();
        Event<O> event = head.after;
        while (left > 0) {
            Event<O> returns = event == null ? null : event.matching;
            if (event == null || event.call == null || returns == null) {
                // The return of a call that hasn't taken place, or the end: the last choice was wrong.
                if (steps.isEmpty()) {
                    return Verdict.VIOLATED;
                }
                Step<S, O> step = steps.pop();
                Event<O> undone = step.event();
                state = step.stateBefore();
                placed[undone.number >> 6] &= ~(1L << undone.number);
                left += isKnown(undone) ? 1 : 0;
                putBack(undone);
                event = undone.after;
                continue;
            }
            S next = spec.next(state, event.call.what(), event.call.isKnown());
            if (next != null && isNew(seen, placed, event.number, next)) {
                if (seen.size() > budget) {
                    return Verdict.UNKNOWN;
                }
                steps.push(new Step<>(event, state));
                state = next;
                left -= isKnown(event) ? 1 : 0;
                event.takeOut();
                returns.takeOut();
                event = head.after;
            } else {
                event = event.after;
            }
        }
        return Verdict.LINEARIZABLE;
    }

    private static <O> boolean isKnown(Event<O> event) {
        return event.call != null && event.call.isKnown();
    }

    private static <O> void putBack(Event<O> event) {
        Event<O> returns = event.matching;
        if (returns != null) {
            returns.putBack();
        }
        event.putBack();
    }

    /** Marks the call as placed if that leads to something new. */
    private boolean isNew(Set<Seen<S>> seen, long[] placed, int number, S next) {
        placed[number >> 6] |= 1L << number;
        List<Long> copy = new ArrayList<>(placed.length);
        for (long word : placed) {
            copy.add(word);
        }
        if (seen.add(new Seen<>(copy, next))) {
            return true;
        }
        placed[number >> 6] &= ~(1L << number);
        return false;
    }

    /** All calls and returns by time; at equal times calls come first, so that they overlap. */
    private Event<O> events() {
        record Timed<O>(long at, boolean isReturn, Event<O> event) {}
        List<Timed<O>> all = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Call<O> call = calls.get(i);
            Event<O> called = new Event<>(call, i);
            Event<O> returned = new Event<>(null, i);
            called.matching = returned;
            all.add(new Timed<>(call.calledAt(), false, called));
            all.add(new Timed<>(call.returnedAt(), true, returned));
        }
        all.sort(Comparator.<Timed<O>>comparingLong(Timed::at).thenComparing(Timed::isReturn));
        Event<O> head = new Event<>(null, -1);
        Event<O> last = head;
        for (Timed<O> each : all) {
            last.after = each.event();
            each.event().before = last;
            last = each.event();
        }
        return head;
    }
}

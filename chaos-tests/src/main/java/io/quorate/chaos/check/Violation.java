package io.quorate.chaos.check;

import java.util.List;

/**
 * Something that must not be.
 *
 * @param what for people, complete in itself
 * @param key the counter that it is about; empty if none
 * @param atNanos when, by the harness's clock; 0 if that can't be said
 * @param operations the numbers of the operations that show it
 */
public record Violation(Invariant invariant, String what, String key, long atNanos, List<Long> operations) {
    public Violation {
        operations = List.copyOf(operations);
    }

    @Override
    public String toString() {
        return invariant + ": " + what + (key.isEmpty() ? "" : " [" + key + "]")
                + (operations.isEmpty() ? "" : " operations " + operations);
    }
}

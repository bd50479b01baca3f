package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.core.machine.Session.Answer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A session's answers in the order of their sequences, with gaps.
 *
 * <p>Sequence {@code s} is at place {@code s mod capacity}; the capacity is a power of two, doubles when a
 * sequence doesn't fit above the base, and falls when a quarter of it would do: so what a ring takes is bounded by
 * its span.
 *
 * <p>Invariant: every kept sequence is in [base, base + capacity), and below {@code end}.
 */
final class AnswerRing {
    /** The widest span of sequences ever accepted; the machine's window is below it. */
    static final int SPAN_MAX = 1 << 16;

    private static final int CAPACITY_MIN = 16;
    private static final Applied VACANT = new Applied(0, 0, 0, 0, new Outcome.Done(0));

    private final long sessionId;
    private long base = 1;
    private long end = 1;
    private long digest;
    private Applied[] applied = vacant(CAPACITY_MIN);
    private long[] payloadHashes = new long[CAPACITY_MIN];
    private long[] digests = new long[CAPACITY_MIN];

    AnswerRing(long sessionId) {
        this.sessionId = sessionId;
    }

    void restore(long newBase, List<Answer> answers) {
        if (newBase < 1 || newBase > Command.SEQUENCE_MAX) {
            throw new IllegalArgumentException(
                    "a session's base must be 1 to " + Command.SEQUENCE_MAX + ", not " + newBase);
        }
        base = newBase;
        end = newBase;
        for (Answer answer : answers) {
            if (answer.sequence() < end || answer.sequence() - base >= SPAN_MAX) {
                throw new IllegalArgumentException(
                        "an answer's sequence must ascend from " + end + ", not be " + answer.sequence());
            }
            add(answer.sequence(), answer.payloadHash(), answer.applied());
        }
    }

    long base() {
        return base;
    }

    /** Sequences from the base to the last that is kept. */
    int span() {
        return (int) (end - base);
    }

    /** Places for answers, vacant ones included: at most four times the span, or the least. */
    int places() {
        return applied.length;
    }

    long digest() {
        return digest;
    }

    boolean has(long sequence) {
        return sequence >= base && sequence < end && isKept(at(sequence));
    }

    Applied applied(long sequence) {
        return applied[at(sequence)];
    }

    long payloadHash(long sequence) {
        return payloadHashes[at(sequence)];
    }

    void add(long sequence, long payloadHash, Applied answer) {
        if (sequence - base >= applied.length) {
            int capacity = applied.length;
            while (capacity <= sequence - base) {
                capacity *= 2;
            }
            resize(capacity);
        }
        int at = at(sequence);
        long answerDigest = Digests.answer(sessionId, sequence, payloadHash, answer);
        applied[at] = answer;
        payloadHashes[at] = payloadHash;
        digests[at] = answerDigest;
        digest += answerDigest;
        end = Math.max(end, sequence + 1);
    }

    void forgetBelow(long sequence) {
        long stop = Math.min(sequence, end);
        for (long s = base; s < stop; s++) {
            int at = at(s);
            if (isKept(at)) {
                digest -= digests[at];
                applied[at] = VACANT;
            }
        }
        base = Math.max(base, sequence);
        end = Math.max(base, end);
        if (applied.length > CAPACITY_MIN && 4 * span() <= applied.length) {
            resize(Math.max(CAPACITY_MIN, 2 * Integer.highestOneBit(span())));
        }
    }

    List<Answer> copy() {
        List<Answer> copy = new ArrayList<>();
        for (long s = base; s < end; s++) {
            int at = at(s);
            if (isKept(at)) {
                copy.add(new Answer(s, payloadHashes[at], applied[at]));
            }
        }
        return copy;
    }

    @SuppressWarnings("ReferenceEquality") // an answer may look like the vacant one, but isn't it
    private boolean isKept(int at) {
        return applied[at] != VACANT;
    }

    private int at(long sequence) {
        return (int) sequence & (applied.length - 1);
    }

    private void resize(int capacity) {
        Applied[] oldApplied = applied;
        long[] oldHashes = payloadHashes;
        long[] oldDigests = digests;
        allocate(capacity);
        for (long s = base; s < end; s++) {
            int from = (int) s & (oldApplied.length - 1);
            int to = at(s);
            applied[to] = oldApplied[from];
            payloadHashes[to] = oldHashes[from];
            digests[to] = oldDigests[from];
        }
    }

    private void allocate(int capacity) {
        applied = vacant(capacity);
        payloadHashes = new long[capacity];
        digests = new long[capacity];
    }

    private static Applied[] vacant(int capacity) {
        Applied[] slots = new Applied[capacity];
        Arrays.fill(slots, VACANT);
        return slots;
    }
}

package io.quorate.core.machine;

import io.quorate.core.machine.Session.Grant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A session's grants by ascending sequence, in a ring from which the lowest goes first.
 *
 * <p>The order is that of the sequences and not of the grants' coming, so that it survives being stored. They
 * come nearly in order, so an insertion moves few.
 */
final class GrantRing {
    private static final int CAPACITY_MIN = 8;
    private static final Grant VACANT = new Grant(0, 0, 0, 0, 0, false, List.of());

    private final long sessionId;
    private Grant[] slots = vacant(CAPACITY_MIN);
    private int head;
    private int count;
    private long digest;

    GrantRing(long sessionId) {
        this.sessionId = sessionId;
    }

    void restore(List<Grant> grants) {
        long last = 0;
        for (Grant grant : grants) {
            if (grant.sequence() <= last) {
                throw new IllegalArgumentException(
                        "a grant's sequence must be above " + last + ", not " + grant.sequence());
            }
            last = grant.sequence();
            insert(grant);
        }
    }

    long digest() {
        return digest;
    }

    /** Keeps a grant unless {@code countMax} with higher sequences are kept; drops what it is too late to refund. */
    void add(Grant grant, int countMax) {
        while (count > 0 && get(0).refundableUntilMillis() < grant.atMillis()) {
            dropFirst();
        }
        if (count >= countMax) {
            if (count == 0 || get(0).sequence() > grant.sequence()) {
                return;
            }
            dropFirst();
        }
        insert(grant);
    }

    /** Whether one more fits below {@code countMax}, at the least after what is too late to refund was dropped. */
    boolean hasRoom(long nowMillis, int countMax) {
        if (count < countMax) {
            return true;
        }
        List<Grant> kept = copy();
        kept.removeIf(grant -> grant.refundableUntilMillis() < nowMillis);
        Arrays.fill(slots, VACANT);
        head = 0;
        count = 0;
        digest = 0;
        kept.forEach(this::insert);
        return count < countMax;
    }

    boolean hasRefundable(long nowMillis) {
        for (int i = 0; i < count; i++) {
            if (get(i).refundableUntilMillis() >= nowMillis) {
                return true;
            }
        }
        return false;
    }

    private void insert(Grant grant) {
        if (count == slots.length) {
            grow();
        }
        int place = count;
        while (place > 0 && get(place - 1).sequence() > grant.sequence()) {
            set(place, get(place - 1));
            place--;
        }
        set(place, grant);
        count++;
        digest += Digests.grant(sessionId, grant);
    }

    Optional<Grant> find(long sequence) {
        int place = place(sequence);
        return place < 0 ? Optional.empty() : Optional.of(get(place));
    }

    void replace(Grant grant) {
        int place = place(grant.sequence());
        digest -= Digests.grant(sessionId, get(place));
        if (grant.refunded() < grant.cost()) {
            set(place, grant);
            digest += Digests.grant(sessionId, grant);
            return;
        }
        for (int i = place; i < count - 1; i++) {
            set(i, get(i + 1));
        }
        count--;
        set(count, VACANT);
    }

    List<Grant> copy() {
        List<Grant> copy = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            copy.add(get(i));
        }
        return copy;
    }

    /** Where the grant of {@code sequence} is, from the lowest; -1 if it isn't kept. */
    private int place(long sequence) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = get(middle).sequence();
            if (found == sequence) {
                return middle;
            }
            if (found < sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private void dropFirst() {
        digest -= Digests.grant(sessionId, get(0));
        set(0, VACANT);
        head = (head + 1) & (slots.length - 1);
        count--;
    }

    private void grow() {
        Grant[] larger = vacant(slots.length * 2);
        for (int i = 0; i < count; i++) {
            larger[i] = get(i);
        }
        slots = larger;
        head = 0;
    }

    private Grant get(int place) {
        return slots[(head + place) & (slots.length - 1)];
    }

    private void set(int place, Grant grant) {
        slots[(head + place) & (slots.length - 1)] = grant;
    }

    private static Grant[] vacant(int capacity) {
        Grant[] slots = new Grant[capacity];
        Arrays.fill(slots, VACANT);
        return slots;
    }
}

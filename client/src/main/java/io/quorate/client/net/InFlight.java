package io.quorate.client.net;

import io.quorate.client.route.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection that have no answer yet, by correlation id.
 *
 * <p>Ids ascend, and an id's slot is its low bits, so that finding a call is one look into an array. A number
 * whose slot is taken by a call that waits long is left out: ids must be distinct, not dense. The table has
 * twice the slots that may be taken, so a free one is near. Confined to the loop.
 */
final class InFlight {
    private final int max;
    private final int mask;
    private final long[] ids;
    private final @Nullable Call[] calls;
    private long lastId;
    private int size;

    /** A table for at most {@code max} requests. */
    InFlight(int max) {
        this.max = max;
        int slots = Integer.highestOneBit(Math.max(max, 1)) << 2;
        this.mask = slots - 1;
        this.ids = new long[slots];
        this.calls = new Call[slots];
    }

    boolean hasRoom() {
        return size < max;
    }

    int size() {
        return size;
    }

    /** Gives a call its correlation id. There must be room. */
    void add(Call call) {
        if (!hasRoom()) {
            throw new IllegalStateException(max + " requests are in flight");
        }
        long id = lastId + 1;
        while (ids[(int) id & mask] != 0) {
            id++;
        }
        lastId = id;
        ids[(int) id & mask] = id;
        calls[(int) id & mask] = call;
        size++;
        call.correlationId(id);
    }

    /** Whether a request has this id, abandoned or not. */
    boolean has(long id) {
        return id > 0 && ids[(int) id & mask] == id;
    }

    /** Takes out the request with this id; null if it was abandoned. */
    @Nullable
    Call remove(long id) {
        if (!has(id)) {
            throw new IllegalArgumentException("no request has the id " + id);
        }
        int slot = (int) id & mask;
        Call call = calls[slot];
        ids[slot] = 0;
        calls[slot] = null;
        size--;
        return call;
    }

    /** Nobody waits for this call's answer any more; it takes its place until it comes, as it does at the node. */
    void abandon(Call call) {
        int slot = (int) call.correlationId() & mask;
        if (calls[slot] == call) {
            calls[slot] = null;
        }
    }

    /** Takes out all calls that were not abandoned, oldest first. */
    List<Call> drain() {
        List<Call> left = new ArrayList<>(size);
        for (Call call : calls) {
            if (call != null) {
                left.add(call);
            }
        }
        left.sort((a, b) -> Long.compare(a.correlationId(), b.correlationId()));
        Arrays.fill(calls, null);
        Arrays.fill(ids, 0);
        size = 0;
        return left;
    }
}

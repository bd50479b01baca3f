package io.quorate.client.route;

import org.jspecify.annotations.Nullable;

/**
 * Calls that wait for the same thing, in the order in which they came. A call is in one queue at most and
 * can leave from the middle, so that a call that is over leaves nothing behind. Confined to the loop.
 */
final class CallQueue {
    private @Nullable Call first;
    private @Nullable Call last;
    private int size;

    boolean isEmpty() {
        return first == null;
    }

    int size() {
        return size;
    }

    void add(Call call) {
        if (call.queue != null) {
            throw new IllegalStateException("the call waits already");
        }
        call.queue = this;
        call.queuedBefore = last;
        if (last == null) {
            first = call;
        } else {
            last.queuedAfter = call;
        }
        last = call;
        size++;
    }

    @Nullable
    Call poll() {
        Call call = first;
        if (call != null) {
            remove(call);
        }
        return call;
    }

    void remove(Call call) {
        if (call.queue != this) {
            throw new IllegalStateException("the call doesn't wait here");
        }
        Call before = call.queuedBefore;
        Call after = call.queuedAfter;
        if (before == null) {
            first = after;
        } else {
            before.queuedAfter = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.queuedBefore = before;
        }
        call.queue = null;
        call.queuedBefore = null;
        call.queuedAfter = null;
        size--;
    }
}

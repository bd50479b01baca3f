package io.quorate.server.endpoint;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Answered exchanges on their way to one connection's event loop: many threads add, one takes all at once.
 *
 * <p>A Treiber stack that is taken whole and turned round. An exchange is its own link, so adding allocates
 * nothing; and only who finds it empty must wake the taker, so a batch of answers costs one wake-up.
 */
public final class ReplyQueue {
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(ReplyQueue.class, "head", Exchange.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Exchange head;

    /** Adds an exchange, once in its life; whether the queue was empty before. Any thread. */
    public boolean add(Exchange exchange) {
        while (true) {
            Exchange seen = head;
            exchange.next = seen;
            if (HEAD.compareAndSet(this, seen, exchange)) {
                return seen == null;
            }
        }
    }

    public boolean isEmpty() {
        return head == null;
    }

    /** Takes everything: the first that was added, which leads to the others by {@link #after}; null if empty. */
    public @Nullable Exchange takeAll() {
        Exchange taken = (Exchange) HEAD.getAndSet(this, null);
        Exchange first = null;
        while (taken != null) {
            Exchange before = taken.next;
            taken.next = first;
            first = taken;
            taken = before;
        }
        return first;
    }

    /** The exchange that was added after this one; null at the end. Unlinks the given one. */
    public static @Nullable Exchange after(Exchange exchange) {
        Exchange next = exchange.next;
        exchange.next = null;
        return next;
    }
}

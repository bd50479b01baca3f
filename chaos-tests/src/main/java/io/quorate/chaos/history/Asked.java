package io.quorate.chaos.history;

import java.util.List;

/**
 * What an operation asked for.
 *
 * @param namespace whose rules decide; empty where there is none
 * @param keys the counters that it is about, as {@code namespace/rule/value/...}, in the order of the rules
 * @param cost tokens: to take, or to give back
 * @param id the request's identity; {@link RequestId#NONE} if the client keeps it to itself
 * @param target the request that it is about: of a refund, the acquire's; else {@link RequestId#NONE}
 * @param copy 0 for the first send of a request; later ones are the harness's own repeats
 */
public record Asked(
        Kind kind, String namespace, List<String> keys, long cost, RequestId id, RequestId target, int copy) {

    /** Kinds of operations. */
    public enum Kind {
        ACQUIRE,
        REFUND,
        /** What an acquire would get, charging nothing. */
        PEEK,
        /** The state of one counter. */
        READ,
        RESET,
        /** New rules for a namespace; the operation's keys are empty. */
        RULES
    }

    public Asked {
        keys = List.copyOf(keys);
        if (cost < 0 || copy < 0) {
            throw new IllegalArgumentException("cost and copy must be 0 or more, not " + cost + " and " + copy);
        }
    }

    /** An acquire whose identity the client keeps to itself. */
    public static Asked acquire(String namespace, List<String> keys, long cost) {
        return new Asked(Kind.ACQUIRE, namespace, keys, cost, RequestId.NONE, RequestId.NONE, 0);
    }

    /** The return of {@code count} tokens of a granted acquire. */
    public static Asked refund(String namespace, List<String> keys, long count, RequestId acquire) {
        return new Asked(Kind.REFUND, namespace, keys, count, RequestId.NONE, acquire, 0);
    }

    /** An operation of another kind. */
    public static Asked of(Kind kind, String namespace, List<String> keys) {
        return new Asked(kind, namespace, keys, 0, RequestId.NONE, RequestId.NONE, 0);
    }

    /** The same, with an identity that the harness chose, sent for the {@code copy}th time. */
    public Asked as(RequestId known, int sent) {
        return new Asked(kind, namespace, keys, cost, known, target, sent);
    }
}

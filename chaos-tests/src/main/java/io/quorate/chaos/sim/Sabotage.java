package io.quorate.chaos.sim;

import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.raft.apply.EntryLog;
import io.quorate.storage.api.StateStore;
import java.util.function.LongSupplier;

/**
 * Where tests plant mistakes, to see whether the simulation would find them: around the product's parts, which have no
 * switches themselves. By default there are none.
 */
interface Sabotage {
    Sabotage NONE = new Sabotage() {};

    /** What a group's state is kept in. */
    default StateStore store(StateStore store, Replica replica) {
        return store;
    }

    /** The monotonic clock of log time. */
    default LongSupplier monoNanos(SimClock clock) {
        return clock::monoNanos;
    }

    /** The log that a group appends to. */
    default EntryLog log(EntryLog log, Replica replica) {
        return log;
    }

    /** How leases are reckoned. */
    default LeaseArithmetic arithmetic() {
        return LeaseArithmetic.EXACT;
    }

    /** Whether a leader applies what it appended without waiting for a majority. */
    default boolean appliesBeforeCommit() {
        return false;
    }

    /** Whether a leader reads without asking whether it still leads. */
    default boolean readsWithoutAsking() {
        return false;
    }

    /** A request as the node takes it. */
    default Request request(Request request, SimNode node) {
        return request;
    }

    /**
     * A response as the client takes it.
     *
     * @param sinceSentNanos time since the request was sent
     */
    default Response response(Response response, long sinceSentNanos) {
        return response;
    }
}

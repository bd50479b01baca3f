package io.quorate.client.lease;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What requests were resolved to: a bounded cache that keeps what is in use. Thread-safe; a hit allocates nothing. */
final class Generations {
    private final int generationMax;
    private volatile ConcurrentHashMap<RequestKey, Resolved> young = new ConcurrentHashMap<>();
    private volatile ConcurrentHashMap<RequestKey, Resolved> old = new ConcurrentHashMap<>();

    Generations(int requestsMax) {
        this.generationMax = Math.max(1, requestsMax / 2);
    }

    @Nullable
    Resolved get(RequestKey request) {
        Resolved found = young.get(request);
        if (found == null) {
            found = old.get(request);
            if (found != null) {
                put(request, found);
            }
        }
        return found;
    }

    void put(RequestKey request, Resolved resolved) {
        if (young.mappingCount() >= generationMax) {
            turn();
        }
        young.put(request, resolved);
    }

    private synchronized void turn() {
        if (young.mappingCount() >= generationMax) {
            old = young;
            young = new ConcurrentHashMap<>();
        }
    }

    long size() {
        return young.mappingCount() + old.mappingCount();
    }
}

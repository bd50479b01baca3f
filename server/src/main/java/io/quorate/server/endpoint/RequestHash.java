package io.quorate.server.endpoint;

import io.quorate.protocol.v1.Entry;
import java.util.List;

/**
 * A hash of what an acquire asks for, by which a repeat is known for one. Equal on all nodes and versions,
 * since a repeat may come to another leader; FNV-1a over characters (Fowler, Noll, Vo). It guards against
 * mistakes of a client, not against an attacker, who could only fool himself.
 */
final class RequestHash {
    private static final long SEED = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    /** Ends a text; no valid text has this character. */
    private static final char END = 0;

    private RequestHash() {}

    static long of(String namespace, List<Entry> entries, long cost) {
        long hash = text(SEED ^ cost * PRIME, namespace);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            hash = text(text(hash, entry.getName()), entry.getValue());
        }
        return hash;
    }

    private static long text(long hash, String text) {
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return (hash ^ END) * PRIME;
    }
}

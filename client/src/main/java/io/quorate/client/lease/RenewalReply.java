package io.quorate.client.lease;

/**
 * What the leader says to a renewal that was carried out.
 *
 * @param granted tokens
 * @param consumed of those, spent already for the requests that waited
 * @param validMillis the lease ends so long after the renewal
 * @param horizonMillis for how long tokens are meant to last
 * @param contended others want these tokens too: don't ask before {@code retryAfterMillis}
 * @param roomy there is so much that idle clients may hold some
 * @param recall return what isn't needed
 * @param available tokens that anybody may take now: a hint
 * @param staleRules the client's rules are old: what was reported counts, the lease lives no longer than it did, and
 *     nothing was granted but what a first copy of this renewal was granted, before they were old
 */
public record RenewalReply(
        long granted,
        long consumed,
        long validMillis,
        long horizonMillis,
        boolean contended,
        boolean roomy,
        long retryAfterMillis,
        boolean recall,
        long available,
        boolean staleRules) {
    public RenewalReply {
        if (consumed < 0 || granted < consumed) {
            throw new IllegalArgumentException("of " + granted + " tokens granted, " + consumed + " can't be consumed");
        }
        if (validMillis < 0 || horizonMillis < 0 || retryAfterMillis < 0 || available < 0) {
            throw new IllegalArgumentException("a reply has no times or tokens below zero");
        }
    }

    /** By rules that are in force. */
    public RenewalReply(
            long granted,
            long consumed,
            long validMillis,
            long horizonMillis,
            boolean contended,
            boolean roomy,
            long retryAfterMillis,
            boolean recall,
            long available) {
        this(
                granted,
                consumed,
                validMillis,
                horizonMillis,
                contended,
                roomy,
                retryAfterMillis,
                recall,
                available,
                false);
    }

    /** By old rules. */
    static RenewalReply byOldRules(long validMillis) {
        return new RenewalReply(0, 0, validMillis, 0, true, false, 0, false, 0, true);
    }
}

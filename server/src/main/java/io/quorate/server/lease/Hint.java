package io.quorate.server.lease;

/**
 * What a holder is told beside its tokens.
 *
 * @param horizonMillis for how long its tokens are meant to last
 * @param contended others want these tokens too: ask again after {@code retryAfterMillis}, not before
 * @param roomy there is so much that idle clients may hold some
 * @param recalled return what isn't needed
 */
public record Hint(long horizonMillis, boolean contended, long retryAfterMillis, boolean roomy, boolean recalled) {}

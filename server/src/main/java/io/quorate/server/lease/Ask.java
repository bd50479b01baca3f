package io.quorate.server.lease;

/**
 * What the log is asked for on behalf of one renewal, and what its answer will say besides.
 *
 * @param need tokens for requests that wait; at most what the client asked
 * @param want tokens to hold; at most what the client asked
 * @param ttlMillis how long the lease is to live
 */
public record Ask(long need, long want, long ttlMillis) {}

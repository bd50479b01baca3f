package io.quorate.client.api;

/** What came of a refund. */
public sealed interface RefundResult {
    /** Tokens available again because of it; 0 or more. */
    record Refunded(long tokens) implements RefundResult {}

    /** The grant isn't kept any more: it is too old, was refunded before, or isn't this client's. */
    record Expired() implements RefundResult {}

    /** It may or may not have been refunded. */
    record Unknown(String reason) implements RefundResult {}
}

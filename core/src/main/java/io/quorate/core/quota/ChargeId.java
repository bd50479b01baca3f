package io.quorate.core.quota;

/** Names one acquire for ever within its group: the client's session and the sequence number in it. */
public record ChargeId(long sessionId, long sequence) {}

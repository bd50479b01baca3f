package io.quorate.chaos.dump;

/** A counter that an acquire would be charged to: its key as text, and the number of its limit. */
public record LoggedCharge(String key, int limitId, boolean shadow) {}

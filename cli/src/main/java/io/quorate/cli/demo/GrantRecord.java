package io.quorate.cli.demo;

import io.quorate.client.api.Result;
import io.quorate.core.rule.Descriptor;

/**
 * An acknowledged grant, as the caller saw it.
 *
 * @param sentNanos when it was asked for, on the caller's monotonic clock
 * @param answeredNanos when the answer came
 */
record GrantRecord(Descriptor descriptor, long cost, Result.Granted granted, long sentNanos, long answeredNanos) {}

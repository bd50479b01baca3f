package io.quorate.cli.trace;

import io.quorate.core.rule.Descriptor;

/**
 * One recorded request.
 *
 * @param line where it stands in the trace, from 1
 * @param timeMillis when it arrived, as recorded
 * @param cost tokens; 0 for a request that takes nothing
 */
public record TraceRequest(long line, long timeMillis, long cost, Descriptor descriptor) {}

package io.quorate.client.route;

import io.quorate.protocol.v1.Code;

/**
 * Why a call has no answer.
 *
 * @param code what the cluster said at last, or what it would have said
 * @param maybeExecuted false if it is certain that no try was executed
 */
public record Refusal(Code code, String message, boolean maybeExecuted) {}

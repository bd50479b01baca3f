package io.quorate.core.command;

import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;

/** One counter that an acquire would be charged to: the key, the number of its limit, and the rule's mode. */
public record Charge(QuotaKey key, int limitId, Mode mode) {}

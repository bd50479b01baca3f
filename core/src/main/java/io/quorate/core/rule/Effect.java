package io.quorate.core.rule;

import io.quorate.core.quota.Limit;

/** What a rule gives the requests that it applies to. */
public sealed interface Effect {
    /** So much, from the rule's counters. */
    record Limited(Limit limit) implements Effect {}

    /** As much as they like: nothing is counted. For exceptions, beside rules that limit the others. */
    record Unlimited() implements Effect {}
}

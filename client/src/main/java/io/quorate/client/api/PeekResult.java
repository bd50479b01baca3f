package io.quorate.client.api;

import java.util.List;

/** What an acquire would have got, or why that isn't known. */
public sealed interface PeekResult {
    /** It is known: whether it would have been granted, and what each matching rule said. */
    record Known(boolean allowed, List<Result.RuleResult> rules) implements PeekResult {
        public Known {
            rules = List.copyOf(rules);
        }
    }

    /** No leader could be asked in time. */
    record Unknown(String reason) implements PeekResult {}
}

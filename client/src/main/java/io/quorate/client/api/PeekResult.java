package io.quorate.client.api;

import java.util.List;

/** What an acquire would have got, or why that isn't known. */
public sealed interface PeekResult {
    record Known(boolean allowed, List<Result.RuleResult> rules) implements PeekResult {
        public Known {
            rules = List.copyOf(rules);
        }
    }

    record Unknown(String reason) implements PeekResult {}
}

package io.quorate.core.rule;

import io.quorate.core.quota.Names;

/** One condition of a rule: the entry of this name is present and its value fits the pattern. */
public record EntryMatch(String name, Pattern pattern) {
    public EntryMatch {
        Names.checkName("entry name", name);
    }
}

package io.quorate.core.rule;

import io.quorate.core.quota.Names;

/**
 * One condition of a rule: the entry of this name has a value that fits the pattern.
 *
 * @param counted whether the entry's value is a part of the counter's key, so that each value is counted apart
 */
public record EntryMatch(String name, Pattern pattern, boolean counted) {
    public EntryMatch {
        Names.checkName("entry name", name);
        if (counted && pattern instanceof Pattern.Absent) {
            throw new IllegalArgumentException("entry '" + name + "' must be absent, so it can't be counted by");
        }
    }

    /** A condition that counts values apart if any value fits it. */
    public EntryMatch(String name, Pattern pattern) {
        this(name, pattern, pattern instanceof Pattern.Any);
    }
}

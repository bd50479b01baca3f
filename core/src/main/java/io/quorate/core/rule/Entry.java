package io.quorate.core.rule;

import io.quorate.core.quota.Names;

/** One thing that a request says about itself, such as {@code user=42}. */
public record Entry(String name, String value) {
    public Entry {
        Names.checkName("entry name", name);
        Names.checkValue("value of entry '" + name + "'", value);
    }
}

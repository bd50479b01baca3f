package io.quorate.core.rule;

import io.quorate.core.quota.QuotaKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All that a request says about itself: up to {@value QuotaKey#VALUES_MAX} entries with distinct names. */
public record Descriptor(List<Entry> entries) {
    public Descriptor {
        entries = List.copyOf(entries);
        if (entries.size() > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException(
                    "a request has at most " + QuotaKey.VALUES_MAX + " entries, not " + entries.size());
        }
        for (int i = 0; i < entries.size(); i++) {
            for (int j = i + 1; j < entries.size(); j++) {
                if (entries.get(i).name().equals(entries.get(j).name())) {
                    throw new IllegalArgumentException(
                            "entry '" + entries.get(i).name() + "' stands twice; each name may stand once");
                }
            }
        }
    }

    /** A descriptor of name, value, name, value and so on. */
    public static Descriptor of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("names and values must come in pairs");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.add(new Entry(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Descriptor(entries);
    }

    public static Descriptor of(Map<String, String> values) {
        List<Entry> entries = new ArrayList<>();
        values.forEach((name, value) -> entries.add(new Entry(name, value)));
        return new Descriptor(entries);
    }

    public Optional<String> value(String name) {
        for (Entry entry : entries) {
            if (entry.name().equals(name)) {
                return Optional.of(entry.value());
            }
        }
        return Optional.empty();
    }
}

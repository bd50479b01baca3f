package io.quorate.cli.trace;

import io.quorate.core.rule.Entry;
import java.util.HashMap;
import java.util.Map;

/** Entries of one name that were made before; a trace repeats its values, and checking each anew costs more. */
final class EntryCache {
    private static final int ENTRIES_MAX = 65_536;

    private final String name;
    private final Map<String, Entry> entries = new HashMap<>();

    EntryCache(String name) {
        this.name = name;
    }

    Entry of(String value) throws MalformedLineException {
        Entry known = entries.get(value);
        if (known != null) {
            return known;
        }
        Entry entry;
        try {
            entry = new Entry(name, value);
        } catch (IllegalArgumentException e) {
            throw new MalformedLineException(String.valueOf(e.getMessage()));
        }
        if (entries.size() == ENTRIES_MAX) {
            entries.clear();
        }
        entries.put(value, entry);
        return entry;
    }
}

package io.quorate.cli.command;

import io.quorate.cli.text.Printable;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Entry;
import java.util.ArrayList;
import java.util.List;

/** What a request is, as arguments say it. */
final class Entries {
    private Entries() {}

    static Descriptor parse(List<String> arguments) {
        List<Entry> parsed = new ArrayList<>();
        for (String entry : arguments) {
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw CommandFailure.usage(
                        "'" + Printable.escape(entry, 80) + "' is no entry; write NAME=VALUE, such as client=42");
            }
            parsed.add(new Entry(entry.substring(0, equals), entry.substring(equals + 1)));
        }
        return new Descriptor(parsed);
    }
}

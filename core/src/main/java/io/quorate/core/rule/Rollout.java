package io.quorate.core.rule;

import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.quota.Slots;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Applies a rule to a part of its requests: those whose values of some entries fall, by a stable hash, below a
 * share. A share that is raised keeps all whom it had.
 *
 * @param basisPoints the share, in hundredths of a percent: 0 to {@value #ALL}
 * @param by the entries whose values are hashed, 1 or more; a request that lacks one isn't in the part
 * @param salt hashed before the values: rules with one salt take the same part
 */
public record Rollout(int basisPoints, List<String> by, String salt) {
    public static final int ALL = 10_000;

    public Rollout {
        by = List.copyOf(by);
        if (basisPoints < 0 || basisPoints > ALL) {
            throw new IllegalArgumentException("a roll-out is 0 to 100 percent");
        }
        if (by.isEmpty() || by.size() > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException(
                    "a roll-out is by 1 to " + QuotaKey.VALUES_MAX + " entries, not " + by.size());
        }
        for (String name : by) {
            Names.checkName("entry name", name);
        }
        if (by.stream().distinct().count() != by.size()) {
            throw new IllegalArgumentException("a roll-out is by the same entry twice");
        }
        Names.checkName("salt", salt);
    }

    /** Whether a request is in the part. */
    boolean includes(List<Entry> entries) {
        StringBuilder text = new StringBuilder(salt);
        for (int i = 0; i < by.size(); i++) {
            int at = CompiledRule.indexOf(entries, by.get(i));
            if (at < 0) {
                return false;
            }
            // No value has a control character, so this can't be one of them.
            text.append('\0').append(entries.get(at).value());
        }
        return place(text.toString()) < basisPoints;
    }

    private static int place(String text) {
        return (int) Long.remainderUnsigned(Slots.hash(text.getBytes(StandardCharsets.UTF_8)), ALL);
    }
}

package io.quorate.chaos.sim;

import io.quorate.core.machine.StateChanges;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.NumberedRule;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Which limit each rule had from which version on, as meta's log has it. */
final class FenceBook {
    private final Map<String, TreeMap<Long, Integer>> limitsSince = new HashMap<>();

    /** Meta has applied an entry. */
    void applied(StateChanges changes) {
        for (AppliedRules applied : changes.rules()) {
            for (NumberedRule rule : applied.rules()) {
                limitsSince
                        .computeIfAbsent(applied.namespace() + "/" + rule.rule().id(), r -> new TreeMap<>())
                        .put(applied.version(), rule.limitId());
            }
        }
    }

    /** Whether a rule had this limit in some version that isn't older than {@code version}. */
    boolean allows(QuotaKey key, int limitId, long version) {
        TreeMap<Long, Integer> since = limitsSince.get(key.namespace() + "/" + key.ruleId());
        if (since == null) {
            return false;
        }
        Map.Entry<Long, Integer> inForce = since.floorEntry(version);
        return inForce != null && inForce.getValue() == limitId
                || since.tailMap(version, false).containsValue(limitId);
    }
}

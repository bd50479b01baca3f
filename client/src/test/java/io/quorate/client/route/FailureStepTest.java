package io.quorate.client.route;

import static io.quorate.client.route.FailureStep.DOUBT_LEADER;
import static io.quorate.client.route.FailureStep.FIND_LEADER;
import static io.quorate.client.route.FailureStep.GIVE_UP;
import static io.quorate.client.route.FailureStep.NEW_SEQUENCE;
import static io.quorate.client.route.FailureStep.NEW_SESSION;
import static io.quorate.client.route.FailureStep.PAUSE;
import static io.quorate.client.route.FailureStep.REFRESH;
import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.protocol.v1.Code;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailureStepTest {
    /** What follows if no earlier try may have been executed, and if one may. */
    private record Steps(FailureStep first, FailureStep afterMaybe) {}

    private static Map<Code, Steps> expected() {
        Map<Code, Steps> steps = new EnumMap<>(Code.class);
        steps.put(Code.CODE_UNSPECIFIED, new Steps(PAUSE, PAUSE));
        steps.put(Code.INVALID_ARGUMENT, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.NOT_FOUND, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.NOT_LEADER, new Steps(FIND_LEADER, FIND_LEADER));
        steps.put(Code.STALE_TOPOLOGY, new Steps(REFRESH, REFRESH));
        steps.put(Code.OVERLOADED, new Steps(PAUSE, PAUSE));
        steps.put(Code.UNAVAILABLE, new Steps(DOUBT_LEADER, DOUBT_LEADER));
        steps.put(Code.UNKNOWN, new Steps(PAUSE, PAUSE));
        steps.put(Code.UNKNOWN_SESSION, new Steps(NEW_SESSION, GIVE_UP));
        steps.put(Code.UNKNOWN_EXPIRED, new Steps(NEW_SEQUENCE, GIVE_UP));
        steps.put(Code.WINDOW_FULL, new Steps(PAUSE, PAUSE));
        steps.put(Code.PAYLOAD_MISMATCH, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.NOTHING_TO_REFUND, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.VERSION_CONFLICT, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.INCOMPATIBLE, new Steps(DOUBT_LEADER, DOUBT_LEADER));
        steps.put(Code.LEASE_UNKNOWN, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.LEASE_STALE, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.NOT_LEASABLE, new Steps(GIVE_UP, GIVE_UP));
        steps.put(Code.STALE_RULES, new Steps(PAUSE, PAUSE));
        steps.put(Code.UNRECOGNIZED, new Steps(PAUSE, PAUSE));
        return steps;
    }

    @Test
    void eachCodeHasItsStep() {
        Map<Code, Steps> expected = expected();
        assertThat(expected.keySet()).containsExactlyInAnyOrder(Code.values());
        expected.forEach((code, steps) -> {
            assertThat(FailureStep.after(code, false)).as("first try: %s", code).isEqualTo(steps.first());
            assertThat(FailureStep.after(code, true)).as("later try: %s", code).isEqualTo(steps.afterMaybe());
        });
    }

    @Test
    void onlyWhatLeavesItOpenMayHaveBeenExecuted() {
        Set<Code> open = EnumSet.of(Code.UNKNOWN, Code.CODE_UNSPECIFIED, Code.UNRECOGNIZED);
        for (Code code : Code.values()) {
            assertThat(FailureStep.thisTryMaybeExecuted(code)).as("%s", code).isEqualTo(open.contains(code));
        }
    }
}

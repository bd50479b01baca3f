package io.quorate.core.rule;

import java.util.List;
import java.util.Optional;

/**
 * When, and for which part of its requests, a rule applies.
 *
 * @param windows the times, in order and apart; none: always. Up to {@value #WINDOWS_MAX}
 */
public record Activation(Optional<Rollout> rollout, List<Window> windows) {
    public static final int WINDOWS_MAX = 64;

    /** Always and for all. */
    public static final Activation ALWAYS = new Activation(Optional.empty(), List.of());

    public Activation {
        windows = List.copyOf(windows);
        if (windows.size() > WINDOWS_MAX) {
            throw new IllegalArgumentException(
                    "a rule has at most " + WINDOWS_MAX + " time windows, not " + windows.size());
        }
        for (int i = 1; i < windows.size(); i++) {
            if (windows.get(i).fromMillis() <= windows.get(i - 1).untilMillis()) {
                throw new IllegalArgumentException("time windows must stand in order, with time between them");
            }
        }
    }

    /** Whether the rule applies at this time. */
    public boolean isAt(long millis) {
        for (Window window : windows) {
            if (window.contains(millis)) {
                return true;
            }
        }
        return windows.isEmpty();
    }

    /** The next millisecond at which the rule begins or ends to apply; {@link Long#MAX_VALUE}: never. */
    public long nextChangeMillis(long millis) {
        for (Window window : windows) {
            if (window.fromMillis() > millis) {
                return window.fromMillis();
            }
            if (window.untilMillis() > millis && window.untilMillis() < Window.OPEN_UNTIL) {
                return window.untilMillis();
            }
        }
        return Long.MAX_VALUE;
    }
}

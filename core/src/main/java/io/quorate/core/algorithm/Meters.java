package io.quorate.core.algorithm;

import io.quorate.core.quota.Limit;

/** Makes the meter that fits a limit's algorithm. */
final class Meters {
    private Meters() {}

    static Meter of(Limit limit) {
        throw new UnsupportedOperationException(limit.toString());
    }
}

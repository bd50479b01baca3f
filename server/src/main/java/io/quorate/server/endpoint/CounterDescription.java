package io.quorate.server.endpoint;

import io.quorate.core.algorithm.Meter;
import io.quorate.core.lease.LedgerReport;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.Limit;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Keys;
import org.jspecify.annotations.Nullable;

/** A counter's state put in words and numbers that people understand. */
final class CounterDescription {
    private CounterDescription() {}

    /**
     * Writes what a counter says at a log time.
     *
     * @param charged the limit it was last charged under; absent if it is fresh
     * @param current the limit that its rule has now
     */
    static void write(
            Keys.Details.Builder message, CounterState state, @Nullable Limit charged, Limit current, long nowMillis) {
        Meter meter = Meter.of(current);
        LedgerReport report = LedgerReport.of(state, charged == null ? meter : Meter.of(charged), meter, nowMillis);
        message.setLimit(RuleMessages.toMessage(current))
                .setUsed(report.used())
                .setRemaining(report.available())
                .setOutstanding(report.outstanding())
                .setResetAfterMillis(report.resetAfterMillis())
                .setState(state.accept(new Words()));
    }

    private static final class Words implements CounterState.Visitor<String> {
        @Override
        public String fresh(CounterState.Fresh state) {
            return "fresh";
        }

        @Override
        public String bucket(CounterState.Bucket state) {
            return "arrival due at " + state.tatMillis() + " ms, remainder " + state.remainder();
        }

        @Override
        public String window(CounterState.Window state) {
            return "window " + state.index() + ": " + state.count();
        }

        @Override
        public String sliding(CounterState.Sliding state) {
            return "window " + state.index() + ": " + state.current() + ", the one before: " + state.previous();
        }

        @Override
        public String log(CounterState.Log state) {
            return state.total() + " tokens at " + state.size() + " times, the oldest at " + state.atMillis(0)
                    + " ms, the newest at " + state.lastAtMillis() + " ms";
        }

        @Override
        public String permits(CounterState.Permits state) {
            return state.total() + " permits of " + state.size() + " holders, the first free at "
                    + state.expiresAtMillis(0) + " ms";
        }

        @Override
        public String leased(CounterState.Leased state) {
            return state.inner().accept(this) + "; " + state.ledger().outstanding() + " tokens out to "
                    + state.ledger().size() + " clients";
        }
    }
}

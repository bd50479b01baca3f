package io.quorate.storage.rocks;

import io.quorate.core.machine.CounterRow;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.CounterState.Leased;
import io.quorate.core.quota.CounterState.Log;
import io.quorate.core.quota.CounterState.Permits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows kept as objects, each under a number that is free again when the row is removed. Not thread-safe. */
final class LargeRows {
    /** An item takes 16 or 32 bytes, and a log's buffer may be twice as large as what it holds. */
    private static final long BYTES_PER_ITEM = 32;

    private static final int ITEMS_PER_LEASE = 3;

    private final List<@Nullable CounterRow> rows = new ArrayList<>();
    private final List<Integer> free = new ArrayList<>();
    private long memoryBytes;

    /** Keeps a row in the place of row {@code number}, or under a new number if that is -1; returns the number. */
    int put(int number, CounterRow row) {
        memoryBytes += bytes(row);
        if (number >= 0) {
            memoryBytes -= bytes(get(number));
            rows.set(number, row);
            return number;
        }
        if (free.isEmpty()) {
            rows.add(row);
            return rows.size() - 1;
        }
        int reused = free.remove(free.size() - 1);
        rows.set(reused, row);
        return reused;
    }

    CounterRow get(int number) {
        return Objects.requireNonNull(rows.get(number), "a large row's number is in use");
    }

    void remove(int number) {
        memoryBytes -= bytes(get(number));
        rows.set(number, null);
        free.add(number);
    }

    long memoryBytes() {
        return memoryBytes + 8L * rows.size();
    }

    /** What a row takes if it is kept here; little if it is of few items. */
    long bytes(CounterRow row) {
        return BYTES_PER_ITEM * items(row.state());
    }

    /** How many entries, holders or the like a state has, in such as take as much memory as a log's entry. */
    static int items(CounterState state) {
        if (state instanceof Log log) {
            return log.size();
        }
        if (state instanceof Permits permits) {
            return permits.size();
        }
        return state instanceof Leased leased
                ? ITEMS_PER_LEASE * leased.ledger().size() + items(leased.inner())
                : 0;
    }
}

package io.quorate.storage.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.machine.CounterRow;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.QuotaKey;
import io.quorate.storage.api.RandomRows;
import io.quorate.storage.rocks.CounterCache.DirtyRow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CounterCacheTest {
    private static final long CAPACITY_BYTES = 1 << 17;

    private static QuotaKey key(int number) {
        return QuotaKey.of("shop", "per-client", List.of("client-" + number));
    }

    private static CounterRow row(long count) {
        return new CounterRow(1, new CounterState.Window(1, count));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void knowsEveryDirtyRowAndNothingWrong(long round) {
        long seed = Long.getLong("seed", 11) + round;
        System.out.println("CounterCacheTest -Dseed=" + seed);
        Random random = new Random(seed);
        RandomRows rows = new RandomRows(random);
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        Map<QuotaKey, CounterRow> stored = new HashMap<>();
        TreeMap<QuotaKey, CounterRow> dirty = new TreeMap<>();
        for (int i = 0; i < 60_000; i++) {
            QuotaKey key = rows.key(3000);
            CounterRow known = cache.get(key);
            CounterRow right = dirty.getOrDefault(key, stored.getOrDefault(key, CounterRow.FRESH));
            if (known == null) {
                assertThat(dirty).doesNotContainKey(key);
                cache.putClean(key, right);
            } else {
                assertThat(known).isEqualTo(right);
            }
            if (random.nextInt(3) == 0) {
                CounterRow next = random.nextInt(5) == 0 ? CounterRow.FRESH : rows.counter();
                cache.putDirty(key, next);
                dirty.put(key, next);
            }
            assertThat(cache.dirtyCount()).isEqualTo(dirty.size());
            if (random.nextInt(500) == 0) {
                checkDirtyAfter(cache, dirty, rows.key(3000).bytes(), random.nextInt(100) + 1);
            }
            if (random.nextInt(800) == 0) {
                cache.writeDirty(new RowBatch());
                stored.putAll(dirty);
                dirty.clear();
            }
        }
    }

    private static void checkDirtyAfter(
            CounterCache cache, TreeMap<QuotaKey, CounterRow> dirty, byte[] cursor, int countMax) {
        List<DirtyRow> found = cache.dirtyAfter(cursor, countMax);
        List<Map.Entry<QuotaKey, CounterRow>> right = dirty.entrySet().stream()
                .filter(entry -> Arrays.compareUnsigned(entry.getKey().bytes(), cursor) > 0)
                .limit(countMax)
                .toList();
        assertThat(found).hasSameSizeAs(right);
        for (int i = 0; i < right.size(); i++) {
            assertThat(QuotaKey.ofBytes(found.get(i).key()))
                    .isEqualTo(right.get(i).getKey());
            assertThat(found.get(i).row()).isEqualTo(right.get(i).getValue());
        }
    }

    @Test
    void cleanRowsStayWithinTheCapacity() {
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        for (int i = 0; i < 100_000; i++) {
            cache.putClean(key(i), row(i));
        }
        assertThat(cache.memoryBytes()).isLessThan(2 * CAPACITY_BYTES);
        assertThat(cache.entryCount()).isBetween(500, 2000);
        assertThat(cache.get(key(99_999))).isEqualTo(row(99_999));
        assertThat(cache.get(key(0))).isNull();
    }

    @Test
    void largeStatesCountAgainstTheCapacityAndAreForgottenToo() {
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        RandomRows rows = new RandomRows(new Random(1));
        CounterRow large = new CounterRow(1, rows.log(1000));
        for (int i = 0; i < 1000; i++) {
            cache.putClean(key(i), large);
        }
        assertThat(cache.memoryBytes()).isLessThan(2 * CAPACITY_BYTES);
        assertThat(cache.entryCount()).isLessThan(10);
    }

    @Test
    void dirtyRowsAreKeptBeyondTheCapacityUntilTheyAreWritten() {
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        for (int i = 0; i < 10_000; i++) {
            cache.putDirty(key(i), row(i));
            cache.putClean(key(100_000 + i), row(i));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(cache.get(key(i))).isEqualTo(row(i));
        }
        assertThat(cache.memoryBytes()).isGreaterThan(CAPACITY_BYTES);
        cache.writeDirty(new RowBatch());
        cache.allowEviction(true);
        assertThat(cache.dirtyCount()).isZero();
        assertThat(cache.dirtyBytes()).isZero();
        assertThat(cache.entryCount()).isLessThan(2000);
    }

    @Test
    void nothingIsForgottenWhileABatchIsBeingWritten() {
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        cache.allowEviction(false);
        for (int i = 0; i < 10_000; i++) {
            cache.putClean(key(i), row(i));
        }
        assertThat(cache.entryCount()).isEqualTo(10_000);
        cache.allowEviction(true);
        assertThat(cache.entryCount()).isLessThan(2000);
    }

    @Test
    void rowsThatAreReadOutliveThoseThatArent() {
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        for (int i = 0; i < 100; i++) {
            cache.putClean(key(i), row(i));
        }
        int forgotten = 0;
        for (int i = 100; i < 20_000; i++) {
            cache.putClean(key(i), row(i));
            int hot = i % 100;
            if (cache.get(key(hot)) == null) {
                forgotten++;
                cache.putClean(key(hot), row(hot));
            }
        }
        assertThat(forgotten).isLessThan(10);
    }

    @Test
    void remembersThatACounterIsAbsent() {
        CounterCache cache = new CounterCache(CAPACITY_BYTES);
        assertThat(cache.get(key(1))).isNull();
        cache.putClean(key(1), CounterRow.FRESH);
        assertThat(cache.get(key(1))).isEqualTo(CounterRow.FRESH);
        cache.putDirty(key(1), row(300));
        assertThat(cache.get(key(1))).isEqualTo(row(300));
        cache.putDirty(key(1), CounterRow.FRESH);
        assertThat(cache.get(key(1))).isEqualTo(CounterRow.FRESH);
        assertThat(cache.dirtyCount()).isEqualTo(1);
    }
}

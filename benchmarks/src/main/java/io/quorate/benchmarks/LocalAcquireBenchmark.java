package io.quorate.benchmarks;

import com.alibaba.csp.sentinel.Entry;
import com.alibaba.csp.sentinel.SphU;
import com.alibaba.csp.sentinel.slots.block.BlockException;
import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRuleManager;
import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.github.resilience4j.ratelimiter.internal.SemaphoreBasedRateLimiter;
import io.quorate.client.lease.Answer;
import io.quorate.client.lease.RequestKey;
import io.quorate.client.lease.Resolved;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One acquire that is decided in this process: from a lease, and by the rate limiters that a Java program would use
 * instead. Every limit is too high to deny. Run by {@link LocalBenchmark}.
 */
@NullUnmarked // a key that a map lacks ends the benchmark, and a check would be measured
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LocalAcquireBenchmark {
    private static final int MANY = 100_000;
    private static final int PER_SECOND = 1_000_000_000;

    /** Which key comes next: drawn by Zipf's law (0.99) beforehand, so that drawing costs nothing here. */
    @State(Scope.Thread)
    public static class Cursor {
        private static final int DRAWN = 1 << 18;
        private int[] drawn = new int[0];
        private int at;

        @Setup
        public void draw() {
            double[] upTo = new double[MANY];
            double sum = 0;
            for (int i = 0; i < MANY; i++) {
                sum += Math.pow(i + 1, -0.99);
                upTo[i] = sum;
            }
            SplittableRandom random =
                    new SplittableRandom(Thread.currentThread().getId());
            drawn = new int[DRAWN];
            for (int i = 0; i < DRAWN; i++) {
                int found = java.util.Arrays.binarySearch(upTo, random.nextDouble() * sum);
                drawn[i] = Math.min(MANY - 1, found < 0 ? -found - 1 : found);
            }
        }

        int next() {
            at = at + 1 & DRAWN - 1;
            return drawn[at];
        }
    }

    /** Keys by which limiters are found: equal to the keys in the map, but not the same objects. */
    private static <T> ConcurrentHashMap<String, T> map(int keys, IntFunction<T> maker) {
        ConcurrentHashMap<String, T> map = new ConcurrentHashMap<>(2 * keys);
        for (int i = 0; i < keys; i++) {
            map.put(key(i), maker.apply(i));
        }
        return map;
    }

    private static String[] keys(int count) {
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i);
        }
        return keys;
    }

    private static String key(int i) {
        return "client-" + i;
    }

    private static void mustBeGranted(boolean granted) {
        if (!granted) {
            throw new IllegalStateException("it denied: what was measured isn't a grant");
        }
    }

    // ---- what is compared with

    @Benchmark
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    public void emptyCall() {}

    /** A counter that nobody limits. */
    @State(Scope.Benchmark)
    public static class Decrement {
        private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    }

    @Benchmark
    public long decrement(Decrement state) {
        return state.left.getAndDecrement();
    }

    // ---- one hot key

    /** A lease of one key, under one rule. */
    @State(Scope.Benchmark)
    public static class OneLease {
        private final FilledLeases filled = new FilledLeases(1, 1);
        private final Resolved handle = filled.find(0);
        private final ConcurrentHashMap<String, Resolved> byKey = map(1, i -> handle);
        private final String key = key(0);
        private final RequestKey request = FilledLeases.request(0);

        @TearDown
        public void close() {
            mustBeGranted(handle.tryAcquire(1) == Answer.LEASED);
            filled.close();
        }
    }

    @Benchmark
    public Answer leaseByHandle(OneLease state) {
        return state.handle.tryAcquire(1);
    }

    @Benchmark
    public Object lookUp(OneLease state) {
        return state.byKey.get(state.key);
    }

    @Benchmark
    public Answer leaseByKey(OneLease state) {
        return state.byKey.get(state.key).tryAcquire(1);
    }

    @Benchmark
    public Answer leaseByDescriptors(OneLease state) {
        return state.filled.leases.find(state.request).tryAcquire(1);
    }

    /** A lease of one key under four rules. */
    @State(Scope.Benchmark)
    public static class FourRules {
        private final FilledLeases filled = filledByLeader();
        private final RequestKey request = FilledLeases.request(0);

        private static FilledLeases filledByLeader() {
            return new FilledLeases(1, 4);
        }

        @TearDown
        public void close() {
            mustBeGranted(filled.find(0).tryAcquire(1) == Answer.LEASED);
            filled.close();
        }
    }

    @Benchmark
    public Answer leaseByDescriptorsOfFourRules(FourRules state) {
        return state.filled.leases.find(state.request).tryAcquire(1);
    }

    /** Bucket4j's local bucket. */
    @State(Scope.Benchmark)
    public static class Bucket4j {
        private final Bucket bucket = bucket4j();
    }

    private static Bucket bucket4j() {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(PER_SECOND).refillGreedy(PER_SECOND, Duration.ofSeconds(1)))
                .build();
    }

    @Benchmark
    public boolean bucket4j(Bucket4j state) {
        return state.bucket.tryConsume(1);
    }

    /** Guava's limiter. */
    @State(Scope.Benchmark)
    public static class Guava {
        private final RateLimiter limiter = RateLimiter.create(PER_SECOND);
    }

    @Benchmark
    public boolean guava(Guava state) {
        return state.limiter.tryAcquire();
    }

    private static RateLimiterConfig resilience4jConfig() {
        return RateLimiterConfig.custom()
                .limitForPeriod(PER_SECOND)
                .limitRefreshPeriod(Duration.ofSeconds(1))
                .timeoutDuration(Duration.ZERO)
                .build();
    }

    /** Resilience4j's limiters. */
    @State(Scope.Benchmark)
    public static class Resilience4j {
        private final AtomicRateLimiter atomic = new AtomicRateLimiter("atomic", resilience4jConfig());
        private final SemaphoreBasedRateLimiter semaphore =
                new SemaphoreBasedRateLimiter("semaphore", resilience4jConfig());
    }

    @Benchmark
    public boolean resilience4jAtomic(Resilience4j state) {
        return state.atomic.acquirePermission(1);
    }

    @Benchmark
    public boolean resilience4jSemaphore(Resilience4j state) {
        return state.semaphore.acquirePermission(1);
    }

    /** Sentinel with one resource and one rule. */
    @State(Scope.Benchmark)
    public static class Sentinel {
        @Setup
        public void load() {
            FlowRule rule = new FlowRule("client-0");
            rule.setGrade(RuleConstant.FLOW_GRADE_QPS);
            rule.setCount(PER_SECOND);
            FlowRuleManager.loadRules(List.of(rule));
        }
    }

    @Benchmark
    public boolean sentinel(Sentinel state) throws BlockException {
        Entry entry = SphU.entry("client-0");
        entry.exit();
        return true;
    }

    // ---- 100,000 keys

    /** Leases of 100,000 keys. */
    @State(Scope.Benchmark)
    public static class ManyLeases {
        private final FilledLeases filled = new FilledLeases(MANY, 1);
        private final ConcurrentHashMap<String, Resolved> byKey = map(MANY, filled::find);
        private final String[] keys = keys(MANY);
        private final RequestKey[] requests = requests();

        private static RequestKey[] requests() {
            RequestKey[] requests = new RequestKey[MANY];
            for (int i = 0; i < MANY; i++) {
                requests[i] = FilledLeases.request(i);
            }
            return requests;
        }

        @TearDown
        public void close() {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < MANY; i++) {
                mustBeGranted(filled.leases.find(requests[i]).tryAcquire(1) == Answer.LEASED);
            }
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            if (bytes > MANY / 10) {
                throw new IllegalStateException(MANY + " acquires allocated " + bytes + " bytes");
            }
            filled.close();
        }
    }

    @Benchmark
    public Object lookUpOf100k(ManyLeases state, Cursor cursor) {
        return state.byKey.get(state.keys[cursor.next()]);
    }

    @Benchmark
    public Answer leaseByKeyOf100k(ManyLeases state, Cursor cursor) {
        return state.byKey.get(state.keys[cursor.next()]).tryAcquire(1);
    }

    @Benchmark
    public Answer leaseByDescriptorsOf100k(ManyLeases state, Cursor cursor) {
        return state.filled.leases.find(state.requests[cursor.next()]).tryAcquire(1);
    }

    /** 100,000 of Bucket4j's buckets. */
    @State(Scope.Benchmark)
    public static class ManyBucket4j {
        private final ConcurrentHashMap<String, Bucket> map = map(MANY, i -> bucket4j());
        private final String[] keys = keys(MANY);
    }

    @Benchmark
    public boolean bucket4jOf100k(ManyBucket4j state, Cursor cursor) {
        return state.map.get(state.keys[cursor.next()]).tryConsume(1);
    }

    /** 100,000 of Guava's limiters. */
    @State(Scope.Benchmark)
    public static class ManyGuava {
        private final ConcurrentHashMap<String, RateLimiter> map = map(MANY, i -> RateLimiter.create(PER_SECOND));
        private final String[] keys = keys(MANY);
    }

    @Benchmark
    public boolean guavaOf100k(ManyGuava state, Cursor cursor) {
        return state.map.get(state.keys[cursor.next()]).tryAcquire();
    }

    /** 100,000 of Resilience4j's atomic limiters. */
    @State(Scope.Benchmark)
    public static class ManyResilience4j {
        private final ConcurrentHashMap<String, AtomicRateLimiter> map =
                map(MANY, i -> new AtomicRateLimiter(key(i), resilience4jConfig()));
        private final String[] keys = keys(MANY);
    }

    @Benchmark
    public boolean resilience4jAtomicOf100k(ManyResilience4j state, Cursor cursor) {
        return state.map.get(state.keys[cursor.next()]).acquirePermission(1);
    }
}

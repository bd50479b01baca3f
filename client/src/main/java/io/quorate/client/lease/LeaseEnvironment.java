package io.quorate.client.lease;

import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What leases need of the client around them.
 *
 * @param monoNanos the monotonic clock
 * @param wallMillis the wall clock, only to notice that the monotonic one stood still
 * @param random for jitter
 * @param link brings renewals to leaders
 * @param wake on any thread: has the loop call {@link Leases#look} soon
 * @param groupOfSlot the data group that has a slot
 */
public record LeaseEnvironment(
        LongSupplier monoNanos,
        LongSupplier wallMillis,
        RandomGenerator random,
        RenewalLink link,
        Runnable wake,
        IntUnaryOperator groupOfSlot) {}

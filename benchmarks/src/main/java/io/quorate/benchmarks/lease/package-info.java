/**
 * Demand on one counter by many clients, as in the simulations that the lease policy was designed with, against a real
 * cluster: who asks when, what a zero-latency bucket would have admitted, and whether the limit was ever passed.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.quorate.benchmarks.lease;

import org.jspecify.annotations.NullMarked;

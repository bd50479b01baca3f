package io.quorate.client.lease;

/**
 * What is sent of one lease: all that was spent and returned of it, and what more is asked for. A repeat is equal.
 *
 * @param leaseId names the lease; grows with each that the client opens
 * @param sequence 1, 2, 3 … of the lease
 * @param spent tokens since the lease was opened
 * @param returned tokens since the lease was opened
 * @param need tokens for requests that wait: spent when granted
 * @param want tokens to hold
 * @param milliRate what the client expects to spend; thousandths of a token per second
 * @param denied tokens denied where they were asked for, since the last renewal
 */
public record Renewal(
        long leaseId, long sequence, long spent, long returned, long need, long want, long milliRate, long denied) {
    public Renewal {
        if (leaseId < 1 || sequence < 1) {
            throw new IllegalArgumentException("lease ids and sequences begin with 1");
        }
        if (spent < 0 || returned < 0 || need < 0 || want < 0 || milliRate < 0 || denied < 0) {
            throw new IllegalArgumentException("a renewal counts nothing below zero");
        }
    }
}

package io.quorate.client.route;

/** A monotonic clock; only differences of its times mean something. */
@FunctionalInterface
public interface NanoClock {
    long nanoTime();
}

package io.quorate.core.testing;

import java.util.Random;
import java.util.function.Consumer;

/**
 * Runs a random test many times, each time from a seed of its own, and says the seed when it fails.
 *
 * <p>{@code -Dseed=17} makes 17 the first try's seed (the following ones count up), {@code -Dtries=1} sets how
 * often.
 */
public final class Tries {
    private Tries() {}

    /** Runs {@code test} {@code tries} times unless {@code -Dtries} says otherwise. */
    public static void run(String name, int tries, Consumer<Random> test) {
        int count = Integer.getInteger("tries", tries);
        long first = Long.getLong("seed", System.nanoTime() & 0xffff_ffffL);
        System.out.println(name + ": " + count + " tries from -Dseed=" + first);
        for (int i = 0; i < count; i++) {
            long seed = first + i;
            try {
                // Neighbouring seeds of java.util.Random begin alike; mixing makes their first draws differ.
                test.accept(new Random(seed * 0x9e3779b97f4a7c15L));
            } catch (AssertionError | RuntimeException failure) {
                throw new AssertionError(name + " fails; repeat it with -Dseed=" + seed + " -Dtries=1", failure);
            }
        }
    }
}

package io.quorate.chaos.fault;

import java.util.SplittableRandom;

/** The client processes of a run, as far as faults concern them. */
public interface ClientSide {
    /** Kills one of them, whatever it holds; another takes its place. Gives its name. */
    String kill(SplittableRandom random);

    /** Stops one of them where it is; gives its name. */
    String pause(SplittableRandom random);

    /** Lets it go on. */
    void resume(String name);

    /** Starts one that takes all that it can get; gives its name. */
    String startHoarder(SplittableRandom random);

    /** Ends a hoarder without a word to the cluster. */
    void killHoarder(String name);

    /** From now on every request over the wire goes to two nodes at once; or it doesn't. */
    void sendTwice(boolean every);

    /** No lease lives for longer. */
    long leaseMillisMax();
}

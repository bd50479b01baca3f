package io.quorate.client.route;

/** Something that can be woken at a time, and waits for one time at most. Confined to the loop. */
abstract class Timed {
    /** Neighbours in the wheel's bucket; both are this object itself while it waits for nothing. */
    Timed timedBefore = this;

    Timed timedAfter = this;
    long wakeAtNanos;

    /** Called once the time has come; the object waits for nothing any more. */
    abstract void timeUp(long nowNanos);
}

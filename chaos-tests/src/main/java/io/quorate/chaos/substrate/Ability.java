package io.quorate.chaos.substrate;

/** What a substrate may be able to do; probed when it starts. {@link Substrate#lacks} gives the reason if it can't. */
public enum Ability {
    /** Nothing passes from one to another. */
    PARTITION,
    /** Some packets, or what a connection shows of their loss, are lost. */
    LOSS,
    /** Packets, or bytes, are late. */
    DELAY,
    /** Packets come twice. */
    DUPLICATION,
    /** Packets overtake each other. */
    REORDERING,
    /** Few bytes pass in a second. */
    SLOW_LINK,
    /** Each node's processes have a clock of their own. */
    CLOCK,
    /** Writes of file contents to the disk take long. */
    SLOW_FSYNC,
    /** Writes of file contents to the disk fail. */
    FAILING_FSYNC,
    /** Writes of file contents to the disk are said to be done and aren't. */
    LYING_FSYNC,
    /** Each node's disk is small enough to be filled. */
    DISK_FULL,
    /** Every access to a disk fails. */
    DISK_DEATH,
    /** A node stops, and whatever it hadn't written to the disk is gone. */
    POWER_LOSS,
    /** A node can be started so that it fails at a place in its code. */
    FAILPOINTS
}

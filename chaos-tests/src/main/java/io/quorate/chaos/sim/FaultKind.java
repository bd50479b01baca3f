package io.quorate.chaos.sim;

/** What can go wrong; a run draws which of these it has, and a failing run is repeated without each of them. */
public enum FaultKind {
    LOSS,
    DUPLICATION,
    DELAY,
    PARTITION,
    ONE_WAY_PARTITION,
    CONNECTION_RESET,
    LEADER_CHANGE,
    LOST_PROPOSAL,
    SLOW_APPLY,
    SLOW_DISK,
    SERVER_PAUSE,
    CLIENT_PAUSE,
    SERVER_CRASH,
    ALL_SERVERS_CRASH,
    CLIENT_CRASH,
    CLOCK_OFFSET,
    CLOCK_DRIFT,
    CLOCK_STEP,
    CLOCK_FREEZE,
    /** Clocks that run beyond what the product assumes of clocks. */
    CLOCK_RUNAWAY,
    SNAPSHOT_INSTALL,
    RULE_CHANGE
}

package io.quorate.chaos.sim;

/** The kinds of events, for the trace. */
enum Step {
    LOOP,
    TIMER,
    CONNECT,
    REQUESTS,
    RESPONSES,
    DISCONNECT,
    SERVER_TASK,
    HOUSEKEEPING,
    APPEND,
    ACKNOWLEDGE,
    FSYNC,
    APPLY,
    READ,
    RAFT_TICK,
    LOST_PROPOSAL,
    SEAL_SNAPSHOT,
    INSTALL_SNAPSHOT,
    STEP_DOWN,
    FAULT,
    HEAL,
    BOOT,
    OPERATION,
    ADMINISTRATION,
    PHASE
}

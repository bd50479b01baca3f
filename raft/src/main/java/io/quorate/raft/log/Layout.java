package io.quorate.raft.log;

/**
 * The numbers that stand in an entry's bytes. They never change.
 *
 * <p>Version 1, where integers of fixed size are little-endian:
 *
 * <pre>
 *    0  u8   version
 *    1  i64  log time, milliseconds
 *    9  i64  rules version
 *   17  u32  commands
 *   21  items, each a u8 tag and its fields
 *   -4  u32  CRC-32C of all before
 * </pre>
 *
 * <p>A limit definition is an item of its own, before the first command that uses it. A key stands in full
 * where it is used first and gets the next number, from 1; from then on its number stands for it. So an entry
 * can be written as its commands come, and is read in one pass.
 *
 * <p>Another layout gets another version and a decoder of its own; the old decoder stays, with its golden
 * files.
 */
final class Layout {
    static final int VERSION = 1;

    static final int LOG_TIME_AT = 1;
    static final int RULES_VERSION_AT = 9;
    static final int COMMANDS_AT = 17;

    static final int LIMIT = 1;
    static final int OPEN_SESSION = 16;
    static final int CLOSE_SESSION = 17;
    static final int ACQUIRE = 18;
    static final int REFUND = 19;
    static final int RESET = 20;
    static final int SWEEP = 21;
    static final int FENCE_RULES = 22;
    static final int PUT_RULES = 23;
    static final int RENEW_LEASE = 24;
    static final int SETTLE_RULES = 25;

    static final int PATTERN_ANY = 1;
    static final int PATTERN_EXACT = 2;
    static final int PATTERN_PREFIX = 3;

    private Layout() {}
}

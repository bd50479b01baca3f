package io.quorate.raft.log;

/* The bytes of an entry, version 1. Integers of fixed size are little-endian.

  0  u8   version
  1  u32  CRC-32C of all other bytes
  5  i64  log time, milliseconds
 13  i64  rules version
 21  u16  commands
 23  items to the end, each a u8 tag and its fields

Limit definitions stand as items of their own before the first command that uses them. A key stands in
full where it is used first and gets the next number, from 1; from then on its number stands for it. So
an entry can be written as its commands come, and is read in one pass.

A new version gets a new number and decoder; the old decoder stays, with its golden files. */
/** The numbers that stand in an entry's bytes. They never change. */
final class Layout {
    static final int VERSION = 1;

    static final int CHECKSUM_AT = 1;
    static final int LOG_TIME_AT = 5;
    static final int RULES_VERSION_AT = 13;
    static final int COMMANDS_AT = 21;
    static final int ITEMS_AT = 23;

    static final int LIMIT = 1;
    static final int OPEN_SESSION = 16;
    static final int CLOSE_SESSION = 17;
    static final int ACQUIRE = 18;
    static final int REFUND = 19;
    static final int RESET = 20;
    static final int SWEEP = 21;
    static final int FENCE_RULES = 22;
    static final int PUT_RULES = 23;

    static final int PATTERN_ANY = 1;
    static final int PATTERN_EXACT = 2;
    static final int PATTERN_PREFIX = 3;

    private Layout() {}
}

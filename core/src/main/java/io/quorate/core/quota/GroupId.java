package io.quorate.core.quota;

/** One Raft group. Group 0 is meta; data groups count from 1. */
public record GroupId(int value) implements Comparable<GroupId> {
    public static final GroupId META = new GroupId(0);
    /** The most data groups in a cluster. */
    public static final int DATA_GROUPS_MAX = 64;

    public GroupId {
        if (value < 0 || value > DATA_GROUPS_MAX) {
            throw new IllegalArgumentException("group must be 0 to " + DATA_GROUPS_MAX + ", not " + value);
        }
    }

    @Override
    public int compareTo(GroupId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "g" + value;
    }
}

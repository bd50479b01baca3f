package io.quorate.chaos.substrate;

/** One node's disk. Each method throws {@link UnsupportedOperationException} if its {@link Ability} is lacking. */
public interface DiskControl {
    /** Leaves no space. */
    void fill();

    /** Gives back what {@link #fill} took. */
    void free();

    /** Has each sync take so much longer; 0 heals. */
    void syncDelayMillis(int millis);

    /** What syncs do from now on. */
    void syncs(Syncs syncs);

    /** Has every access fail until {@link #repair}. What wasn't synced is gone. */
    void die();

    /** Makes a dead disk usable; the node must be down. */
    void repair();

    /** Kills the node, losing whatever it hadn't synced; the node is down and the disk usable afterwards. */
    void losePower();

    /** What a sync does. */
    enum Syncs {
        /** What it should. */
        WORK,
        /** It says that it is done, and does nothing. */
        LIE,
        /** It fails with an input/output error. */
        FAIL
    }
}

package io.quorate.raft.group;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Places where a test can have the process end, wait or fail, which no fault from outside could hit so exactly.
 *
 * <p>Off unless the JVM is started with {@code -Dquorate.failpoints=PLACE:ACTION@N}, such as {@code
 * before-propose:halt@100}: at the Nth time that the place is passed. Actions are {@code halt}, {@code sleep} (200 ms)
 * and {@code throw}. Being off is a constant, so a place costs nothing then; that is why this, and nothing else, is
 * read from a property of the JVM.
 */
public enum Failpoint {
    /** A batch of commands is made and not yet given to the log. */
    BEFORE_PROPOSE,
    /** It was given to the log, and nobody was answered. */
    AFTER_PROPOSE,
    /** A committed entry isn't applied yet. */
    AFTER_COMMIT_BEFORE_APPLY,
    /** Its effects are known and not stored. */
    AFTER_APPLY_BEFORE_STORE,
    /** They are stored, and nobody was answered. */
    AFTER_STORE_BEFORE_DONE,
    /** A snapshot is about to be taken. */
    BEFORE_SNAPSHOT_SAVE,
    /** Its files aren't complete. */
    MID_SNAPSHOT_WRITE,
    /** They are, but Raft doesn't know of it. */
    AFTER_SNAPSHOT_BEFORE_DONE,
    /** A snapshot that a leader sent is about to be loaded. */
    BEFORE_SNAPSHOT_LOAD,
    /** It was loaded, and Raft doesn't know of it. */
    AFTER_SNAPSHOT_LOAD,
    /** This node was elected and hasn't begun to lead. */
    ON_LEADER_START,
    /** It has ceased to lead and hasn't refused what waits. */
    ON_LEADER_STOP,
    /** Rules were changed, and nobody in the node knows yet. */
    MID_RULE_CHANGE;

    private static final String PLAN = System.getProperty("quorate.failpoints", "");
    private static final boolean ON = !PLAN.isEmpty();
    private static final long SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int HALTED = 137;

    private final AtomicInteger passes = new AtomicInteger();

    /** Its name in a plan. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The place is passed. */
    public void pass() {
        if (ON) {
            passPlanned();
        }
    }

    private void passPlanned() {
        String[] plan = PLAN.split("[:@]", -1);
        if (plan.length != 3 || !plan[0].equals(text()) || passes.incrementAndGet() != Integer.parseInt(plan[2])) {
            return;
        }
        switch (plan[1]) {
            case "halt" -> Runtime.getRuntime().halt(HALTED);
            case "sleep" -> LockSupport.parkNanos(SLEEP_NANOS);
            case "throw" -> throw new IllegalStateException("failpoint " + text());
            default -> throw new IllegalArgumentException("no such action: " + plan[1]);
        }
    }
}

package io.quorate.chaos.substrate;

import java.nio.file.Path;

/** One node of a {@link Substrate}: its process, its files, its disk and its clock. */
public interface ChaosNode {
    String id();

    /** {@code host:port} where clients reach it. */
    String clientAddress();

    /** {@code host:port} of its admin port: metrics and health. */
    String adminAddress();

    /** Where its data is; to be touched only while it is down. */
    Path dataDirectory();

    /** The file that its output goes to, appended over restarts. */
    Path log();

    /** Starts the process if it doesn't run; doesn't wait until it serves. */
    void start();

    /**
     * The same, with failpoints as {@code io.quorate.raft.group.Failpoint} has them, until it is started again.
     *
     * @throws UnsupportedOperationException if {@link Ability#FAILPOINTS} is lacking
     */
    void start(String failpoints);

    /** Ends the process as {@code kill -9} does, and waits until it is gone. */
    void kill();

    /** Asks the process to end, and waits until it is gone. */
    void stop();

    /** Stops the process where it is. */
    void pause();

    /** Lets a paused process go on. */
    void resume();

    boolean isAlive();

    DiskControl disk();

    ClockControl clock();
}

package io.quorate.cli.command;

/** What the command's exit codes mean. */
public final class ExitCode {
    /** Granted, or done. */
    public static final int OK = 0;
    /** A check failed, or the command itself is broken. */
    public static final int FAILED = 1;
    /** Wrong usage or input; nothing was done. */
    public static final int USAGE = 2;
    /** A limit said no. */
    public static final int DENIED = 3;
    /** The cluster couldn't be reached, or it isn't known what came of the request. */
    public static final int UNAVAILABLE = 4;

    private ExitCode() {}
}

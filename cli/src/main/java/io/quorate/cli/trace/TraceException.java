package io.quorate.cli.trace;

/** A trace as a whole can't be read; the message names the file, what is wrong and what would be right. */
public final class TraceException extends Exception {
    private static final long serialVersionUID = 1L;

    public TraceException(String message) {
        super(message);
    }

    public TraceException(String message, Throwable cause) {
        super(message, cause);
    }
}

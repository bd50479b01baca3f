package io.quorate.raft.log;

/** The bytes aren't those of a log entry that any version of this codec wrote: the log is damaged. */
public final class MalformedEntryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedEntryException(String message) {
        super(message);
    }

    public MalformedEntryException(String message, Throwable cause) {
        super(message, cause);
    }
}

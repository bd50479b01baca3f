package io.quorate.storage.codec;

/** Bytes that aren't what a writer of this project wrote: damaged, cut short, lying, or of a newer version. */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }

    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}

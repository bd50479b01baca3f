package io.quorate.cli.trace;

/** One line isn't what its format asks for. Has no stack: it is an answer, and a trace may have millions. */
final class MalformedLineException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedLineException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}

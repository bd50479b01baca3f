package io.quorate.cli.command;

/** Nobody reads the output any more, as after {@code | head}; the command ends without a word. */
public final class OutputClosed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputClosed() {
        super("the output was closed", null, false, false);
    }
}

package io.quorate.cli.text;

import java.io.PrintStream;
import java.util.function.LongSupplier;

/** A progress bar in one line of a terminal; nothing at all where there is no terminal. Not thread-safe. */
public final class Progress implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;
    private static final int BAR_WIDTH = 30;

    private final PrintStream out;
    private final boolean interactive;
    private final String what;
    private final long total;
    private final LongSupplier nanoClock;
    private long drawnNanos;
    private boolean drawn;

    /**
     * A bar that isn't drawn yet.
     *
     * @param interactive whether {@code out} is a terminal
     * @param total what {@link #at} reaches at the end; 0 if that isn't known
     */
    public Progress(PrintStream out, boolean interactive, String what, long total, LongSupplier nanoClock) {
        this.out = out;
        this.interactive = interactive;
        this.what = what;
        this.total = total;
        this.nanoClock = nanoClock;
        this.drawnNanos = nanoClock.getAsLong();
    }

    /** Shows that so much is done. */
    public void at(long done) {
        if (!interactive) {
            return;
        }
        long now = nanoClock.getAsLong();
        if (now - drawnNanos < REDRAW_NANOS) {
            return;
        }
        drawnNanos = now;
        drawn = true;
        out.print("\r" + line(done) + "\u001b[K");
        out.flush();
    }

    /** Removes the bar. */
    @Override
    public void close() {
        if (drawn) {
            out.print("\r\u001b[K");
            out.flush();
        }
    }

    private String line(long done) {
        if (total <= 0) {
            return what + " " + done;
        }
        int full = (int) Math.min(BAR_WIDTH, done * BAR_WIDTH / total);
        return what + " [" + "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + "] " + Math.min(100, done * 100 / total)
                + " %";
    }
}

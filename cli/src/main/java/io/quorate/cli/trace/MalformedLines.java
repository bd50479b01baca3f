package io.quorate.cli.trace;

import io.quorate.cli.text.Printable;
import java.util.ArrayList;
import java.util.List;

/** The lines of a trace that couldn't be read: all counted, the first {@value #KEPT_MAX} kept with their reason. */
public final class MalformedLines {
    /** Most lines kept. */
    public static final int KEPT_MAX = 1_000;

    private final List<Malformed> kept = new ArrayList<>();
    private long count;

    MalformedLines() {}

    void add(long line, String reason) {
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Malformed(line, Printable.escape(reason, 200)));
        }
    }

    public long count() {
        return count;
    }

    public List<Malformed> kept() {
        return List.copyOf(kept);
    }

    /** A line and why it couldn't be read. */
    public record Malformed(long line, String reason) {}
}

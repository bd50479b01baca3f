package io.quorate.cli.replay;

import io.quorate.cli.trace.TraceRequest;
import io.quorate.core.rule.CompiledRules.Matched;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Every decision as a CSV file: one row per request and matching rule. */
public final class DecisionFile implements DecisionListener, AutoCloseable {
    static final String HEADER = "line,rule,verdict,remaining,retry_after_ms";

    private final BufferedWriter out;
    private final StringBuilder row = new StringBuilder();

    private DecisionFile(BufferedWriter out) {
        this.out = out;
    }

    /** Writes a file anew. */
    public static DecisionFile create(Path file) throws IOException {
        BufferedWriter out = new BufferedWriter(
                new OutputStreamWriter(Files.newOutputStream(file), StandardCharsets.UTF_8), 1 << 16);
        out.write(HEADER);
        out.write('\n');
        return new DecisionFile(out);
    }

    @Override
    public void decided(
            TraceRequest request, Matched matched, RuleVerdict verdict, long remaining, long retryAfterMillis) {
        row.setLength(0);
        // A rule's id has no character that CSV would need quotes for.
        row.append(request.line()).append(',').append(matched.rule().rule().id());
        row.append(',').append(verdict.label()).append(',').append(remaining);
        row.append(',').append(retryAfterMillis).append('\n');
        try {
            out.append(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}

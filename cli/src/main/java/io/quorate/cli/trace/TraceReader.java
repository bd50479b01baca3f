package io.quorate.cli.trace;

import io.quorate.cli.trace.LineSource.Line;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trace, one request after the other, whatever its format: Common or Combined Log Format, or CSV with a
 * header; plain or gzip. The format is found from the content.
 *
 * <p>A line that can't be read is counted and kept with its reason; the lines after it are read all the same.
 * Empty lines are skipped. Not thread-safe.
 */
public final class TraceReader implements AutoCloseable {
    /** Lines that are looked at to find the format of a log whose first lines are malformed. */
    private static final int PROBE_LINES_MAX = 100;

    private final String name;
    private final CountingStream raw;
    private final LineSource lines;
    private final LineFormat format;
    private final Deque<Line> probed = new ArrayDeque<>();
    private final MalformedLines malformed = new MalformedLines();
    private long requests;

    private TraceReader(String name, CountingStream raw, LineSource lines) throws IOException, TraceException {
        this.name = name;
        this.raw = raw;
        this.lines = lines;
        this.format = detect();
    }

    /** Opens a file. */
    public static TraceReader open(Path file) throws TraceException {
        String name = file.toString();
        if (Files.isDirectory(file)) {
            throw new TraceException(name + ": is a directory; give the path of a trace file");
        }
        try {
            return open(name, Files.newInputStream(file));
        } catch (NoSuchFileException e) {
            throw new TraceException(name + ": no such file; give the path of a trace", e);
        } catch (AccessDeniedException e) {
            throw new TraceException(name + ": not allowed to read it; give the path of a readable trace", e);
        } catch (IOException e) {
            throw new TraceException(name + ": can't be read: " + e.getMessage(), e);
        }
    }

    /** Reads from a stream, which is closed with the reader; {@code name} stands for it in messages. */
    public static TraceReader open(String name, InputStream in) throws TraceException {
        CountingStream raw = new CountingStream(in);
        try {
            BufferedInputStream buffered = new BufferedInputStream(raw, 64 * 1024);
            buffered.mark(2);
            boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
            buffered.reset();
            return new TraceReader(
                    name, raw, new LineSource(gzip ? new GZIPInputStream(buffered, 64 * 1024) : buffered));
        } catch (IOException e) {
            throw unreadable(name, 0, e);
        }
    }

    /** The next request; null at the end. */
    public @Nullable TraceRequest next() throws TraceException {
        try {
            for (Line line = line(); line != null; line = line()) {
                String text = line.text();
                if (text == null) {
                    malformed.add(line.number(), line.fault());
                } else if (!text.isBlank()) {
                    try {
                        TraceRequest request = format.read(line.number(), text);
                        requests++;
                        return request;
                    } catch (MalformedLineException e) {
                        malformed.add(line.number(), e.reason());
                    }
                }
            }
            return null;
        } catch (IOException e) {
            throw unreadable(name, requests, e);
        }
    }

    /** What was malformed so far. */
    public MalformedLines malformed() {
        return malformed;
    }

    /** The format's name, for people. */
    public String formatName() {
        return format.name();
    }

    /** Bytes of the file read so far (before unpacking), for a progress bar. */
    public long bytesRead() {
        return raw.count;
    }

    @Override
    public void close() throws TraceException {
        try {
            lines.close();
        } catch (IOException e) {
            throw unreadable(name, requests, e);
        }
    }

    private @Nullable Line line() throws IOException {
        Line line = probed.poll();
        return line != null ? line : lines.next();
    }

    private LineFormat detect() throws IOException, TraceException {
        boolean first = true;
        for (int i = 0; i < PROBE_LINES_MAX; i++) {
            Line line = lines.next();
            if (line == null) {
                break;
            }
            String text = line.text();
            if (text == null || text.isBlank()) {
                probed.add(line);
                continue;
            }
            String start = first && text.startsWith("\ufeff") ? text.substring(1) : text;
            if (first && CsvFormat.isHeader(start)) {
                return header(start);
            }
            first = false;
            probed.add(line);
            LogFormat log = new LogFormat();
            try {
                log.read(line.number(), text);
                return log;
            } catch (MalformedLineException e) {
                continue; // perhaps a later line tells the format; this one is read again and then counted
            }
        }
        if (first) {
            throw new TraceException(name + ": the trace is empty; it needs a CSV header with t_ms, or log lines");
        }
        throw new TraceException(name + ": neither a CSV file whose first line is a header with a column t_ms (such as"
                + " t_ms,client,endpoint,cost) nor an access log in Common or Combined Log Format");
    }

    private LineFormat header(String text) throws TraceException {
        try {
            return CsvFormat.ofHeader(text);
        } catch (IllegalArgumentException e) {
            throw new TraceException(name + ":1: bad header: " + e.getMessage(), e);
        } catch (MalformedLineException e) {
            throw new TraceException(name + ":1: bad header: " + e.reason(), e);
        }
    }

    private static TraceException unreadable(String name, long requests, IOException e) {
        boolean damaged = e instanceof EOFException || e instanceof ZipException;
        String what = damaged ? "the gzip data is damaged or ends early" : "can't be read: " + e.getMessage();
        return new TraceException(name + ": " + what + (requests > 0 ? ", after " + requests + " requests" : ""), e);
    }

    /** Counts what passes. */
    private static final class CountingStream extends InputStream {
        private final InputStream in;
        private long count;

        CountingStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = in.read(bytes, from, length);
            count += Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

package io.quorate.cli.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Splits bytes into lines, each with its number; a line may be unreadable without harming the next. */
final class LineSource implements AutoCloseable {
    /** Most bytes of one line. */
    static final int LINE_BYTES_MAX = 64 * 1024;

    private static final int BUFFER_BYTES = 256 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private int from;
    private int to;
    private boolean ended;
    private long number;

    LineSource(InputStream in) {
        this.in = in;
    }

    /**
     * A line without its line end.
     *
     * @param text null if it can't be read, and then {@code fault} says why
     */
    record Line(long number, @Nullable String text, String fault) {}

    /** The next line; null at the end. */
    @Nullable
    Line next() throws IOException {
        int scanned = from;
        while (true) {
            for (int i = scanned; i < to; i++) {
                if (buffer[i] == '\n') {
                    Line line = line(from, i);
                    from = i + 1;
                    return line;
                }
            }
            if (ended) {
                return last();
            }
            if (to - from > LINE_BYTES_MAX) {
                return tooLong();
            }
            scanned = fill();
        }
    }

    private @Nullable Line last() {
        if (from == to) {
            return null;
        }
        Line line = line(from, to);
        from = to;
        return line;
    }

    /** Reads more behind the unfinished line, which moves to the front; from where on nothing was scanned. */
    private int fill() throws IOException {
        int pending = to - from;
        System.arraycopy(buffer, from, buffer, 0, pending);
        from = 0;
        to = pending;
        int count = in.read(buffer, to, buffer.length - to);
        if (count < 0) {
            ended = true;
        } else {
            to += count;
        }
        return pending;
    }

    private Line tooLong() throws IOException {
        number++;
        while (true) {
            for (int i = from; i < to; i++) {
                if (buffer[i] == '\n') {
                    from = i + 1;
                    return new Line(number, null, "longer than " + LINE_BYTES_MAX + " bytes");
                }
            }
            from = to;
            if (ended) {
                return new Line(number, null, "longer than " + LINE_BYTES_MAX + " bytes");
            }
            fill();
        }
    }

    private Line line(int start, int end) {
        number++;
        int stop = end > start && buffer[end - 1] == '\r' ? end - 1 : end;
        if (stop - start > LINE_BYTES_MAX) {
            return new Line(number, null, "longer than " + LINE_BYTES_MAX + " bytes");
        }
        boolean ascii = true;
        for (int i = start; i < stop && ascii; i++) {
            ascii = buffer[i] >= 0;
        }
        if (ascii) {
            return new Line(number, new String(buffer, start, stop - start, StandardCharsets.ISO_8859_1), "");
        }
        try {
            CharBuffer text = utf8.decode(ByteBuffer.wrap(Arrays.copyOfRange(buffer, start, stop)));
            return new Line(number, text.toString(), "");
        } catch (CharacterCodingException e) {
            return new Line(number, null, "not UTF-8");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

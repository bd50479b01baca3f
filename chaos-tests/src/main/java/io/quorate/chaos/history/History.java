package io.quorate.chaos.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;

/**
 * The history of a run while it is written: a file of JSON lines that only grows.
 *
 * <p>Invocation and answer are lines of their own, and each line is with the operating system when the method that
 * writes it returns: a harness that is killed loses nothing, and what it had asked is in the history as never
 * answered. Thread-safe; times are the caller's, {@code System.nanoTime()}.
 */
public final class History implements AutoCloseable {
    /** The file's name in a run's folder. */
    public static final String FILE = "history.jsonl";

    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final FileChannel channel;
    private final Buffer line = new Buffer();
    private final JsonGenerator json;
    private final HistoryLines lines;
    private long operations;
    private long decided;
    private long faults;

    private History(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.json = JSON.createGenerator(line);
        json.setRootValueSeparator(null);
        this.lines = new HistoryLines(json);
    }

    /** A new history in this folder, which must have none. */
    public static History create(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return new History(file);
        } catch (IOException e) {
            throw new UncheckedIOException("can't begin the history " + file, e);
        }
    }

    public Path file() {
        return file;
    }

    /** Notes that something is about to be asked; its number is for the answer. To be called before it is sent. */
    public synchronized long invoke(String process, long invokedNanos, Asked asked) {
        long number = ++operations;
        write(() -> lines.invocation(number, process, invokedNanos, asked));
        return number;
    }

    /** Notes how an operation ended. */
    public synchronized void complete(long number, Answer answer) {
        decided += answer.status() == Answer.Status.OK ? 1 : 0;
        write(() -> lines.answer(number, answer));
    }

    /** Operations that were decided so far. */
    public synchronized long decided() {
        return decided;
    }

    /** Notes that a fault begins; its number is for its end. To be called before it is injected. */
    public synchronized long faultStarted(
            String kind, List<String> nodes, SortedMap<String, String> parameters, long seed, long startedNanos) {
        long number = ++faults;
        FaultRecord fault = new FaultRecord(number, kind, nodes, parameters, seed, startedNanos, Operation.NEVER);
        write(() -> lines.faultStarted(fault));
        return number;
    }

    /** Notes that a fault is over or healed. */
    public synchronized void faultStopped(long number, long stoppedNanos) {
        write(() -> lines.faultStopped(number, stoppedNanos));
    }

    public synchronized void sighting(Sighting sighting) {
        write(() -> lines.sighting(sighting));
    }

    /** Notes something about the run: its seed, a phase that begins, what was configured. */
    public synchronized void note(String name, String value) {
        write(() -> lines.note(name, value));
    }

    private void write(Line what) {
        try {
            what.write();
            json.flush();
            line.write('\n');
            ByteBuffer bytes = line.bytes();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the history " + file, e);
        } finally {
            line.reset();
        }
    }

    @Override
    public synchronized void close() {
        try {
            json.close();
            channel.force(false);
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("can't close the history " + file, e);
        }
    }

    private interface Line {
        void write() throws IOException;
    }

    /** One line's bytes, without a copy. */
    private static final class Buffer extends ByteArrayOutputStream {
        ByteBuffer bytes() {
            return ByteBuffer.wrap(buf, 0, count);
        }
    }
}

package io.quorate.chaos.history;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Answer.Status;
import io.quorate.chaos.history.Asked.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads a history as a stream: what is held in memory is what is unanswered at one time.
 *
 * <p>A last line without its end was being written when the harness ended, and is left out.
 */
public final class HistoryReader {
    private static final JsonFactory JSON = new JsonFactory();

    private final HistoryVisitor visitor;
    private final TreeMap<Long, Operation> asked = new TreeMap<>();
    private final TreeMap<Long, FaultRecord> faults = new TreeMap<>();
    private final Row row = new Row();

    private HistoryReader(HistoryVisitor visitor) {
        this.visitor = visitor;
    }

    /**
     * Shows everything in a history file.
     *
     * @throws IllegalArgumentException that names the line if it isn't one of a history
     */
    public static void read(Path file, HistoryVisitor visitor) {
        // This reader takes half a character at the end, too, which the strict one of Files refuses.
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            boolean whole = endsWithNewline(file);
            HistoryReader reader = new HistoryReader(visitor);
            String line = in.readLine();
            for (long number = 1; line != null; number++) {
                String next = in.readLine();
                if (next != null || whole) {
                    reader.line(line, file + ":" + number);
                }
                line = next;
            }
            reader.end();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the history " + file, e);
        }
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        try (SeekableByteChannel bytes = Files.newByteChannel(file)) {
            if (bytes.size() == 0) {
                return true;
            }
            bytes.position(bytes.size() - 1);
            ByteBuffer last = ByteBuffer.allocate(1);
            return bytes.read(last) == 1 && last.get(0) == '\n';
        }
    }

    private void line(String line, String where) {
        try {
            row.read(line);
            switch (row.what) {
                case "ask" -> ask();
                case "end" -> answer();
                case "fault" -> faults.put(row.seq, row.fault());
                case "healed" -> healed();
                case "seen" -> visitor.sighting(row.sighting());
                case "note" -> visitor.note(row.name, row.value);
                default -> throw new IllegalArgumentException("no line has the kind '" + row.what + "'");
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(where + " isn't a line of a history: " + e.getMessage(), e);
        }
    }

    private void ask() {
        Answer none = new Answer(
                Operation.NEVER,
                Status.INFO,
                false,
                "",
                RequestId.NONE,
                Place.NONE,
                0,
                0,
                List.of(),
                "",
                "the run ended");
        asked.put(row.seq, new Operation(row.seq, row.process, row.invoked, row.asked(), none));
    }

    private void answer() {
        Operation operation = asked.remove(row.seq);
        if (operation == null) {
            throw new IllegalArgumentException("operation " + row.seq + " wasn't asked, or was answered before");
        }
        visitor.operation(new Operation(
                operation.number(), operation.process(), operation.invokedNanos(), operation.asked(), row.answer()));
    }

    private void healed() {
        FaultRecord fault = faults.remove(row.seq);
        if (fault == null) {
            throw new IllegalArgumentException("fault " + row.seq + " didn't start, or was over before");
        }
        visitor.fault(new FaultRecord(
                fault.number(),
                fault.kind(),
                fault.nodes(),
                fault.parameters(),
                fault.seed(),
                fault.startedNanos(),
                row.to));
    }

    private void end() {
        asked.values().forEach(visitor::operation);
        faults.values().forEach(visitor::fault);
    }

    /** The fields of the line that is being read. */
    private static final class Row {
        private String what = "";
        private long seq;
        private String process = "";
        private long invoked;
        private long returned;
        private String op = "";
        private String namespace = "";
        private List<String> keys = List.of();
        private long cost;
        private RequestId rid = RequestId.NONE;
        private RequestId of = RequestId.NONE;
        private int copy;
        private String status = "";
        private boolean yes;
        private String by = "";
        private int group;
        private long index;
        private int position;
        private long logTime;
        private long rulesVersion;
        private long tokens;
        private long leaseId;
        private List<CounterResult> results = List.of();
        private String node = "";
        private String error = "";
        private String kind = "";
        private List<String> nodes = List.of();
        private long seed;
        private long from;
        private long to;
        private TreeMap<String, String> with = new TreeMap<>();
        private String role = "";
        private long term;
        private long commit;
        private long digest;
        private String name = "";
        private String value = "";

        void read(String line) throws IOException {
            clear();
            try (JsonParser json = JSON.createParser(line)) {
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw new IllegalArgumentException("it is no JSON object");
                }
                for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                    json.nextToken();
                    if (!text(field, json) && !number(field, json) && !structure(field, json)) {
                        throw new IllegalArgumentException("unknown field '" + field + "'");
                    }
                }
            }
        }

        private void clear() {
            what = "";
            namespace = "";
            keys = List.of();
            cost = 0;
            rid = RequestId.NONE;
            of = RequestId.NONE;
            copy = 0;
            yes = false;
            by = "";
            group = Place.NONE.group();
            index = 0;
            position = 0;
            logTime = 0;
            rulesVersion = 0;
            tokens = 0;
            leaseId = 0;
            results = List.of();
            node = "";
            error = "";
            nodes = List.of();
        }

        private boolean text(String field, JsonParser json) throws IOException {
            switch (field) {
                case "what" -> what = json.getText();
                case "proc" -> process = json.getText();
                case "op" -> op = json.getText();
                case "ns" -> namespace = json.getText();
                case "status" -> status = json.getText();
                case "by" -> by = json.getText();
                case "node" -> node = json.getText();
                case "err" -> error = json.getText();
                case "kind" -> kind = json.getText();
                case "role" -> role = json.getText();
                case "name" -> name = json.getText();
                case "value" -> value = json.getText();
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean number(String field, JsonParser json) throws IOException {
            switch (field) {
                case "seq" -> seq = json.getLongValue();
                case "tInv" -> invoked = json.getLongValue();
                case "tRet" -> returned = json.getLongValue();
                case "n" -> cost = json.getLongValue();
                case "copy" -> copy = json.getIntValue();
                case "yes" -> yes = json.getBooleanValue();
                case "group" -> group = json.getIntValue();
                case "index" -> index = json.getLongValue();
                case "pos" -> position = json.getIntValue();
                case "logTime" -> logTime = json.getLongValue();
                case "ruleVer" -> rulesVersion = json.getLongValue();
                case "tokens" -> tokens = json.getLongValue();
                case "leaseId" -> leaseId = json.getLongValue();
                case "seed" -> seed = json.getLongValue();
                case "from" -> from = json.getLongValue();
                case "to" -> to = json.getLongValue();
                case "term" -> term = json.getLongValue();
                case "commit" -> commit = json.getLongValue();
                case "digest" -> digest = json.getLongValue();
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean structure(String field, JsonParser json) throws IOException {
            switch (field) {
                case "keys" -> keys = strings(json);
                case "nodes" -> nodes = strings(json);
                case "rid" -> rid = id(json);
                case "of" -> of = id(json);
                case "results" -> results = results(json);
                case "with" -> {
                    with = new TreeMap<>();
                    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
                        with.put(key, json.nextTextValue());
                    }
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private static List<String> strings(JsonParser json) throws IOException {
            List<String> values = new ArrayList<>();
            while (json.nextToken() == JsonToken.VALUE_STRING) {
                values.add(json.getText());
            }
            return values;
        }

        private static RequestId id(JsonParser json) throws IOException {
            int group = json.nextIntValue(-1);
            long session = json.nextLongValue(0);
            long sequence = json.nextLongValue(0);
            json.nextToken();
            return new RequestId(group, session, sequence);
        }

        private static List<CounterResult> results(JsonParser json) throws IOException {
            List<CounterResult> results = new ArrayList<>();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                results.add(result(json));
            }
            return results;
        }

        private static CounterResult result(JsonParser json) throws IOException {
            String rule = "";
            boolean allowed = false;
            boolean shadow = false;
            long left = 0;
            long retry = 0;
            long reset = 0;
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "rule" -> rule = json.getText();
                    case "yes" -> allowed = json.getBooleanValue();
                    case "shadow" -> shadow = json.getBooleanValue();
                    case "left" -> left = json.getLongValue();
                    case "retry" -> retry = json.getLongValue();
                    case "reset" -> reset = json.getLongValue();
                    default -> throw new IllegalArgumentException("unknown field '" + field + "' of a result");
                }
            }
            return new CounterResult(rule, allowed, shadow, left, retry, reset);
        }

        Asked asked() {
            return new Asked(Kind.valueOf(op), namespace, keys, cost, rid, of, copy);
        }

        Answer answer() {
            Place place = group < 0 ? Place.NONE : new Place(group, index, position, logTime, rulesVersion);
            return new Answer(
                    returned, Status.valueOf(status), yes, by, rid, place, tokens, leaseId, results, node, error);
        }

        FaultRecord fault() {
            return new FaultRecord(seq, kind, nodes, with, seed, from, Operation.NEVER);
        }

        Sighting sighting() {
            return new Sighting(invoked, returned, node, group, role, term, commit, index, digest, logTime);
        }
    }
}

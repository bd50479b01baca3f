package io.quorate.chaos.dump;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.quorate.chaos.dump.LoggedCommand.Kind;
import io.quorate.chaos.dump.LoggedCommand.LeaseReport;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads a dump as a stream of entries, as they stand in it. */
public final class DumpReader implements LoggedEntries {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Map<String, Kind> KINDS = kinds();
    /** Of a renewal, in the order of {@link LeaseReport}. */
    private static final List<String> LEASE_FIELDS =
            List.of("limit", "lease", "spent", "returned", "need", "want", "ttl_ms");

    private final JsonParser json;
    private final Path file;
    /** One object per key, however often it stands in the log. */
    private final Map<String, String> keys = new HashMap<>();

    private DumpReader(Path file) throws IOException {
        this.file = file;
        this.json = JSON.createParser(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    /** Opens a dump; it is read as it is asked for. */
    public static DumpReader open(Path file) {
        try {
            return new DumpReader(file);
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the dump " + file, e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException that says what is wrong if it is no dump
     */
    @Override
    public @Nullable LoggedEntry next() {
        try {
            LoggedEntry entry = null;
            while (entry == null && json.nextToken() == JsonToken.START_OBJECT) {
                entry = line();
            }
            return entry;
        } catch (IOException e) {
            throw new UncheckedIOException("can't read the dump " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException("can't close the dump " + file, e);
        }
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new HashMap<>();
        for (Kind kind : Kind.values()) {
            kinds.put(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), kind);
        }
        return kinds;
    }

    /** One line; null if it only says what is missing. */
    private @Nullable LoggedEntry line() throws IOException {
        int group = -1;
        long index = 0;
        long term = 0;
        long logTime = 0;
        long rulesVersion = 0;
        long digest = 0;
        long to = 0;
        OptionalLong state = OptionalLong.empty();
        Map<Integer, Limit> limits = Map.of();
        List<LoggedCommand> commands = List.of();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "group" -> group = json.getIntValue();
                case "index" -> index = json.getLongValue();
                case "term" -> term = json.getLongValue();
                case "log_time_ms" -> logTime = json.getLongValue();
                case "rules_version" -> rulesVersion = json.getLongValue();
                case "digest" -> digest = Long.parseUnsignedLong(json.getText(), 16);
                case "state" -> state = OptionalLong.of(Long.parseUnsignedLong(json.getText(), 16));
                case "limits" -> limits = limits();
                case "commands" -> commands = commands();
                case "missing_from" -> json.getLongValue();
                case "missing_to" -> to = json.getLongValue();
                default -> throw unknown(field);
            }
        }
        if (group < 0 || index == 0 && to == 0) {
            throw new IllegalArgumentException("a line of a dump has a group and an index");
        }
        return to > 0
                ? null
                : new LoggedEntry(group, index, term, logTime, rulesVersion, digest, state, limits, commands);
    }

    private Map<Integer, Limit> limits() throws IOException {
        Map<Integer, Limit> limits = new HashMap<>();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            int id = 0;
            Algorithm algorithm = Algorithm.TOKEN_BUCKET;
            long amount = 0;
            long period = 0;
            long burst = 0;
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "limit" -> id = json.getIntValue();
                    case "algorithm" -> algorithm = algorithm(json.getText());
                    case "amount" -> amount = json.getLongValue();
                    case "period_ms" -> period = json.getLongValue();
                    case "burst" -> burst = json.getLongValue();
                    default -> throw unknown(field);
                }
            }
            limits.put(id, new Limit(algorithm, amount, period, burst));
        }
        return limits;
    }

    private static Algorithm algorithm(String label) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.label().equals(label)) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("no algorithm is called '" + label + "'");
    }

    private List<LoggedCommand> commands() throws IOException {
        List<LoggedCommand> commands = new ArrayList<>();
        while (json.nextToken() == JsonToken.START_OBJECT) {
            commands.add(command());
        }
        return commands;
    }

    private LoggedCommand command() throws IOException {
        Kind kind = Kind.SWEEP;
        long session = 0;
        long sequence = 0;
        long ackedBelow = 0;
        long request = 0;
        long amount = 0;
        long target = 0;
        String key = "";
        List<LoggedCharge> charges = List.of();
        long[] lease = new long[LEASE_FIELDS.size()];
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "kind" -> kind = kind(json.getText());
                case "session" -> session = json.getLongValue();
                case "sequence" -> sequence = json.getLongValue();
                case "acked_below" -> ackedBelow = json.getLongValue();
                case "request" -> request = Long.parseUnsignedLong(json.getText(), 16);
                case "cost", "version" -> amount = json.getLongValue();
                // Of a refund, what it gives back; of a sweep, how far it looks.
                case "count" -> amount = json.getLongValue();
                case "acquire" -> target = json.getLongValue();
                case "key" -> key = shared(json.getText());
                case "charges" -> charges = charges();
                case "name", "namespace", "rules", "if_version" -> json.getText();
                default -> {
                    int place = LEASE_FIELDS.indexOf(field);
                    if (place < 0) {
                        throw unknown(field);
                    }
                    lease[place] = json.getLongValue();
                }
            }
        }
        LeaseReport report = kind == Kind.RENEW_LEASE
                ? new LeaseReport((int) lease[0], lease[1], lease[2], lease[3], lease[4], lease[5], lease[6])
                : LeaseReport.NONE;
        return new LoggedCommand(kind, session, sequence, ackedBelow, request, amount, target, key, charges, report);
    }

    private static Kind kind(String name) {
        Kind kind = KINDS.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("no kind of command is called '" + name + "'");
        }
        return kind;
    }

    private List<LoggedCharge> charges() throws IOException {
        List<LoggedCharge> charges = new ArrayList<>(2);
        while (json.nextToken() == JsonToken.START_OBJECT) {
            String key = "";
            int limit = 0;
            boolean shadow = false;
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "key" -> key = shared(json.getText());
                    case "limit" -> limit = json.getIntValue();
                    case "shadow" -> shadow = json.getBooleanValue();
                    default -> throw unknown(field);
                }
            }
            charges.add(new LoggedCharge(key, limit, shadow));
        }
        return charges;
    }

    private String shared(String key) {
        String known = keys.putIfAbsent(key, key);
        return known == null ? key : known;
    }

    private static IllegalArgumentException unknown(String field) {
        return new IllegalArgumentException("a dump has no field '" + field + "'");
    }
}

package io.quorate.cli.trace;

import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * CSV with a header: {@code t_ms} is the time, {@code cost} the cost (1 if the column is absent), every other
 * column an entry. Quotes as in RFC 4180, but a record ends with its line: a value can't hold a line break, so an
 * unclosed quote spoils one line and not the rest of the file.
 */
final class CsvFormat implements LineFormat {
    private static final String TIME = "t_ms";
    private static final String COST = "cost";

    private final List<String> columns;
    private final int timeColumn;
    private final int costColumn;
    private final EntryCache[] caches;
    private final List<String> fields = new ArrayList<>();

    private CsvFormat(List<String> columns) {
        this.columns = columns;
        this.timeColumn = columns.indexOf(TIME);
        this.costColumn = columns.indexOf(COST);
        this.caches = columns.stream().map(EntryCache::new).toArray(EntryCache[]::new);
    }

    /** Whether a first line is a header with a column of times. */
    static boolean isHeader(String line) {
        List<String> columns = new ArrayList<>();
        try {
            split(line, columns);
        } catch (MalformedLineException e) {
            return false;
        }
        return columns.contains(TIME);
    }

    /**
     * The format that a header describes.
     *
     * @throws IllegalArgumentException that says which column is wrong
     */
    static CsvFormat ofHeader(String line) throws MalformedLineException {
        List<String> columns = new ArrayList<>();
        split(line, columns);
        int entries = 0;
        for (String column : columns) {
            if (Collections.frequency(columns, column) > 1) {
                throw new IllegalArgumentException("column '" + Names.printable(column) + "' stands twice");
            }
            if (!column.equals(TIME) && !column.equals(COST)) {
                Names.checkName("the name of a column", column);
                entries++;
            }
        }
        if (entries > QuotaKey.VALUES_MAX) {
            throw new IllegalArgumentException("a request has at most " + QuotaKey.VALUES_MAX
                    + " entries, but the header names " + entries + " columns besides t_ms and cost");
        }
        return new CsvFormat(columns);
    }

    @Override
    public String name() {
        return "CSV";
    }

    @Override
    public TraceRequest read(long line, String text) throws MalformedLineException {
        fields.clear();
        split(text, fields);
        if (fields.size() != columns.size()) {
            throw new MalformedLineException(fields.size() + " fields, but the header has " + columns.size());
        }
        long timeMillis = Numbers.parse(TIME, fields.get(timeColumn), Numbers.TIME_MILLIS_MAX);
        long cost = costColumn < 0 ? 1 : Numbers.parse(COST, fields.get(costColumn), Numbers.COST_MAX);
        List<Entry> entries = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            if (i != timeColumn && i != costColumn) {
                entries.add(caches[i].of(fields.get(i)));
            }
        }
        return new TraceRequest(line, timeMillis, cost, new Descriptor(entries));
    }

    private static void split(String line, List<String> fields) throws MalformedLineException {
        int at = 0;
        while (true) {
            if (at < line.length() && line.charAt(at) == '"') {
                at = quoted(line, at, fields);
            } else {
                int comma = line.indexOf(',', at);
                int end = comma < 0 ? line.length() : comma;
                String field = line.substring(at, end);
                if (field.indexOf('"') >= 0) {
                    throw new MalformedLineException("field " + (fields.size() + 1)
                            + " has a quote inside; quote the whole field and double it");
                }
                fields.add(field);
                at = end;
            }
            if (at == line.length()) {
                return;
            }
            at++;
        }
    }

    /** Reads a quoted field that begins at {@code at}; the index of the comma behind it, or the line's length. */
    private static int quoted(String line, int at, List<String> fields) throws MalformedLineException {
        StringBuilder field = new StringBuilder();
        int from = at + 1;
        while (true) {
            int quote = line.indexOf('"', from);
            if (quote < 0) {
                throw new MalformedLineException(
                        "field " + (fields.size() + 1) + " has a quote that isn't closed in its line");
            }
            field.append(line, from, quote);
            if (quote + 1 < line.length() && line.charAt(quote + 1) == '"') {
                field.append('"');
                from = quote + 2;
                continue;
            }
            if (quote + 1 < line.length() && line.charAt(quote + 1) != ',') {
                throw new MalformedLineException(
                        "field " + (fields.size() + 1) + " goes on after its closing quote; put a comma there");
            }
            fields.add(field.toString());
            return quote + 1;
        }
    }
}

package io.quorate.cli.trace;

import io.quorate.core.quota.Names;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Entry;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Common and Combined Log Format, as web servers write it.
 *
 * <pre>{@code
 * host ident user [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.0" 200 2326 "referer" "agent"
 * }</pre>
 *
 * <p>Entries: client, method, endpoint (without its query), status and, if the line is combined, agent. Cost 1.
 */
final class LogFormat implements LineFormat {
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int TIME_LENGTH = "10/Oct/2000:13:55:36 -0700".length();

    private final EntryCache clients = new EntryCache("client");
    private final EntryCache methods = new EntryCache("method");
    private final EntryCache endpoints = new EntryCache("endpoint");
    private final EntryCache statuses = new EntryCache("status");
    private final EntryCache agents = new EntryCache("agent");
    private long dayCached = -1;
    private String dayText = "";

    @Override
    public String name() {
        return "access log";
    }

    @Override
    public TraceRequest read(long line, String text) throws MalformedLineException {
        int hostEnd = text.indexOf(' ');
        int open = text.indexOf(" [");
        if (hostEnd <= 0 || open < 0) {
            throw new MalformedLineException("no access log line: host ident user [time] \"request\" status bytes");
        }
        int close = text.indexOf(']', open);
        if (close != open + 2 + TIME_LENGTH) {
            throw new MalformedLineException("the time in brackets must be like 10/Oct/2000:13:55:36 -0700");
        }
        long timeMillis = timeMillis(text, open + 2);
        Cursor cursor = new Cursor(text, close + 1);
        String request = cursor.quoted("request");
        String status = cursor.word("status");
        if (status.length() != 3 || !status.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedLineException("status must be three digits, not '" + Names.printable(status) + "'");
        }
        String bytes = cursor.word("bytes");
        if (!bytes.equals("-")) {
            Numbers.parse("bytes", bytes, Long.MAX_VALUE / 100);
        }
        List<Entry> entries = new ArrayList<>(5);
        entries.add(clients.of(text.substring(0, hostEnd)));
        request(request, entries);
        entries.add(statuses.of(status));
        if (!cursor.atEnd()) {
            cursor.quoted("referer");
            entries.add(agents.of(cursor.quoted("agent")));
        }
        return new TraceRequest(line, timeMillis, 1, new Descriptor(entries));
    }

    /** Adds method and endpoint. The target may hold spaces; the version is absent in HTTP/0.9. */
    private void request(String request, List<Entry> entries) throws MalformedLineException {
        int space = request.indexOf(' ');
        if (space <= 0 || space + 1 == request.length()) {
            throw new MalformedLineException("the request '" + Names.printable(request) + "' has no method and target");
        }
        int version = request.lastIndexOf(" HTTP/");
        int end = version > space ? version : version == space ? -1 : request.length();
        if (end < 0) {
            throw new MalformedLineException("the request '" + Names.printable(request) + "' has no target");
        }
        int query = request.indexOf('?', space);
        String endpoint = request.substring(space + 1, query >= 0 && query < end ? query : end);
        entries.add(methods.of(request.substring(0, space)));
        entries.add(endpoints.of(endpoint));
    }

    private long timeMillis(String text, int at) throws MalformedLineException {
        boolean shape = text.charAt(at + 2) == '/'
                && text.charAt(at + 6) == '/'
                && text.charAt(at + 11) == ':'
                && text.charAt(at + 14) == ':'
                && text.charAt(at + 17) == ':'
                && text.charAt(at + 20) == ' ';
        char sign = text.charAt(at + 21);
        if (!shape || sign != '+' && sign != '-') {
            throw badTime(text, at);
        }
        long day = day(text, at);
        int hour = two(text, at + 12);
        int minute = two(text, at + 15);
        int second = two(text, at + 18);
        int zoneHour = two(text, at + 22);
        int zoneMinute = two(text, at + 24);
        // A leap second is written as 60 and counts as the next minute's first.
        if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) {
            throw badTime(text, at);
        }
        long offset = (zoneHour * 60L + zoneMinute) * 60;
        long seconds = day * 86_400 + hour * 3_600L + minute * 60L + second - (sign == '+' ? offset : -offset);
        if (seconds < 0) {
            throw new MalformedLineException("the time is before 1970");
        }
        return seconds * 1_000;
    }

    private long day(String text, int at) throws MalformedLineException {
        if (dayCached >= 0 && text.startsWith(dayText, at)) {
            return dayCached;
        }
        int month = MONTHS.indexOf(text.substring(at + 3, at + 6));
        if (month < 0 || month % 3 != 0) {
            throw badTime(text, at);
        }
        try {
            int year = two(text, at + 7) * 100 + two(text, at + 9);
            long day = LocalDate.of(year, month / 3 + 1, two(text, at)).toEpochDay();
            dayText = text.substring(at, at + 11);
            dayCached = day;
            return day;
        } catch (DateTimeException e) {
            throw badTime(text, at);
        }
    }

    private static int two(String text, int at) throws MalformedLineException {
        int tens = text.charAt(at) - '0';
        int ones = text.charAt(at + 1) - '0';
        if (tens < 0 || tens > 9 || ones < 0 || ones > 9) {
            throw new MalformedLineException("the time in brackets must be like 10/Oct/2000:13:55:36 -0700");
        }
        return tens * 10 + ones;
    }

    private static MalformedLineException badTime(String text, int at) {
        return new MalformedLineException("no such time: " + Names.printable(text.substring(at, at + TIME_LENGTH)));
    }

    /** Walks over the words and quoted texts of a line. */
    private static final class Cursor {
        private final String text;
        private int at;

        Cursor(String text, int at) {
            this.text = text;
            this.at = at;
        }

        boolean atEnd() {
            int i = at;
            while (i < text.length() && text.charAt(i) == ' ') {
                i++;
            }
            return i == text.length();
        }

        String word(String what) throws MalformedLineException {
            space(what);
            int end = text.indexOf(' ', at);
            String word = text.substring(at, end < 0 ? text.length() : end);
            if (word.isEmpty()) {
                throw new MalformedLineException(what + " is missing");
            }
            at += word.length();
            return word;
        }

        /** A text in quotes, in which a backslash makes a quote or a backslash literal. */
        String quoted(String what) throws MalformedLineException {
            space(what);
            if (at >= text.length() || text.charAt(at) != '"') {
                throw new MalformedLineException(what + " must stand in quotes");
            }
            int end = at + 1;
            boolean escaped = false;
            while (end < text.length() && text.charAt(end) != '"') {
                if (text.charAt(end) == '\\') {
                    escaped = true;
                    end++;
                }
                end++;
            }
            if (end >= text.length()) {
                throw new MalformedLineException(what + " has a quote that isn't closed");
            }
            String raw = text.substring(at + 1, end);
            at = end + 1;
            return escaped ? raw.replace("\\\"", "\"").replace("\\\\", "\\") : raw;
        }

        private void space(String what) throws MalformedLineException {
            if (at >= text.length() || text.charAt(at) != ' ') {
                throw new MalformedLineException(what + " is missing");
            }
            at++;
        }
    }
}

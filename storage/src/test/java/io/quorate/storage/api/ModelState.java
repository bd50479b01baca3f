package io.quorate.storage.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.command.LimitDefinition;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Header;
import io.quorate.core.machine.LimitSweep;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.machine.StateView;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.storage.codec.ByteWriter;
import io.quorate.storage.codec.CounterCodec;
import io.quorate.storage.codec.HeaderCodec;
import io.quorate.storage.codec.LimitCodec;
import io.quorate.storage.codec.RulesCodec;
import io.quorate.storage.codec.SessionCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** The state that a store should have, as plainly as can be, and random changes of it. */
public final class ModelState {
    private final Random random;
    private final RandomRows rows;
    private final int keys;
    private Header header = Header.EMPTY;
    private final TreeMap<QuotaKey, CounterRow> counters = new TreeMap<>();
    private final TreeMap<Long, Session> sessions = new TreeMap<>();
    private final TreeMap<Integer, LimitDefinition> limits = new TreeMap<>();
    private final TreeMap<String, AppliedRules> rules = new TreeMap<>();

    /** A model whose changes touch {@code keys} different counters. */
    public ModelState(Random random, int keys) {
        this.random = random;
        this.rows = new RandomRows(random);
        this.keys = keys;
    }

    /** Changes that one entry could make, already made here. */
    public StateChanges next(int countersMax) {
        TreeMap<QuotaKey, CounterRow> changed = new TreeMap<>();
        for (int i = random.nextInt(countersMax + 1); i > 0; i--) {
            boolean remove = random.nextInt(4) == 0;
            changed.put(rows.key(keys), remove ? CounterRow.FRESH : rows.counter());
        }
        List<CounterEntry> entries = new ArrayList<>();
        changed.forEach((key, row) -> entries.add(new CounterEntry(key, row)));

        TreeMap<Long, Session> touched = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            long id = 1 + random.nextInt(20);
            touched.put(id, rows.session(id));
        }
        List<Long> closed = new ArrayList<>();
        sessions.keySet().stream()
                .filter(id -> !touched.containsKey(id) && random.nextInt(10) == 0)
                .forEach(closed::add);
        List<LimitDefinition> defined = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            defined.add(rows.limit(1 + random.nextInt(30)));
        }
        List<AppliedRules> put = new ArrayList<>();
        if (random.nextInt(6) == 0) {
            put.add(rows.rules("ns-" + random.nextInt(5), 1 + random.nextInt(100)));
        }
        List<Integer> pruned =
                limits.keySet().stream().filter(id -> random.nextInt(10) == 0).toList();
        return apply(entries, touched, closed, defined, pruned, put);
    }

    private StateChanges apply(
            List<CounterEntry> entries,
            TreeMap<Long, Session> touched,
            List<Long> closed,
            List<LimitDefinition> defined,
            List<Integer> pruned,
            List<AppliedRules> put) {
        for (CounterEntry entry : entries) {
            if (entry.row().isFresh()) {
                counters.remove(entry.key());
            } else {
                counters.put(entry.key(), entry.row());
            }
        }
        long spanBefore = answerSpan();
        sessions.putAll(touched);
        sessions.keySet().removeAll(closed);
        defined.forEach(definition -> limits.put(definition.limitId(), definition));
        limits.keySet().removeAll(pruned);
        put.forEach(applied -> rules.put(applied.namespace(), applied));
        byte[] cursor = new byte[random.nextInt(5)];
        random.nextBytes(cursor);
        header = new Header(
                header.appliedIndex() + 1 + random.nextInt(3),
                1 + random.nextInt(5),
                header.logTimeMillis() + random.nextInt(100),
                random.nextInt(50),
                1 + random.nextInt(50),
                1 + limits.size(),
                cursor,
                LimitSweep.of(random.nextInt(3), new int[] {1 + random.nextInt(9), 10, 300}),
                counters.size(),
                random.nextInt(1000),
                random.nextLong());
        return new StateChanges(
                header,
                entries,
                List.copyOf(touched.values()),
                closed,
                answerSpan() - spanBefore,
                defined,
                pruned,
                put);
    }

    public Header header() {
        return header;
    }

    public long answerSpan() {
        return sessions.values().stream().mapToLong(Session::answerSpan).sum();
    }

    /** Any counter's key, whether it is there or not. */
    public QuotaKey anyKey() {
        return rows.key(keys);
    }

    public CounterRow counter(QuotaKey key) {
        return counters.getOrDefault(key, CounterRow.FRESH);
    }

    public List<CounterEntry> countersAfter(byte[] cursor, int countMax) {
        return counters.entrySet().stream()
                .filter(entry -> Arrays.compareUnsigned(entry.getKey().bytes(), cursor) > 0)
                .limit(countMax)
                .map(entry -> new CounterEntry(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Everything in order, as bytes. */
    public byte[] image() {
        ByteWriter out = new ByteWriter();
        HeaderCodec.writeRow(header, out);
        counters.forEach((key, row) -> writeCounter(key, row, out));
        sessions.values().forEach(session -> SessionCodec.writeRow(session, out));
        out.putVarLong(answerSpan());
        limits.values().forEach(definition -> LimitCodec.writeRow(definition, out));
        rules.values().forEach(applied -> RulesCodec.writeRow(applied, out));
        return out.toByteArray();
    }

    /** The same of a store, its counters read {@code pageCount} at a time. */
    public static byte[] image(StateView view, int pageCount) {
        ByteWriter out = new ByteWriter();
        HeaderCodec.writeRow(view.header(), out);
        byte[] cursor = new byte[0];
        while (true) {
            List<CounterEntry> page = view.countersAfter(cursor, pageCount);
            for (CounterEntry entry : page) {
                writeCounter(entry.key(), entry.row(), out);
                cursor = entry.key().bytes();
            }
            if (page.size() < pageCount) {
                break;
            }
        }
        view.sessions().forEach(session -> SessionCodec.writeRow(session, out));
        out.putVarLong(view.answerSpan());
        List<LimitDefinition> limits = view.limits();
        limits.forEach(definition -> LimitCodec.writeRow(definition, out));
        int from = limits.size() / 2;
        int last = from == 0 ? 0 : limits.get(from - 1).limitId();
        assertThat(view.limitsAfter(last, 3)).isEqualTo(limits.subList(from, Math.min(from + 3, limits.size())));
        view.allRules().forEach(applied -> RulesCodec.writeRow(applied, out));
        return out.toByteArray();
    }

    private static void writeCounter(QuotaKey key, CounterRow row, ByteWriter out) {
        out.putBytes(key.bytes());
        CounterCodec.writeRow(row, out);
    }
}

package io.quorate.storage.codec;

import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of a namespace's rules: as a row of its own, as applied, and a rule alone. */
public final class RulesCodec {
    private static final int ANY = 0;
    private static final int EXACT = 1;
    private static final int PREFIX = 2;

    private RulesCodec() {}

    public static void writeRow(AppliedRules rules, ByteWriter out) {
        int from = RowKind.RULES.begin(out);
        out.putString(rules.namespace()).putVarLong(rules.version());
        writeColocate(rules.colocate(), out);
        out.putVarInt(rules.rules().size());
        for (NumberedRule rule : rules.rules()) {
            write(rule.rule(), out);
            out.putVarInt(rule.limitId());
        }
        RowKind.RULES.end(out, from);
    }

    /** Reads a stored row that takes all the bytes left. */
    public static AppliedRules readRow(ByteReader in) {
        RowKind.RULES.open(in);
        String namespace = in.readString(Names.NAME_BYTES_MAX);
        long version = in.readVarLong();
        Optional<String> colocate = readColocate(in);
        int count = in.readCount(RuleSet.RULES_MAX, 8);
        List<NumberedRule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add(new NumberedRule(read(in), in.readVarInt()));
        }
        in.expectEnd();
        try {
            return new AppliedRules(namespace, version, colocate, rules);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("rules are impossible: " + e.getMessage(), e);
        }
    }

    /** Writes one rule, without the number of its limit. */
    public static void write(Rule rule, ByteWriter out) {
        out.putString(rule.id()).putVarInt(rule.match().size());
        for (EntryMatch match : rule.match()) {
            out.putString(match.name());
            write(match.pattern(), out);
        }
        LimitCodec.write(rule.limit(), out);
        TermsCodec.writeMode(rule, out);
        TermsCodec.writeTerms(rule, out);
    }

    /** Reads one rule. */
    public static Rule read(ByteReader in) {
        try {
            String id = in.readString(Names.NAME_BYTES_MAX);
            int count = in.readCount(QuotaKey.VALUES_MAX, 3);
            List<EntryMatch> match = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                match.add(new EntryMatch(in.readString(Names.NAME_BYTES_MAX), readPattern(in)));
            }
            Limit limit = LimitCodec.read(in);
            return TermsCodec.readTerms(in, in.readByte(), id, match, limit);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a rule is impossible: " + e.getMessage(), e);
        }
    }

    /** Writes the entry by which a namespace is spread, if there is one. */
    public static void writeColocate(Optional<String> colocate, ByteWriter out) {
        out.putBoolean(colocate.isPresent());
        colocate.ifPresent(out::putString);
    }

    public static Optional<String> readColocate(ByteReader in) {
        return in.readBoolean() ? Optional.of(in.readString(Names.NAME_BYTES_MAX)) : Optional.empty();
    }

    private static void write(Pattern pattern, ByteWriter out) {
        if (pattern instanceof Pattern.Exact exact) {
            out.putByte(EXACT).putString(exact.value());
        } else if (pattern instanceof Pattern.Prefix prefix) {
            out.putByte(PREFIX).putString(prefix.prefix());
        } else {
            out.putByte(ANY);
        }
    }

    private static Pattern readPattern(ByteReader in) {
        int kind = in.readByte();
        switch (kind) {
            case ANY:
                return new Pattern.Any();
            case EXACT:
                return new Pattern.Exact(in.readString(Names.VALUE_BYTES_MAX));
            case PREFIX:
                return new Pattern.Prefix(in.readString(Names.VALUE_BYTES_MAX));
            default:
                throw new MalformedException("no kind of pattern has the number " + kind);
        }
    }
}

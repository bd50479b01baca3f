package io.quorate.storage.codec;

import io.quorate.core.quota.Names;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.Effect;
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

    private static final int HAS_COLOCATE = 1;
    private static final int HAS_AS_OF = 2;

    private RulesCodec() {}

    public static void writeRow(AppliedRules rules, ByteWriter out) {
        int from = RowKind.RULES.begin(out);
        out.putString(rules.namespace()).putVarLong(rules.version());
        boolean timed = rules.asOfMillis() != 0;
        out.putByte((rules.colocate().isPresent() ? HAS_COLOCATE : 0) | (timed ? HAS_AS_OF : 0));
        rules.colocate().ifPresent(out::putString);
        if (timed) {
            out.putVarLong(rules.asOfMillis());
        }
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
        int bits = in.readByte();
        if ((bits & ~(HAS_COLOCATE | HAS_AS_OF)) != 0) {
            throw new MalformedException("rules have bits " + bits);
        }
        Optional<String> colocate =
                (bits & HAS_COLOCATE) != 0 ? Optional.of(in.readString(Names.NAME_BYTES_MAX)) : Optional.empty();
        long asOfMillis = (bits & HAS_AS_OF) != 0 ? in.readVarLong() : 0;
        if ((bits & HAS_AS_OF) != 0 && asOfMillis == 0) {
            throw new MalformedException("rules as of no time have that time written");
        }
        int count = in.readCount(RuleSet.RULES_MAX, 6);
        List<NumberedRule> rules = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rules.add(new NumberedRule(read(in), in.readVarInt()));
        }
        in.expectEnd();
        try {
            return new AppliedRules(namespace, version, colocate, asOfMillis, rules);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("rules are impossible: " + e.getMessage(), e);
        }
    }

    /** Writes one rule, without the number of its limit. */
    public static void write(Rule rule, ByteWriter out) {
        out.putString(rule.id()).putVarInt(rule.match().size());
        for (EntryMatch match : rule.match()) {
            out.putString(match.name());
            write(match, out);
        }
        TermsCodec.writeEffect(rule.effect(), out);
        TermsCodec.writeMode(rule, out);
        TermsCodec.writeTerms(rule, out);
    }

    /** Reads one rule. */
    public static Rule read(ByteReader in) {
        try {
            String id = in.readString(Names.NAME_BYTES_MAX);
            int count = in.readCount(Rule.CONDITIONS_MAX, 3);
            List<EntryMatch> match = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                match.add(readCondition(in.readString(Names.NAME_BYTES_MAX), in));
            }
            Effect effect = TermsCodec.readEffect(in);
            return TermsCodec.readTerms(in, in.readByte(), id, match, effect);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a rule is impossible: " + e.getMessage(), e);
        }
    }

    private static void write(EntryMatch condition, ByteWriter out) {
        Pattern pattern = condition.pattern();
        int bits = PatternCodec.bits(condition);
        if (pattern instanceof Pattern.Exact exact) {
            out.putByte(EXACT | bits).putString(exact.value());
        } else if (pattern instanceof Pattern.Prefix prefix) {
            out.putByte(PREFIX | bits).putString(prefix.prefix());
        } else if (pattern instanceof Pattern.Any) {
            out.putByte(ANY | bits);
        } else {
            PatternCodec.write(pattern, bits, out);
        }
    }

    private static EntryMatch readCondition(String name, ByteReader in) {
        int first = in.readByte();
        int kind = first & ~PatternCodec.COUNTED_OTHERWISE;
        Pattern pattern = switch (kind) {
            case ANY -> new Pattern.Any();
            case EXACT -> new Pattern.Exact(in.readString(Names.VALUE_BYTES_MAX));
            case PREFIX -> new Pattern.Prefix(in.readString(Names.VALUE_BYTES_MAX));
            default -> PatternCodec.read(kind, in);
        };
        return PatternCodec.condition(name, pattern, first);
    }
}

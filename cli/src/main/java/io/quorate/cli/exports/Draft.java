package io.quorate.cli.exports;

import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.Map;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * A configuration as it was written, before it is known what of its meaning is kept.
 *
 * @param leftOut why a rule isn't in it, by the rule's id
 */
record Draft(String text, Map<String, String> leftOut) {
    Draft {
        leftOut = Map.copyOf(leftOut);
    }

    static Draft of(Object yaml, Map<String, String> leftOut) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .build();
        return new Draft(new Dump(settings).dumpToString(yaml), leftOut);
    }

    /** A rule that the other can't have. */
    static final class Unlike extends Exception {
        private static final long serialVersionUID = 1;

        Unlike(String message) {
            super(message);
        }
    }

    /** Writes one rule, or says why it can't be. */
    interface RuleWriter {
        void write(Rule rule) throws Unlike;
    }

    /** Writes each rule; gives why those that couldn't be written aren't. */
    static Map<String, String> each(RuleSet rules, RuleWriter writer) {
        Map<String, String> leftOut = new TreeMap<>();
        for (Rule rule : rules.rules()) {
            try {
                writer.write(rule);
            } catch (Unlike e) {
                leftOut.put(rule.id(), String.valueOf(e.getMessage()));
            }
        }
        return leftOut;
    }
}

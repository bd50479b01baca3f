package io.quorate.cli.command;

import io.quorate.core.quota.Names;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Names one counter on the command line. */
final class KeyName {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "Whose counter.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "RULE", description = "The id of the rule that counts.")
    private String rule = "";

    @Parameters(
            index = "2..*",
            arity = "0..*",
            paramLabel = "VALUE",
            description = "The values that the rule counts apart (its '*' entries), in the rule's order.")
    private List<String> values = new ArrayList<>();

    String namespace() {
        return Names.checkName("namespace", namespace);
    }

    String rule() {
        return Names.checkName("rule", rule);
    }

    List<String> values() {
        values.forEach(value -> Names.checkValue("value", value));
        return values;
    }
}

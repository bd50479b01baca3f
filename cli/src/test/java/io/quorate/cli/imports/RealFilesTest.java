package io.quorate.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.core.rule.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Configurations of public repositories, in the folder that {@code -Dquorate.rules} names: each is imported, or refused
 * for the reason for which its origin refuses it.
 */
class RealFilesTest {
    /** Per file, by how its name begins: the number of rules, or the reason. */
    private static final Map<String, String> EXPECTED = new LinkedHashMap<>();

    static {
        EXPECTED.put("01-", "17 rules");
        EXPECTED.put("02-", "10 rules");
        EXPECTED.put("03-", "4 rules");
        EXPECTED.put("04-", "6 rules");
        EXPECTED.put("07-", "replaces should not contain name of same descriptor");
        EXPECTED.put("09-", "invalid rate limit unit 'foo'");
        EXPECTED.put("10-", "unknown key 'ratelimit'");
        EXPECTED.put("12-", "should not specify rate limit unit when unlimited");
        EXPECTED.put("18-", "2 rules");
        EXPECTED.put("20-", "2 rules");
        EXPECTED.put("23-", "2 rules");
        EXPECTED.put("25-", "1 rule");
        EXPECTED.put("27-", "4 rules");
        EXPECTED.put("29-", "2 rules");
        EXPECTED.put("30-", "1 rule");
        EXPECTED.put("36-", "2 rules");
        EXPECTED.put("38-", "2 rules");
        EXPECTED.put("40-", "2 rules");
        EXPECTED.put("41-", "4 rules");
    }

    @Test
    void eachIsImportedOrRefusedAsItsOriginWould() throws IOException {
        String folder = System.getProperty("quorate.rules", "");
        assumeTrue(!folder.isEmpty(), "no folder of rule files is given: -Dquorate.rules=DIR");
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(folder))) {
            files = all.filter(file -> !file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
        assertThat(files).hasSameSizeAs(EXPECTED.keySet());
        System.out.printf("%-66s %-14s %s%n", "file", "origin", "outcome");
        for (Path file : files) {
            String name = file.getFileName().toString();
            Imported imported = ForeignFile.read(name, Files.readString(file), Optional.empty(), "imported");
            String outcome = outcome(imported);
            System.out.printf("%-66s %s%n", name, outcome);
            String expected = EXPECTED.get(name.substring(0, 3));
            assertThat(expected).as("what is expected of %s", name).isNotNull();
            String words = outcome.contains("refused: ") ? expected : " " + expected;
            assertThat(outcome).as(name).contains(words);
        }
    }

    private static String outcome(Imported imported) {
        if (imported instanceof Imported.Rejected rejected) {
            return String.format("%-14s refused: %s", "", rejected.problems().get(0));
        }
        Imported.Rules rules = (Imported.Rules) imported;
        int count = 0;
        for (RuleSet set : rules.rules()) {
            count += set.rules().size();
            assertThat(RuleFile.parse("printed", RuleFile.print(set)))
                    .isInstanceOfSatisfying(
                            ParsedRules.Good.class,
                            good -> assertThat(good.rules()).isEqualTo(set));
        }
        Map<Remark.Kind, Integer> kinds = new LinkedHashMap<>();
        rules.remarks().forEach(remark -> kinds.merge(remark.kind(), 1, Integer::sum));
        StringBuilder remarks = new StringBuilder();
        kinds.forEach((kind, number) ->
                remarks.append("; ").append(number).append(' ').append(kind.label()));
        return String.format("%-14s %d rule%s%s", rules.origin().label(), count, count == 1 ? "" : "s", remarks);
    }
}

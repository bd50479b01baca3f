package io.quorate.cli.rulefile;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NaiveMatcher;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.RandomRules;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.core.testing.Tries;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleFileTest {
    private static final String SHOP = """
            namespace: shop
            rules:
              - id: per-client
                match: {client: "*"}            # one counter per value of client
                limit: {algorithm: gcra, amount: 60, period: 60s, burst: 20}
              - id: search-global
                match: {endpoint: "/search*"}   # prefix; one counter for the rule
                limit: {algorithm: fixed-window, amount: 1000, period: 1s}
                mode: shadow                    # counted and reported, never denies
            """;

    @TempDir
    private Path folder;

    @Test
    void readsTheShapeOfTheReadme() {
        RuleSet rules = good(SHOP);
        assertThat(rules.namespace()).isEqualTo("shop");
        assertThat(rules.colocate()).isEmpty();
        assertThat(rules.rules())
                .containsExactly(
                        new Rule(
                                "per-client",
                                List.of(new EntryMatch("client", new Pattern.Any())),
                                new Limit(Algorithm.GCRA, 60, 60_000, 20),
                                Mode.ENFORCE),
                        new Rule(
                                "search-global",
                                List.of(new EntryMatch("endpoint", new Pattern.Prefix("/search"))),
                                Limit.of(Algorithm.FIXED_WINDOW, 1000, 1000),
                                Mode.SHADOW));
    }

    @Test
    void printsWhatItReads() {
        String printed = RuleFile.print(good(SHOP));
        assertThat(printed).isEqualTo(SHOP.replaceAll(" +#.*", ""));
    }

    @Test
    void readsAndPrintsWhatClientsMayDo() {
        String text = """
                namespace: shop
                rules:
                  - id: a
                    limit: {algorithm: gcra, amount: 1000, period: 1s}
                    lease: off
                    on-unavailable: {allow: 50, period: 1s}
                  - id: b
                    limit: {algorithm: gcra, amount: 1000, period: 1s}
                    mode: shadow
                    lease: {max: 500, ttl: 3s}
                  - id: c
                    limit: {algorithm: gcra, amount: 1000, period: 1s}
                    lease: {ttl: 250ms}
                  - id: d
                    limit: {algorithm: gcra, amount: 1000, period: 1s}
                    lease: {max: 1}
                """;
        RuleSet rules = good(text);
        assertThat(rules.rules())
                .extracting(Rule::leaseTerms)
                .containsExactly(
                        LeaseTerms.OFF,
                        new LeaseTerms(true, 500, 3000),
                        new LeaseTerms(true, 0, 250),
                        new LeaseTerms(true, 1, 0));
        assertThat(rules.rules())
                .extracting(Rule::failureTerms)
                .containsExactly(new FailureTerms(50, 1000), FailureTerms.DENY, FailureTerms.DENY, FailureTerms.DENY);
        assertThat(RuleFile.print(rules)).isEqualTo(text);
    }

    @Test
    void denyIsTheDefault() {
        String shop = SHOP.replaceAll(" +#.*", "");
        assertThat(good(shop + "    on-unavailable: deny\n")).isEqualTo(good(shop));
    }

    @Test
    void numbersMayHaveUnderscoresAndPlainValuesArePatterns() {
        RuleSet rules = good("""
                namespace: 24-7
                rules:
                  - id: 404
                    match: {status: 404, flag: no, file: /a*, literal: 'x\\*', empty: ""}
                    limit: {algorithm: token-bucket, amount: 1_000_000, period: 1h30m}
                """);
        Rule rule = rules.rules().get(0);
        assertThat(rules.namespace()).isEqualTo("24-7");
        assertThat(rule.id()).isEqualTo("404");
        assertThat(rule.limit()).isEqualTo(Limit.of(Algorithm.TOKEN_BUCKET, 1_000_000, 5_400_000));
        assertThat(rule.match())
                .extracting(EntryMatch::pattern)
                .containsExactly(
                        new Pattern.Exact("404"),
                        new Pattern.Exact("no"),
                        new Pattern.Prefix("/a"),
                        new Pattern.Exact("x*"),
                        new Pattern.Exact(""));
    }

    @Test
    void byteOrderMarkAndCarriageReturnsAreRead() {
        assertThat(good("\ufeff" + SHOP.replace("\n", "\r\n")).rules()).hasSize(2);
    }

    @Test
    void randomRulesReadBackAsTheSame() {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            RuleSet rules = randomRules(random);
            ParsedRules parsed = RuleFile.parse("printed", RuleFile.print(rules));
            assertThat(parsed)
                    .as("-Dseed=%d run %d:%n%s", seed, i, RuleFile.print(rules))
                    .extracting(RuleFileTest::rulesOf)
                    .isEqualTo(rules);
        }
    }

    @Test
    void randomRulesOfAllKindsReadBackAsOnesThatMatchTheSame() {
        Tries.run("RuleFile", 1000, random -> {
            List<Rule> rules = new ArrayList<>();
            for (int i = random.nextInt(10); i >= 0; i--) {
                rules.add(RandomRules.rule("r" + i, 10, random));
            }
            String printed = RuleFile.print(new RuleSet("ns", Optional.empty(), rules));
            RuleSet read = good(printed);
            assertThat(RuleFile.print(read)).isEqualTo(printed);
            long asOfMillis = random.nextInt(30);
            NaiveMatcher before = matcher(rules, asOfMillis);
            NaiveMatcher after = matcher(read.rules(), asOfMillis);
            for (int i = 0; i < 10; i++) {
                Map<String, String> request = RandomRules.request(random);
                assertThat(sorted(after.match(request)))
                        .as("%s by%n%s", request, printed)
                        .isEqualTo(sorted(before.match(request)));
            }
        });
    }

    /** Conditions of one entry come together in a file, so counted values may change places. */
    private static List<List<String>> sorted(List<List<String>> keys) {
        return keys.stream().map(key -> key.stream().sorted().toList()).toList();
    }

    private static NaiveMatcher matcher(List<Rule> rules, long asOfMillis) {
        List<NumberedRule> numbered =
                rules.stream().map(rule -> new NumberedRule(rule, 1)).toList();
        return new NaiveMatcher(new AppliedRules("ns", 1, Optional.empty(), asOfMillis, numbered));
    }

    private static RuleSet rulesOf(ParsedRules parsed) {
        return ((ParsedRules.Good) parsed).rules();
    }

    @Test
    void tabsInTheIndentationAreAllReported() {
        assertThat(bad("namespace: shop\nrules:\n\t- id: a\n \t limit: {}\n"))
                .extracting(Problem::toString)
                .containsExactly(
                        "f:3:1: a tab in the indentation; indent with spaces",
                        "f:4:2: a tab in the indentation; indent with spaces");
    }

    @Test
    void unprintableCharactersAreNamed() {
        assertThat(bad("namespace: sh\u0007op\n"))
                .extracting(Problem::toString)
                .containsExactly("f:1:14: the character U+0007; leave it out; a rule file holds printable text only");
    }

    @Test
    void nestingEnds() {
        assertThat(bad("a: " + "[".repeat(100_000) + "]".repeat(100_000)))
                .extracting(Problem::what)
                .containsExactly("nested deeper than 32");
        assertThat(bad("{".repeat(100_000))).extracting(Problem::what).containsExactly("nested deeper than 32");
    }

    @Test
    void aliasesThatWouldExpandAreRefused() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 40; i++) {
            laughs.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(bad(laughs.toString())).hasSize(Problems.PROBLEMS_MAX);
    }

    @Test
    void sizeIsBounded() throws IOException {
        String large = "#".repeat(RuleFile.SIZE_BYTES_MAX + 1);
        assertThat(bad(large)).extracting(Problem::what).containsExactly("larger than 134217728 bytes");
        Path file = Files.writeString(folder.resolve("large.yaml"), large);
        assertThat(bad(RuleFile.parse(file))).extracting(Problem::what).containsExactly("larger than 134217728 bytes");
    }

    @Test
    void aNamespaceOfManyRulesIsRead() {
        StringBuilder text = new StringBuilder("namespace: shop\nrules:\n");
        for (int i = 0; i < 2_000; i++) {
            text.append("- {id: r%d, match: {c: \"v%d\"}, limit: {algorithm: gcra, amount: 1, period: 1s}}%n"
                    .formatted(i, i));
        }
        assertThat(good(text.toString()).rules()).hasSize(2_000);
    }

    @Test
    void filesThatCantBeReadAreProblems() throws IOException {
        assertThat(bad(RuleFile.parse(folder.resolve("none.yaml"))))
                .extracting(Problem::what)
                .containsExactly("no such file");
        assertThat(bad(RuleFile.parse(folder))).extracting(Problem::what).containsExactly("is a directory");
        Path latin = Files.write(
                folder.resolve("latin.yaml"), "namespace: a\n# k\u00fcche\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(bad(RuleFile.parse(latin)))
                .extracting(Problem::toString)
                .containsExactly(latin + ":2:4: a byte that isn't UTF-8; save the file as UTF-8");
        Path right = Files.writeString(folder.resolve("right.yaml"), SHOP);
        assertThat(rulesOf(RuleFile.parse(right))).isEqualTo(good(SHOP));
    }

    private static RuleSet good(String text) {
        ParsedRules parsed = RuleFile.parse("f", text);
        assertThat(parsed).isInstanceOf(ParsedRules.Good.class);
        return ((ParsedRules.Good) parsed).rules();
    }

    private static List<Problem> bad(String text) {
        return bad(RuleFile.parse("f", text));
    }

    private static List<Problem> bad(ParsedRules parsed) {
        assertThat(parsed).isInstanceOf(ParsedRules.Bad.class);
        return ((ParsedRules.Bad) parsed).problems();
    }

    private static RuleSet randomRules(Random random) {
        boolean colocated = random.nextInt(4) == 0;
        List<Rule> rules = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            List<EntryMatch> match = new ArrayList<>();
            if (colocated) {
                match.add(new EntryMatch("tenant", new Pattern.Any()));
            }
            for (int j = random.nextInt(3); j > 0; j--) {
                match.add(new EntryMatch(randomName(random) + j, Pattern.parse(randomValue(random))));
            }
            Algorithm algorithm = Algorithm.values()[random.nextInt(Algorithm.values().length)];
            boolean bucket = algorithm == Algorithm.GCRA || algorithm == Algorithm.TOKEN_BUCKET;
            long amount = 1 + random.nextInt(1000);
            long burst = bucket && random.nextBoolean() ? 1 + random.nextInt(1000) : amount;
            Mode mode = random.nextBoolean() ? Mode.ENFORCE : Mode.SHADOW;
            Limit limit = new Limit(algorithm, amount, 1 + random.nextInt(100_000_000), burst);
            LeaseTerms lease = randomLease(random, limit);
            FailureTerms failure = random.nextBoolean()
                    ? FailureTerms.DENY
                    : new FailureTerms(1 + random.nextInt(1000), 1 + random.nextInt(100_000_000));
            rules.add(new Rule(randomName(random) + i, match, limit, mode, lease, failure));
        }
        return new RuleSet(randomName(random), colocated ? Optional.of("tenant") : Optional.empty(), rules);
    }

    private static LeaseTerms randomLease(Random random, Limit limit) {
        if (random.nextInt(4) == 0) {
            return LeaseTerms.OFF;
        }
        long tokensMax = random.nextBoolean() ? 0 : 1 + random.nextInt((int) limit.capacity());
        long ttlMillis = random.nextBoolean() ? 0 : 100 + random.nextInt(59_901);
        return new LeaseTerms(true, tokensMax, ttlMillis);
    }

    private static String randomName(Random random) {
        String letters = "abzAZ09._-";
        List<String> odd = List.of("null", "true", "no", "-", ".", "0x1f", "1e3", "NULL", "y");
        if (random.nextInt(4) == 0) {
            return odd.get(random.nextInt(odd.size()));
        }
        StringBuilder name = new StringBuilder();
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            name.append(letters.charAt(random.nextInt(letters.length())));
        }
        return name.toString();
    }

    private static String randomValue(Random random) {
        List<String> parts = List.of(
                "a",
                "\"",
                "\\",
                "*",
                "'",
                " ",
                ": ",
                "#",
                "{",
                "]",
                "\u00fc",
                "\u2028",
                "\ufeff",
                "\ud83d\ude00",
                "&",
                "%",
                "|",
                "?",
                "~");
        StringBuilder value = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            value.append(parts.get(random.nextInt(parts.size())));
        }
        return value.toString();
    }
}

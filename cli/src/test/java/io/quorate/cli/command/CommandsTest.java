package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.rulefile.BadRuleFiles;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import io.quorate.client.api.QuorateException.Kind;
import io.quorate.client.api.Result;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command against a fake cluster: what it prints and how it exits. */
class CommandsTest {
    private static final String RULES = """
            namespace: shop
            rules:
              - id: per-client
                match: {client: "*"}
                limit: {algorithm: fixed-window, amount: 2, period: 60s}
              - id: all
                limit: {algorithm: fixed-window, amount: 1, period: 60s}
                mode: shadow
            """;

    @TempDir
    private Path folder;

    private final FakeCluster cluster = new FakeCluster();
    private final List<List<String>> connected = new ArrayList<>();
    private final List<Duration> timeouts = new ArrayList<>();
    private Map<String, String> environment = Map.of();
    private String out = "";
    private String err = "";

    @Test
    void acquireSaysWhatEachRuleSaysAndExitsByTheVerdict() throws IOException {
        apply();
        assertThat(quorate("acquire", "shop", "client=42", "endpoint=/a")).isZero();
        assertThat(out).isEqualTo("""
                        granted
                        rule        mode     says  remaining  retry after  reset after
                        per-client  enforce  yes           1            -          60s
                        all         shadow   yes           0            -          60s
                        """);
        assertThat(quorate("acquire", "shop", "client=42", "--cost", "2")).isEqualTo(3);
        assertThat(out).startsWith("denied by per-client: try again in 60s\n");
        assertThat(quorate("acquire", "shop", "client=42", "--cost", "3")).isEqualTo(3);
        assertThat(out).startsWith("denied by per-client: it can never be granted");
        assertThat(quorate("acquire", "other")).isEqualTo(2);
        assertThat(err).isEqualTo("quorate: namespace 'other' has no rules\n");
        Path some = write(
                "some.yaml", RULES.substring(0, RULES.indexOf("  - id: all")).replace("shop", "some"));
        assertThat(quorate("rules", "apply", some.toString())).isZero();
        assertThat(quorate("acquire", "some", "user=1")).isZero();
        assertThat(out).isEqualTo("granted: no rule matches\n");
        assertThat(cluster.closed).isTrue();
    }

    @Test
    void acquireWritesJson() throws IOException {
        apply();
        assertThat(quorate("acquire", "shop", "client=42", "--json")).isZero();
        JsonNode granted = json();
        assertThat(granted.get("verdict").asText()).isEqualTo("granted");
        assertThat(granted.get("rules")).hasSize(2);
        assertThat(granted.at("/position/group").asInt()).isEqualTo(1);
        assertThat(quorate("--json", "acquire", "shop", "client=42", "--cost", "5"))
                .isEqualTo(3);
        JsonNode denied = json();
        assertThat(denied.get("verdict").asText()).isEqualTo("denied");
        assertThat(denied.get("rule").asText()).isEqualTo("per-client");
        assertThat(denied.get("retry_after_ms").asLong()).isEqualTo(-1);
    }

    @Test
    void acquireThatIsUnknownExitsWithFour() throws IOException {
        cluster.answer = Optional.of(new Result.Unknown("the time ran out", true));
        assertThat(quorate("acquire", "shop", "client=42")).isEqualTo(4);
        assertThat(err).isEqualTo("quorate: unknown: the time ran out (the tokens may or may not have been taken)\n");
        assertThat(quorate("acquire", "shop", "client=42", "--json")).isEqualTo(4);
        assertThat(json().get("maybe_executed").asBoolean()).isTrue();
    }

    @Test
    void acquireWaitsAsLongAsTold() throws IOException {
        apply();
        assertThat(quorate("acquire", "shop", "client=a=b", "--wait", "1m30s")).isZero();
        assertThat(cluster.waited).isEqualTo(Duration.ofSeconds(90));
        assertThat(cluster.acquired.get(0).descriptor().value("client")).contains("a=b");
    }

    @Test
    void whatClientsMayDoIsShownAsItWasApplied() throws IOException {
        apply();
        assertThat(quorate("rules", "get", "shop", "--json")).isZero();
        assertThat(json().at("/rules/0").has("lease")).isFalse();
        assertThat(json().at("/rules/0").has("on_unavailable")).isFalse();
        String terms = RULES + "    lease: {max: 1, ttl: 3s}\n    on-unavailable: {allow: 50, period: 1s}\n";
        assertThat(quorate("rules", "check", write("terms.yaml", terms).toString()))
                .isZero();
        assertThat(quorate("rules", "apply", write("terms.yaml", terms).toString()))
                .isZero();
        assertThat(out).isEqualTo("namespace shop: 2 rules are in force as version 2\n");
        assertThat(quorate("rules", "get", "shop")).isZero();
        assertThat(out).isEqualTo("# version 2\n" + terms);
        assertThat(quorate("rules", "get", "shop", "--json")).isZero();
        assertThat(json().at("/rules/1/lease/max").asInt()).isEqualTo(1);
        assertThat(json().at("/rules/1/lease/ttl_ms").asInt()).isEqualTo(3000);
        assertThat(json().at("/rules/1/on_unavailable/allow").asInt()).isEqualTo(50);
        assertThat(json().at("/rules/1/on_unavailable/period_ms").asInt()).isEqualTo(1000);
        quorate("rules", "apply", write("off.yaml", RULES + "    lease: off\n").toString());
        assertThat(quorate("rules", "get", "shop", "--json")).isZero();
        assertThat(json().at("/rules/1/lease").asText()).isEqualTo("off");
    }

    @Test
    void theClusterComesFromFlagEnvironmentOrDefault() {
        quorate("node", "list");
        environment = Map.of("QUORATE_CLUSTER", "a:1, b:2");
        quorate("node", "list", "--timeout", "250ms");
        quorate("node", "list", "-c", "c:3");
        assertThat(connected).containsExactly(List.of("127.0.0.1:7401"), List.of("a:1", "b:2"), List.of("c:3"));
        assertThat(timeouts.get(1)).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void rulesAreAppliedShownListedAndDeleted() throws IOException {
        Path file = apply();
        assertThat(out).isEqualTo("namespace shop: 2 rules are in force as version 1\n");
        assertThat(quorate("rules", "apply", file.toString())).isZero();
        assertThat(out).contains("nothing to change");
        assertThat(quorate("rules", "get", "shop")).isZero();
        assertThat(out).isEqualTo("# version 1\n" + RULES);
        assertThat(quorate("rules", "get", "shop", "--json")).isZero();
        assertThat(json().at("/rules/0/match/client").asText()).isEqualTo("*");
        assertThat(quorate("rules", "list")).isZero();
        assertThat(out).contains("namespace").contains("shop");
        assertThat(quorate("rules", "list", "--json")).isZero();
        assertThat(json().get(0).get("rules").asInt()).isEqualTo(2);
        assertThat(quorate("rules", "apply", file.toString(), "--if-version", "7"))
                .isEqualTo(2);
        assertThat(err).contains("the version of 'shop' is 1");
        assertThat(quorate("rules", "delete", "shop", "--json")).isZero();
        assertThat(json().get("changed").asBoolean()).isTrue();
        assertThat(quorate("rules", "delete", "shop")).isZero();
        assertThat(out).contains("there were no rules to delete");
        assertThat(quorate("rules", "get", "shop")).isEqualTo(2);
        assertThat(err).contains("namespace 'shop' has no rules");
    }

    @Test
    void rulesCheckNamesEveryProblemAndAsksNoCluster() throws IOException {
        Path good = write("good.yaml", RULES);
        Path bad = write("bad.yaml", RULES.replace("amount: 2", "amount: two").replace("mode: shadow", "mode: dry"));
        assertThat(quorate("rules", "check", good.toString())).isZero();
        assertThat(out).isEqualTo(good + ": namespace shop: 2 rules are right\n");
        assertThat(quorate("rules", "check", good.toString(), bad.toString())).isEqualTo(2);
        assertThat(err).contains("bad.yaml:5:46: amount is 'two'").contains("bad.yaml:8:11: unknown mode 'dry'");
        assertThat(quorate("rules", "check", "--json", bad.toString())).isEqualTo(2);
        assertThat(json().get("problems")).hasSize(2);
        assertThat(quorate("rules", "apply", bad.toString())).isEqualTo(2);
        assertThat(err).contains("amount is 'two'");
        assertThat(connected).isEmpty();
        assertThat(cluster.namespaces).isEmpty();
    }

    @Test
    void whatIsHardlyMeantIsANoteAndWithStrictAnError() throws IOException {
        String odd = """
                namespace: shop
                rules:
                  - id: all
                    limit: {algorithm: fixed-window, amount: 5, period: 1s}
                    replaces: [al]
                """;
        Path file = write("odd.yaml", odd);
        assertThat(quorate("rules", "check", file.toString())).isZero();
        assertThat(err).contains(file + ":5:15: rule 'all': replaces 'al', but there is no such rule");
        assertThat(quorate("rules", "check", "--strict", file.toString())).isEqualTo(2);
        assertThat(quorate("rules", "check", "--json", file.toString())).isZero();
        assertThat(json().get("right").asBoolean()).isTrue();
        assertThat(json().get("findings").get(0).get("kind").asText()).isEqualTo("unknown");
        assertThat(json().get("findings").get(0).get("line").asInt()).isEqualTo(5);
        assertThat(json().get("findings").get(0).get("column").asInt()).isEqualTo(15);
    }

    @ParameterizedTest
    @MethodSource("io.quorate.cli.rulefile.BadRuleFiles#cases")
    void ofABadFileNothingIsApplied(BadRuleFiles.Case bad) throws IOException {
        apply();
        Map<String, NamespaceRules> before = Map.copyOf(cluster.namespaces);
        Path file = write("bad.yaml", bad.text());
        assertThat(quorate("rules", "apply", file.toString())).isEqualTo(2);
        assertThat(err).contains(file + ":").contains(bad.problems().get(0).words());
        assertThat(out).isEmpty();
        assertThat(quorate("rules", "apply", file.toString(), "--json")).isEqualTo(2);
        assertThat(json().has("version")).isFalse();
        assertThat(cluster.namespaces).isEqualTo(before);
        assertThat(quorate("rules", "list", "--json")).isZero();
        assertThat(json()).hasSize(1);
        assertThat(json().at("/0/version").asInt()).isEqualTo(1);
    }

    @Test
    void keysAreListedInspectedAndReset() throws IOException {
        cluster.keys.add(details("per-client", List.of("42"), 5));
        cluster.keys.add(details("per-client", List.of("e\u001b[31mvil"), 7));
        cluster.keys.add(details("all", List.of(), 9));
        assertThat(quorate("key", "list", "shop")).isZero();
        assertThat(out).contains("per-client").contains("e\\x1b[31mvil").doesNotContain("\u001b");
        assertThat(quorate("key", "list", "shop", "--limit", "2", "--json")).isZero();
        assertThat(json().get("keys")).hasSize(2);
        assertThat(json().get("next_cursor").asText()).isEqualTo("2");
        assertThat(out).doesNotContain("\u001b");
        assertThat(quorate("key", "list", "shop", "--cursor", "2", "--rule", "all"))
                .isZero();
        assertThat(out).contains("all").doesNotContain("per-client");
        assertThat(quorate("key", "inspect", "shop", "per-client", "42")).isZero();
        assertThat(out).contains("shop/per-client/42").contains("gcra 10 per 60s");
        assertThat(quorate("key", "inspect", "shop", "per-client", "42", "--json"))
                .isZero();
        assertThat(json().get("used").asInt()).isEqualTo(5);
        assertThat(quorate("key", "reset", "shop", "per-client", "42")).isZero();
        assertThat(out).isEqualTo("reset\n");
        assertThat(quorate("key", "reset", "shop", "per-client", "42", "--json"))
                .isZero();
        assertThat(json().get("reset").asBoolean()).isFalse();
        assertThat(quorate("key", "inspect", "shop", "none", "42")).isEqualTo(2);
        assertThat(err).isEqualTo("quorate: no rule 'none' in shop\n");
    }

    @Test
    void groupsAndNodesAreShown() throws IOException {
        assertThat(quorate("group", "list")).isZero();
        assertThat(out).contains("leader").contains("20 MiB").contains("000000000000abcd");
        assertThat(quorate("group", "list", "--json")).isZero();
        assertThat(json()).hasSize(2);
        assertThat(quorate("group", "describe", "1")).isZero();
        assertThat(out).contains("members: n1, n2");
        assertThat(quorate("group", "describe", "1", "--json")).isZero();
        assertThat(json().get(0).get("digest").asText()).isEqualTo("000000000000abcd");
        assertThat(quorate("group", "describe", "5")).isEqualTo(2);
        assertThat(err).contains("no group 5; there are groups 0 to 1");
        assertThat(quorate("group", "transfer-leader", "1", "--to", "n2")).isZero();
        assertThat(quorate("group", "transfer-leader", "1", "--to", "n1", "--json"))
                .isZero();
        assertThat(cluster.transfers).containsExactly("1 to n2", "1 to n1");
        assertThat(quorate("node", "list")).isZero();
        assertThat(out).contains("127.0.0.1:7501").contains("no");
        assertThat(quorate("node", "list", "--json")).isZero();
        assertThat(json().get(1).get("reachable").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"INVALID,2", "NOT_FOUND,2", "CONFLICT,2", "UNAVAILABLE,4", "UNKNOWN,4"})
    void failuresOfTheClusterExitByTheirKind(Kind kind, int exitCode) throws IOException {
        cluster.failure = Optional.of(new QuorateException(kind, "no node\u001b answers"));
        assertThat(quorate("node", "list")).isEqualTo(exitCode);
        assertThat(err).isEqualTo("quorate: no node\\x1b answers\n");
        assertThat(quorate("node", "list", "--json")).isEqualTo(exitCode);
        assertThat(json().get("error").asText()).contains("answers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rules",
                "servr",
                "acquire",
                "acquire shop client",
                "acquire shop =x",
                "acquire shop client=a client=b",
                "acquire my/shop client=a",
                "acquire shop client=a --cost 0",
                "acquire shop client=a --cost -1",
                "acquire shop client=a --cost many",
                "acquire shop client=a --cost 1000000001",
                "acquire shop client=a --wait 5",
                "acquire shop client=a --wait 2d",
                "acquire shop client=a --timeout soon",
                "acquire shop client=a --cluster nowhere",
                "acquire shop client=a --cluster a:99999",
                "acquire shop client=a --cluster a:1,,b:2",
                "acquire shop client=a --frobnicate",
                "rules apply",
                "rules apply none.yaml",
                "rules check",
                "rules get",
                "rules get my/shop",
                "rules delete shop --if-version -1",
                "rules delete shop --if-version x",
                "key list",
                "key list shop --limit 0",
                "key inspect shop",
                "group describe one",
                "group describe -1",
                "group transfer-leader 1",
                "group dump-log",
                "group dump-log --data none",
                "replay",
                "replay none.csv",
                "replay none.csv --rules none.yaml --speed 10",
                "replay none.csv --rules none.yaml --live --speed 0",
                "replay none.csv --rules none.yaml --live --speed NaN",
                "replay none.csv --rules none.yaml --top -1",
                "replay none.csv --rules none.yaml --cost -1",
                "server",
                "server --config none.yaml",
                "server --config none.yaml extra",
                "server --config none.yaml --node",
                "server --config none.yaml --node=a --node=b",
                "dev --nodes 0",
                "dev --groups 65",
                "dev --port 70000",
                "dev --data x --port 0",
                "demo --phase 1ms",
                "bench --in-flight 0",
                "bench --callers x",
                "bench --keys 0",
                "bench --seconds 0",
                "completion bash"
            })
    void badUsageExitsWithTwoAndAdviceAndWithoutATrace(String line) {
        assertThat(quorate(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err).startsWith("quorate: ").doesNotContain("Exception").doesNotContain("\tat ");
        assertThat(err.length()).isGreaterThan(20);
        assertThat(out).isEmpty();
        assertThat(cluster.acquired).isEmpty();
    }

    @Test
    void slipsGetSuggestions() {
        quorate("rules", "chek");
        assertThat(err).contains("did you mean").contains("check");
        quorate("acquire", "shop", "a=b", "--cots", "3");
        assertThat(err).contains("--cost");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "acquire shop --cost many|'--cost'|'many' is no whole number; write digits alone, such as 10",
                "acquire shop --cost 99999999999999999999|'--cost'|the largest is 9223372036854775807",
                "bench --callers 1,x|'--callers' (N)|'x' is no whole number; write digits alone, such as 10",
                "bench --seconds 3000000000|'--seconds'|the largest is 2147483647",
                "group describe one|GROUP|'one' is no whole number",
                "rules delete shop --if-version 1.5|'--if-version'|'1.5' is no whole number",
                "replay t.csv --rules r.yaml --speed fast|'--speed'|'fast' is no number; write one such as 600 or 0.5"
            })
    void aWrongTypeIsToldWithWhatWouldBeRight(String line, String where, String what) {
        assertThat(quorate(line.split(" "))).isEqualTo(2);
        assertThat(err).contains(where).contains(what).doesNotContain("an int").doesNotContain("a long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "acquire shop client=a",
                "rules",
                "rules check a.yaml",
                "rules apply a.yaml",
                "rules get shop",
                "rules list",
                "rules delete shop",
                "key",
                "key list shop",
                "key inspect shop per-client 42",
                "key reset shop per-client 42",
                "group list",
                "group describe 1",
                "group transfer-leader 1 --to n2",
                "node list",
                "replay t.csv --rules r.yaml",
                "bench",
                "dev",
                "demo",
                "completion"
            })
    void anUnknownFlagIsNamedByEveryCommand(String command) throws IOException {
        for (String flag : List.of("--frobnicate", "--frobnicate=3", "-x")) {
            assertThat(quorate((command + " " + flag + " --json").strip().split(" ")))
                    .isEqualTo(2);
            assertThat(err).contains("Unknown option: '" + flag + "'").contains("--help");
            assertThat(json().get("error").asText()).contains(flag);
        }
    }

    @Test
    void flagErrorsAreJsonWhereverTheFlagStands() throws IOException {
        for (String line : List.of(
                "--json acquire shop --cost many",
                "acquire --json shop --cost many",
                "acquire shop --cost many --json",
                "group transfer-leader 1 --json")) {
            assertThat(quorate(line.split(" "))).isEqualTo(2);
            assertThat(json().get("error").asText()).as(line).contains("--help");
        }
    }

    @Test
    void helpExplainsTheReplaysTableAndTheFourBenchmarks() {
        quorate("replay", "--help");
        assertThat(out).contains("blocked").contains("and -1 if");
        quorate("bench", "--help");
        assertThat(out)
                .contains("--peers")
                .contains("--failover")
                .contains("--counters")
                .contains("--groups")
                .contains("kills, callers")
                .contains("json");
    }

    @Test
    void oneRuleIsOne() throws IOException {
        Path one = write("one.yaml", RULES.substring(0, RULES.indexOf("  - id: all")));
        assertThat(quorate("rules", "check", one.toString())).isZero();
        assertThat(out).isEqualTo(one + ": namespace shop: 1 rule is right\n");
        assertThat(quorate("rules", "apply", one.toString())).isZero();
        assertThat(out).isEqualTo("namespace shop: 1 rule is in force as version 1\n");
    }

    @Test
    void replayOfflineShowsTheTableAndWritesEveryDecision() throws IOException {
        Path rules = write("rules.yaml", RULES);
        Path trace = write("trace.csv", "t_ms,client,cost\n0,a,1\n0,a,1\nbad\n5,a,1\n5,b,0\n");
        Path decisions = folder.resolve("out.csv");
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--out", decisions.toString()))
                .isZero();
        assertThat(out)
                .contains("4 requests, 1 malformed line\n")
                .contains("3 granted, 1 denied")
                .contains("line 4 malformed: 1 fields, but the header has 3")
                .contains("most denied by per-client:");
        assertThat(Files.readString(decisions)).isEqualTo("""
                        line,rule,verdict,remaining,retry_after_ms
                        2,per-client,admitted,1,0
                        2,all,admitted,0,0
                        3,per-client,admitted,0,0
                        3,all,denied,0,60000
                        5,per-client,denied,0,59995
                        5,all,denied,0,59995
                        6,per-client,admitted,2,0
                        6,all,admitted,0,0
                        """);
        assertThat(connected).isEmpty();
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--json", "--cost", "2"))
                .isZero();
        assertThat(json().at("/rules/0/admitted").asInt()).isEqualTo(2);
        assertThat(json().at("/rules/0/most_denied/0/denied").asInt()).isEqualTo(2);
        assertThat(json().at("/malformed_lines/0/line").asInt()).isEqualTo(4);
    }

    @Test
    void replayNeverOverwritesItsInput() throws IOException {
        Path rules = write("rules.yaml", RULES);
        Path trace = write("trace.csv", "t_ms,client\n0,a\n");
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--out", trace.toString()))
                .isEqualTo(2);
        assertThat(err).contains("--out would overwrite");
        assertThat(Files.readString(trace)).startsWith("t_ms");
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--out", folder.toString()))
                .isEqualTo(2);
        assertThat(quorate("replay", rules.toString(), "--rules", rules.toString()))
                .isEqualTo(2);
        assertThat(err).contains("neither a CSV file whose first line is a header");
    }

    @Test
    void replayLiveGivesTheSameDecisionsAndLatencies() throws IOException {
        Path rules = write("rules.yaml", RULES);
        Path trace = write("trace.csv", "t_ms,client,cost\n0,a,1\n0,a,1\n0,a,1\n0,b,0\n0,b,3\n");
        Path offline = folder.resolve("offline.csv");
        Path live = folder.resolve("live.csv");
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--out", offline.toString()))
                .isZero();
        assertThat(quorate(
                        "replay",
                        trace.toString(),
                        "--rules",
                        rules.toString(),
                        "--live",
                        "--speed",
                        "1000",
                        "--out",
                        live.toString()))
                .isZero();
        assertThat(Files.readString(live)).isEqualTo(Files.readString(offline));
        assertThat(cluster.namespaces).containsKey("shop");
        assertThat(out).contains("latency from each request's intended time").contains("p99.9");
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--live", "--speed", "9", "--json"))
                .isZero();
        assertThat(json().at("/live/latency_us/p50").isNumber()).isTrue();
    }

    @Test
    void replayLiveReportsWhatIsUnknown() throws IOException {
        Path rules = write("rules.yaml", RULES);
        Path trace = write("trace.csv", "t_ms,client\n0,a\n");
        cluster.answer = Optional.of(new Result.Unknown("no leader", false));
        assertThat(quorate("replay", trace.toString(), "--rules", rules.toString(), "--live"))
                .isEqualTo(4);
        assertThat(out).contains("1 unknown").contains("line 2 unknown: no leader");
    }

    @Test
    void benchMeasuresEachLoad() throws IOException {
        assertThat(quorate(
                        "bench",
                        "--seconds",
                        "1",
                        "--warm-up",
                        "0",
                        "--in-flight",
                        "4",
                        "--keys",
                        "10",
                        "--callers",
                        "2"))
                .isZero();
        assertThat(out)
                .contains("4 in flight")
                .contains("2 callers")
                .contains("p99.9")
                .contains("cores");
        assertThat(quorate(
                        "bench",
                        "--seconds",
                        "1",
                        "--warm-up",
                        "0",
                        "--in-flight",
                        "1",
                        "--keys",
                        "1",
                        "--callers",
                        "0",
                        "--json"))
                .isZero();
        assertThat(json().get("results")).hasSize(1);
        assertThat(json().at("/results/0/decisions").asLong()).isPositive();
    }

    @Test
    void completionKnowsEveryCommand() {
        assertThat(quorate("completion")).isZero();
        assertThat(out).contains("complete -F").contains("transfer-leader").contains("--in-flight");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server",
                "dev",
                "demo",
                "acquire",
                "rules apply",
                "rules get",
                "rules list",
                "rules delete",
                "rules check",
                "key list",
                "key inspect",
                "key reset",
                "group list",
                "group describe",
                "group transfer-leader",
                "group dump-log",
                "node list",
                "replay",
                "bench",
                "completion"
            })
    void everyCommandHasHelpAndJson(String command) {
        assertThat(quorate((command + " --help").split(" "))).isZero();
        assertThat(out).contains("Usage: quorate " + command).contains("--json");
    }

    @Test
    void aClosedOutputEndsTheCommandQuietly() {
        PrintStream closed = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        CommandContext context = new CommandContext(
                closed, new PrintStream(errors), Map.of(), false, (endpoints, timeout, inFlight) -> cluster);
        assertThat(CommandTree.of(context).execute("node", "list")).isEqualTo(4);
        assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private Path apply() throws IOException {
        Path file = write("rules.yaml", RULES);
        assertThat(quorate("rules", "apply", file.toString())).isZero();
        return file;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private int quorate(String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        CommandContext context = new CommandContext(
                new PrintStream(outBytes, false, StandardCharsets.UTF_8),
                new PrintStream(errBytes, false, StandardCharsets.UTF_8),
                environment,
                false,
                this::connect);
        int code = CommandTree.of(context).execute(arguments);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    private QuorateClient connect(List<String> endpoints, Duration timeout, int inFlightMax) {
        connected.add(endpoints);
        timeouts.add(timeout);
        return cluster;
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out);
    }

    private static KeyDetails details(String rule, List<String> values, long used) {
        return new KeyDetails(
                "shop",
                rule,
                values,
                2,
                1000,
                true,
                Limit.of(Algorithm.GCRA, 10, 60_000),
                used,
                10 - used,
                Duration.ofSeconds(3),
                "tat 5",
                99,
                0,
                Duration.ZERO,
                List.of());
    }
}

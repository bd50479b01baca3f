package io.quorate.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.client.api.QuorateAdmin.KeyDetails;
import io.quorate.client.api.QuorateAdmin.LeaseInfo;
import io.quorate.client.api.QuorateAdmin.NamespaceRules;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What explain says of rules of every standing. */
class ExplainCommandTest {
    private static final String RULES = """
            namespace: shop
            rules:
              - id: per-client
                match: {client: "*"}
                limit: {algorithm: fixed-window, amount: 2, period: 60s}
              - id: search
                match: {endpoint: "/search*"}
                limit: {algorithm: fixed-window, amount: 5, period: 60s}
              - id: off
                limit: {algorithm: fixed-window, amount: 5, period: 60s}
                mode: disabled
              - id: old
                match: {client: "*"}
                limit: {algorithm: fixed-window, amount: 1, period: 60s}
              - id: newer
                match: {client: "*"}
                limit: {algorithm: fixed-window, amount: 9, period: 60s}
                mode: shadow
                replaces: [old]
              - id: staff
                match: {client: "42"}
                limit: unlimited
              - id: plan
                match: {plan: free}
                limit: {algorithm: fixed-window, amount: 5, period: 60s}
            """;

    private final FakeCluster cluster = new FakeCluster();
    private final CommandRun run = new CommandRun(cluster);

    @BeforeEach
    void apply() {
        cluster.namespaces.put(
                "shop", new NamespaceRules(7, ((ParsedRules.Good) RuleFile.parse("rules.yaml", RULES)).rules()));
        cluster.keys.add(details(
                "per-client",
                0,
                List.of(new LeaseInfo(
                        9, "gateway-1", 3, 40, 30, 2, 8, 10, Duration.ofMillis(1000), Duration.ofMillis(900), 20.0))));
        cluster.keys.add(details("newer", 4, List.of()));
    }

    @Test
    void saysWhichRulesApplyAndWhyOthersDoNot() {
        assertThat(run.command("explain", "shop", "client=42", "endpoint=/cart"))
                .isZero();
        assertThat(run.out())
                .contains("namespace shop, rules version 7")
                .containsPattern("per-client +yes +enforce, fixed-window 2 per 60s")
                .containsPattern("newer +yes +shadow, fixed-window 9 per 60s")
                .containsPattern("staff +yes +unlimited")
                .containsPattern("search +no +it wants 'endpoint' to be '/search\\*', not '/cart'")
                .containsPattern("plan +no +it wants 'plan' to be 'free', and the request has none")
                .containsPattern("off +no +its mode is disabled")
                .containsPattern("old +no +newer replaces it")
                .contains("8 tokens of per-client are leased:")
                .contains("gateway-1")
                .contains("a request of cost 1 would be granted");
        assertThat(cluster.acquired).as("nothing is taken").isEmpty();
    }

    @Test
    void saysWhatWouldDenyAndWhenToComeBack() {
        assertThat(run.command("explain", "shop", "client=42", "--cost", "2")).isZero();
        assertThat(run.command("explain", "shop", "client=42", "--cost", "3", "--others", "1"))
                .isEqualTo(ExitCode.DENIED);
        assertThat(run.out())
                .contains("a request of cost 3 would be denied by per-client: it can never be granted")
                .contains("and 3 more that don't apply");
    }

    @Test
    void writesJson() throws IOException {
        assertThat(run.command("explain", "shop", "client=42", "--json")).isZero();
        JsonNode json = new ObjectMapper().readTree(run.out());
        Map<String, String> reasons = new TreeMap<>();
        json.get("rules")
                .forEach(rule -> reasons.put(
                        rule.get("rule").asText(), rule.get("reason").asText()));
        assertThat(reasons)
                .isEqualTo(new TreeMap<>(Map.of(
                        "per-client", "applies",
                        "search", "condition",
                        "off", "disabled",
                        "old", "replaced",
                        "newer", "applies",
                        "staff", "unlimited",
                        "plan", "condition")));
        assertThat(json.get("counters").get(0).get("rule").asText()).isEqualTo("per-client");
        assertThat(json.get("verdict").asText()).isEqualTo("granted");
    }

    @Test
    void refusesWhatIsWrong() {
        assertThat(run.command("explain", "nobody", "client=42")).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("namespace 'nobody' has no rules");
        assertThat(run.command("explain", "shop", "client")).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("'client' is no entry");
        assertThat(run.command("explain", "shop", "client=1", "--others", "-1")).isEqualTo(ExitCode.USAGE);
    }

    private static KeyDetails details(String rule, long used, List<LeaseInfo> leases) {
        long outstanding = leases.stream().mapToLong(LeaseInfo::outstanding).sum();
        return new KeyDetails(
                "shop",
                rule,
                List.of("42"),
                2,
                1000,
                true,
                Limit.of(Algorithm.FIXED_WINDOW, 10, 60_000),
                used,
                10 - used,
                Duration.ofSeconds(3),
                "used " + used,
                99,
                outstanding,
                Duration.ZERO,
                leases);
    }
}

package io.quorate.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.cli.rulefile.ParsedRules;
import io.quorate.cli.rulefile.Problem;
import io.quorate.cli.rulefile.RuleFile;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One configuration of each origin becomes the rules that it means; wrong ones are refused as there. */
class ForeignFileTest {
    private static Imported read(String text) {
        return ForeignFile.read("config.yaml", text, Optional.empty(), "imported");
    }

    private static Imported.Rules rules(String text) {
        Imported imported = read(text);
        assertThat(imported).as("%s", imported).isInstanceOf(Imported.Rules.class);
        Imported.Rules rules = (Imported.Rules) imported;
        for (RuleSet set : rules.rules()) {
            // What is printed must be a rule file of the same rules.
            assertThat(RuleFile.parse("printed.yaml", RuleFile.print(set)))
                    .isInstanceOfSatisfying(
                            ParsedRules.Good.class,
                            good -> assertThat(good.rules()).isEqualTo(set));
        }
        return rules;
    }

    private static String printed(Imported.Rules rules) {
        assertThat(rules.rules()).hasSize(1);
        return RuleFile.print(rules.rules().get(0));
    }

    private static List<String> remarks(Imported.Rules rules) {
        return rules.remarks().stream().map(Remark::toString).toList();
    }

    @Test
    void envoysTreeBecomesPathsThatExcludeEachOther() {
        Imported.Rules rules = rules("""
                domain: shop
                descriptors:
                  - key: plan
                    value: free
                    descriptors:
                      - key: client
                        rate_limit: {unit: minute, requests_per_unit: 60}
                      - key: client
                        value: best
                        shadow_mode: true
                        rate_limit: {unit: HOUR, requests_per_unit: 100, name: best, replaces: [{name: all}]}
                  - key: ip
                    rate_limit: {unit: second, requests_per_unit: 10, name: all}
                    detailed_metric: true
                  - key: ip
                    value: 10.*
                    rate_limit: {unlimited: true}
                """);
        assertThat(rules.origin()).isEqualTo(Origin.ENVOY);
        RuleSet set = rules.rules().get(0);
        assertThat(set.namespace()).isEqualTo("shop");
        assertThat(set.rules())
                .extracting(rule -> rule.id())
                .containsExactly("plan_free.client", "best", "all", "ip_10.-");
        assertThat(set.rules().get(1).precedence().replaces()).containsExactly("all");
        assertThat(set.rules().get(1).mode().label()).isEqualTo("shadow");
        assertThat(set.rules().get(1).limit().periodMillis()).isEqualTo(3_600_000);
        assertThat(set.rules().get(3).isLimited()).isFalse();
        assertThat(remarks(rules))
                .anyMatch(remark -> remark.startsWith("config.yaml:14:") && remark.contains("dropped: detailed_metric"))
                .noneMatch(remark -> remark.contains("left out"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "descriptors: []\\ndomain: ''|1:1|config file cannot have empty domain",
                "domain: d\\ndescriptors:\\n  - value: x|3:5|descriptor has empty key",
                "domain: d\\ndescriptors:\\n  - key: a\\n  - key: a|4:5|duplicate descriptor composite key 'd.a'",
                "A ratelimit: {}|4:5|unknown key 'ratelimit'",
                "domain: d\\ndescriptors:\\n  - word|3:5|list of type other than map: word",
                "domain: d\\ndescriptors: []\\n1: a|3:1|key is not of type string: 1",
                "A L{unit: foo}|4:17|invalid rate limit unit 'foo'",
                "A L{unit: day, unlimited: true}|4:17|should not specify rate limit unit when unlimited",
                "A L{unit: day, requests_per_unit: -1}|4:17|requests_per_unit can't be '-1'",
                "A L{unit: day, requests_per_unit: 1.5}|4:48|error checking config",
                "A L{unit: day, name: n, replaces: [{name: n}]}|4:49|"
                        + "replaces should not contain name of same descriptor",
                "A L{unit: day, replaces: [{name: ''}]}|4:40|should not have an empty replaces entry",
                "A value: b\\n    share_threshold: true|3:5|share_threshold can only be used with wildcard values",
            })
    void envoysRefusalsAreOurs(String text, String place, String reason) {
        Imported imported = read(text.replace("A ", "domain: d\\ndescriptors:\\n  - key: a\\n    ")
                .replace("L{", "rate_limit: {")
                .replace("\\n", "\n"));
        assertThat(imported).isInstanceOf(Imported.Rejected.class);
        List<Problem> problems = ((Imported.Rejected) imported).problems();
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0).line() + ":" + problems.get(0).column()).isEqualTo(place);
        assertThat(problems.get(0).what()).contains(reason);
        assertThat(problems.get(0).advice()).isNotBlank();
    }

    @Test
    void aConfigMapIsReadAsTheFileInItAndLinesAreItsOwn() {
        Imported imported = read("""
                kind: ConfigMap
                data:
                  config.yaml: |
                    domain: shop
                    descriptors:
                      - key: ip
                        rate_limit: {unit: bar, requests_per_unit: 1}
                """);
        assertThat(((Imported.Rejected) imported).problems())
                .extracting(Problem::line)
                .containsExactly(7);
    }

    @Test
    void limitadorsConditionsAndVariables() {
        Imported.Rules rules = rules("""
                - namespace: api
                  max_value: 5
                  seconds: 60
                  conditions:
                    - "descriptors[0]['req.method'] == 'POST' && descriptors[0].size >= 10"
                    - "descriptors[0].path.startsWith('/toys')"
                    - "descriptors[0].plan in ['free', 'trial']"
                    - "descriptors[0].kind != 'bot'"
                    - "descriptors[0].agent.matches('curl|wget') && descriptors[0].zone in ['eu']"
                  variables: ["descriptors[0].user_id"]
                - namespace: api
                  max_value: 7
                  seconds: 1
                  conditions: ["a.exists(x, x > 1)"]
                  variables: []
                """);
        assertThat(printed(rules))
                .contains("req.method", "POST", "user_id", "/toys*", "free", "trial", "amount: 5", "period: 60s");
        assertThat(rules.rules().get(0).rules()).hasSize(1);
        assertThat(remarks(rules))
                .anyMatch(remark -> remark.startsWith("config.yaml:14:") && remark.contains("left out"));
        assertThat(read("- namespace: api\n  max_value: x\n  seconds: 1\n  conditions: []\n  variables: []\n"))
                .isInstanceOf(Imported.Rejected.class);
    }

    @Test
    void kuadrantsRates() {
        Imported.Rules rules = rules("""
                kind: RateLimitPolicy
                metadata: {name: toys}
                spec:
                  limits:
                    "per-user":
                      rates: [{limit: 2, window: 30s}, {limit: 50, window: 1h}]
                      counters: [{expression: auth.identity.username}]
                      when: [{predicate: "request.method == 'GET'"}]
                """);
        assertThat(rules.rules().get(0).namespace()).isEqualTo("toys");
        assertThat(rules.rules().get(0).rules()).hasSize(2).allSatisfy(rule -> {
            assertThat(rule.countedNames()).containsExactly("auth.identity.username");
            assertThat(rule.match()).hasSize(2);
        });
    }

    @Test
    void ofKongsScopesTheStrongestDecides() {
        Imported.Rules rules = rules("""
                services:
                  - name: toys
                    plugins:
                      - name: rate-limiting
                        config: {minute: 5, month: 1000, limit_by: ip, policy: local}
                consumers:
                  - username: best
                    plugins:
                      - name: rate-limiting
                        config: {minute: 100, limit_by: consumer}
                plugins:
                  - name: rate-limiting
                    consumer: best
                    route: shop
                    config: {minute: 7, limit_by: consumer}
                  - name: rate-limiting-advanced
                    enabled: false
                    config: {limit: [100], window_size: [60], identifier: consumer}
                """);
        RuleSet set = rules.rules().stream().findFirst().orElseThrow();
        assertThat(set.rules()).extracting(rule -> rule.id()).hasSize(5);
        assertThat(byAmount(set, 5).precedence().group()).contains("rate-limiting-60000ms");
        assertThat(byAmount(set, 7).precedence().priority())
                .as("consumer and route")
                .isGreaterThan(byAmount(set, 5).precedence().priority())
                .isGreaterThan(byAmount(set, 100).precedence().priority());
        assertThat(set.rules())
                .filteredOn(rule -> rule.limit().algorithm() == Algorithm.SLIDING_WINDOW)
                .allSatisfy(rule -> {
                    assertThat(rule.mode()).isEqualTo(Mode.DISABLED);
                    assertThat(rule.precedence().group()).contains("rate-limiting-advanced-60000ms");
                })
                .hasSize(1);
        assertThat(remarks(rules))
                .anyMatch(r -> r.contains("dropped: policy"))
                .anyMatch(r -> r.contains("a calendar month"));
        assertThat(read("plugins: [{name: rate-limiting, config: {limit_by: ip}}]"))
                .isInstanceOf(Imported.Rejected.class);
    }

    private static Rule byAmount(RuleSet set, long amount) {
        return set.rules().stream()
                .filter(rule -> rule.limit().amount() == amount)
                .filter(rule -> rule.limit().algorithm() == Algorithm.FIXED_WINDOW)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void apisixsThreePlugins() {
        Imported.Rules rules = rules("""
                routes:
                  - id: r1
                    plugins:
                      limit-count: {count: 2, time_window: 60, key: remote_addr, rejected_code: 503}
                      limit-req: {rate: 0.5, burst: 3, key: "$remote_addr $consumer_name", key_type: var_combination}
                      limit-conn: {conn: 4, burst: 1, default_conn_delay: 0.1, key_type: constant, key: all}
                """);
        RuleSet set = rules.rules().get(0);
        assertThat(set.rules())
                .extracting(rule -> rule.limit().algorithm().label())
                .containsExactly("fixed-window", "gcra", "concurrency");
        assertThat(set.rules().get(1).limit().amount()).isEqualTo(500);
        assertThat(set.rules().get(1).limit().periodMillis()).isEqualTo(1_000_000);
        assertThat(set.rules().get(1).limit().burst()).isEqualTo(4);
        assertThat(set.rules().get(1).countedNames()).containsExactly("ip", "consumer");
        assertThat(set.rules().get(2).limit().amount()).isEqualTo(5);
        assertThat(read("routes: [{id: r, plugins: {limit-count: {count: 0, time_window: 1}}}]"))
                .isInstanceOf(Imported.Rejected.class);
    }

    @Test
    void bucket4jsFilters() {
        Imported.Rules rules = rules("""
                bucket4j:
                  enabled: true
                  filters:
                    - id: hello
                      url: ^(/hello).*
                      rate-limits:
                        - cache-key: getRemoteAddr()
                          bandwidths: [{capacity: 5, time: 10, unit: seconds, refill-speed: interval}]
                        - bandwidths: [{capacity: 9, time: 1, unit: minutes}]
                        - execute-condition: "true"
                          bandwidths: [{capacity: 9, time: 1, unit: minutes}]
                """);
        RuleSet set = rules.rules().get(0);
        assertThat(set.rules())
                .extracting(rule -> rule.limit().algorithm().label())
                .containsExactly("fixed-window", "token-bucket");
        assertThat(set.rules().get(0).countedNames()).containsExactly("ip");
        assertThat(set.rules().get(0).match().get(0).pattern().matches("/hello/you"))
                .isTrue();
        assertThat(remarks(rules))
                .anyMatch(remark -> remark.contains("left out: the rate limit with execute-condition"));
    }

    @Test
    void resilience4jsLimitersWithTheirBases() {
        Imported.Rules rules = rules("""
                resilience4j.ratelimiter:
                  configs:
                    default: {limitForPeriod: 10, limitRefreshPeriod: 1s}
                    fast: {limit-refresh-period: 250ms}
                  instances:
                    a: {baseConfig: fast, timeoutDuration: 3s}
                    b: {limitForPeriod: 3}
                """);
        RuleSet set = rules.rules().get(0);
        assertThat(set.rules()).extracting(rule -> rule.limit().amount()).containsExactly(10L, 3L);
        assertThat(set.rules()).extracting(rule -> rule.limit().periodMillis()).containsExactly(250L, 1_000L);
        assertThat(remarks(rules)).anyMatch(remark -> remark.contains("waits up to 3s"));
        assertThat(read("resilience4j:\n  ratelimiter:\n    instances: {a: {baseConfig: none}}\n"))
                .isInstanceOf(Imported.Rejected.class);
    }

    @Test
    void springGatewaysFiltersAndSentinelsRules() {
        Imported.Rules gateway = rules("""
                spring:
                  cloud:
                    gateway:
                      routes:
                        - id: toys
                          filters:
                            - name: RequestRateLimiter
                              args: {redis-rate-limiter.replenishRate: 10, redis-rate-limiter.burstCapacity: 20}
                """);
        assertThat(gateway.rules().get(0).rules().get(0).limit().burst()).isEqualTo(20);
        Imported.Rules sentinel = rules("""
                [{"resource": "abc", "count": 20.0, "grade": 1, "limitApp": "default", "strategy": 0},
                 {"resource": "abd", "count": 3, "grade": 0, "limitApp": "web"},
                 {"resource": "abe", "count": 3, "strategy": 1}]
                """);
        assertThat(sentinel.rules().get(0).rules())
                .extracting(rule -> rule.limit().algorithm().label())
                .containsExactly("sliding-window", "concurrency");
        assertThat(remarks(sentinel)).anyMatch(remark -> remark.contains("left out: the rule of 'abe'"));
    }

    @Test
    void whatNobodyKnowsIsRefused() {
        assertThat(((Imported.Rejected) read("a: 1\n")).problems().get(0).advice())
                .contains("envoy, limitador");
        assertThat(read("a: [")).isInstanceOf(Imported.Rejected.class);
    }
}

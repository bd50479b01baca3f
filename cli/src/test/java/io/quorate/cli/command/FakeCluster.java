package io.quorate.cli.command;

import io.quorate.client.api.AcquireRequest;
import io.quorate.client.api.LeaseStats;
import io.quorate.client.api.Limiter;
import io.quorate.client.api.PeekResult;
import io.quorate.client.api.QuorateAdmin;
import io.quorate.client.api.QuorateClient;
import io.quorate.client.api.QuorateException;
import io.quorate.client.api.QuorateException.Kind;
import io.quorate.client.api.RefundResult;
import io.quorate.client.api.Result;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.algorithm.Verdict;
import io.quorate.core.quota.ChargeId;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A cluster in a test's memory, at a time that stands still: it decides by the real algorithms. */
final class FakeCluster implements QuorateClient, QuorateAdmin {
    final Map<String, NamespaceRules> namespaces = new TreeMap<>();
    final List<AcquireRequest> acquired = new ArrayList<>();
    final List<String> transfers = new ArrayList<>();
    final List<KeyDetails> keys = new ArrayList<>();
    final List<String> recalled = new ArrayList<>();
    private final Map<QuotaKey, CounterState> counters = new TreeMap<>();
    Optional<Result> answer = Optional.empty();
    Optional<QuorateException> failure = Optional.empty();
    Duration waited = Duration.ZERO;
    long nowMillis;
    private long version;
    private long sequence;
    boolean closed;

    @Override
    public synchronized CompletableFuture<Result> acquireAsync(AcquireRequest request) {
        acquired.add(request);
        return CompletableFuture.completedFuture(answer.orElseGet(() -> decide(request)));
    }

    @Override
    public Result tryAcquire(AcquireRequest request) {
        return acquireAsync(request).join();
    }

    @Override
    public Limiter limiter(AcquireRequest request) {
        throw new UnsupportedOperationException("no command uses handles");
    }

    @Override
    public LeaseStats leaseStats() {
        return LeaseStats.NONE;
    }

    @Override
    public Result acquire(AcquireRequest request, Duration maxWait) {
        waited = maxWait;
        return tryAcquire(request);
    }

    @Override
    public synchronized CompletableFuture<PeekResult> peek(AcquireRequest request) {
        List<Result.RuleResult> results = results(matched(request), request.cost(), new ChargeId(1, 0));
        return CompletableFuture.completedFuture(new PeekResult.Known(allowed(results), results));
    }

    @Override
    public CompletableFuture<RefundResult> refund(Result.Receipt receipt, long count) {
        return CompletableFuture.completedFuture(new RefundResult.Refunded(count));
    }

    @Override
    public QuorateAdmin admin() {
        return this;
    }

    @Override
    public void close() {
        closed = true;
    }

    private Result decide(AcquireRequest request) {
        List<Matched> matched = matched(request);
        ChargeId id = new ChargeId(1, ++sequence);
        List<Result.RuleResult> results = results(matched, request.cost(), id);
        Result.Position position = new Result.Position(1, sequence, 0, nowMillis, version);
        if (!allowed(results)) {
            return new Result.Denied(results, position);
        }
        for (Matched one : matched) {
            Verdict verdict = verdict(one, request.cost(), id);
            if (verdict.allowed()) {
                counters.put(one.key(), verdict.next());
            }
        }
        return new Result.Granted(results, position, new Result.Receipt(1, 1, sequence, request.cost()));
    }

    private List<Matched> matched(AcquireRequest request) {
        NamespaceRules rules = namespaces.get(request.namespace());
        if (rules == null) {
            throw new QuorateException(Kind.NOT_FOUND, "namespace '" + request.namespace() + "' has no rules");
        }
        List<NumberedRule> numbered = new ArrayList<>();
        for (Rule rule : rules.rules().rules()) {
            numbered.add(new NumberedRule(rule, numbered.size() + 1));
        }
        return new CompiledRules(new AppliedRules(
                        request.namespace(), rules.version(), rules.rules().colocate(), numbered))
                .match(request.descriptor());
    }

    private List<Result.RuleResult> results(List<Matched> matched, long cost, ChargeId id) {
        List<Result.RuleResult> results = new ArrayList<>();
        for (Matched one : matched) {
            Verdict verdict = verdict(one, cost, id);
            long retry = verdict.retryAfterMillis();
            results.add(new Result.RuleResult(
                    one.rule().rule().id(),
                    verdict.allowed(),
                    one.rule().rule().mode() == Mode.SHADOW,
                    verdict.remaining(),
                    retry == Verdict.NEVER ? Optional.empty() : Optional.of(Duration.ofMillis(retry)),
                    Duration.ofMillis(verdict.resetAfterMillis())));
        }
        return results;
    }

    private Verdict verdict(Matched one, long cost, ChargeId id) {
        CounterState state = counters.getOrDefault(one.key(), CounterState.Fresh.INSTANCE);
        return Meter.of(one.rule().rule().limit()).acquire(state, nowMillis, cost, id);
    }

    private static boolean allowed(List<Result.RuleResult> results) {
        return results.stream().allMatch(result -> result.allowed() || result.shadow());
    }

    private void fail() {
        failure.ifPresent(f -> {
            throw f;
        });
    }

    @Override
    public AppliedVersion applyRules(RuleSet rules, OptionalLong ifVersion) {
        fail();
        NamespaceRules before = namespaces.get(rules.namespace());
        long now = before == null ? 0 : before.version();
        if (ifVersion.isPresent() && ifVersion.getAsLong() != now) {
            throw new QuorateException(Kind.CONFLICT, "the version of '" + rules.namespace() + "' is " + now);
        }
        if (before != null && before.rules().equals(rules)) {
            return new AppliedVersion(now, false);
        }
        namespaces.put(rules.namespace(), new NamespaceRules(++version, rules));
        return new AppliedVersion(version, true);
    }

    @Override
    public AppliedVersion deleteRules(String namespace, OptionalLong ifVersion) {
        fail();
        boolean existed = namespaces.remove(namespace) != null;
        return new AppliedVersion(existed ? ++version : version, existed);
    }

    @Override
    public Optional<NamespaceRules> rules(String namespace) {
        fail();
        return Optional.ofNullable(namespaces.get(namespace));
    }

    @Override
    public List<NamespaceRules> allRules() {
        fail();
        return List.copyOf(namespaces.values());
    }

    @Override
    public KeyPage leasedKeys(String namespace, Optional<String> rule, String cursor, int countMax) {
        KeyPage page = keys(namespace, rule, cursor, countMax);
        return new KeyPage(
                page.keys().stream().filter(key -> key.outstanding() > 0).toList(), page.nextCursor());
    }

    @Override
    public int recallLeases(String namespace, String rule, List<String> values) {
        fail();
        recalled.add(namespace + "/" + rule + "/" + String.join(",", values));
        return 2;
    }

    @Override
    public KeyPage keys(String namespace, Optional<String> rule, String cursor, int countMax) {
        fail();
        int from = cursor.isEmpty() ? 0 : Integer.parseInt(cursor);
        int to = Math.min(keys.size(), from + countMax);
        List<KeyDetails> page = keys.subList(from, to).stream()
                .filter(key -> rule.isEmpty() || key.rule().equals(rule.get()))
                .toList();
        return new KeyPage(page, to == keys.size() ? "" : String.valueOf(to));
    }

    @Override
    public KeyDetails key(String namespace, String rule, List<String> values) {
        fail();
        return keys.stream()
                .filter(key -> key.rule().equals(rule) && key.values().equals(values))
                .findFirst()
                .orElseThrow(() -> new QuorateException(Kind.NOT_FOUND, "no rule '" + rule + "' in " + namespace));
    }

    @Override
    public boolean resetKey(String namespace, String rule, List<String> values) {
        fail();
        return keys.removeIf(key -> key.rule().equals(rule) && key.values().equals(values));
    }

    @Override
    public List<GroupInfo> groups() {
        fail();
        return List.of(info(0, "n1"), info(1, "n2"));
    }

    @Override
    public List<GroupInfo> group(int group) {
        fail();
        if (group > 1) {
            throw new QuorateException(Kind.NOT_FOUND, "no group " + group + "; there are groups 0 to 1");
        }
        return List.of(info(group, "n1"), info(group, "n2"));
    }

    @Override
    public void transferLeader(int group, String node, Duration timeout) {
        fail();
        transfers.add(group + " to " + node);
    }

    @Override
    public List<NodeInfo> nodes() {
        fail();
        return List.of(
                new NodeInfo("n1", "127.0.0.1:7401", "127.0.0.1:7501", true, List.of(0)),
                new NodeInfo("n2", "127.0.0.1:7402", "127.0.0.1:7502", false, List.of()));
    }

    private static GroupInfo info(int group, String node) {
        return new GroupInfo(
                group,
                node,
                "leader",
                node,
                3,
                100,
                99,
                5_000,
                7,
                12,
                2,
                0xabcdL,
                20 << 20,
                5_000,
                List.of("n1", "n2"));
    }
}

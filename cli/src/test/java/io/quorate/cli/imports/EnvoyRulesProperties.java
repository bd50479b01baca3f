package io.quorate.cli.imports;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.rule.AppliedRules;
import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Entry;
import io.quorate.core.rule.NumberedRule;
import io.quorate.core.rule.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Imported rules find for a descriptor the limit, and the counter, that Envoy's service finds going down its tree. */
class EnvoyRulesProperties {
    private static final List<String> VALUES = List.of("a", "ab", "abc", "b", "bc", "c");
    private static final List<String> PATTERNS = List.of("a*", "ab*", "*c", "a*c", "*");

    /** A node of the tree, as Envoy has it. */
    private record Node(String key, String value, boolean shared, boolean limited, int number, List<Node> below) {
        boolean wildcard() {
            return value.contains("*");
        }
    }

    /** What Envoy decides by: the limit and the counter's name. */
    private record Decided(int limit, String counter) {}

    private final SplittableRandom random;
    private int numbers;

    EnvoyRulesProperties() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("EnvoyRulesProperties: -Dseed=" + seed);
        random = new SplittableRandom(seed);
    }

    @Test
    void theSameLimitAndTheSameCounterForEveryDescriptor() {
        int limited = 0;
        for (int i = 0; i < 400; i++) {
            numbers = 0;
            List<Node> tree = level(0);
            String text = "domain: shop\ndescriptors:\n" + text(tree, "  ");
            CompiledRules rules = imported(text);
            for (int j = 0; j < 60; j++) {
                List<Entry> entries = descriptor(tree);
                Optional<Decided> there = envoy(tree, entries);
                List<CompiledRules.Matched> here =
                        rules.match(new Descriptor(entries)).stream().toList();
                assertThat(here).as("%s in%n%s", entries, text).hasSize(there.isPresent() ? 1 : 0);
                if (there.isPresent()) {
                    limited++;
                    assertThat(here.get(0).rule().rule().id())
                            .isEqualTo("limit-" + there.get().limit());
                    assertThat(counterHere(here.get(0), entries))
                            .as("%s in%n%s", entries, text)
                            .isEqualTo(there.get().counter());
                }
            }
        }
        assertThat(limited).as("descriptors with a limit").isGreaterThan(1_000);
    }

    private static CompiledRules imported(String text) {
        Imported imported = ForeignFile.read("config.yaml", text, Optional.empty(), "imported");
        assertThat(imported).as("%s of%n%s", imported, text).isInstanceOf(Imported.Rules.class);
        List<RuleSet> sets = ((Imported.Rules) imported).rules();
        RuleSet set = sets.isEmpty() ? new RuleSet("shop", Optional.empty(), List.of()) : sets.get(0);
        List<NumberedRule> numbered = new ArrayList<>();
        set.rules().forEach(rule -> numbered.add(new NumberedRule(rule, numbered.size() + 1)));
        return new CompiledRules(new AppliedRules(set.namespace(), 1, set.colocate(), numbered));
    }

    /** The values by which a matched rule counts, in the words of {@link #envoy}. */
    private static String counterHere(CompiledRules.Matched matched, List<Entry> entries) {
        List<String> counted = matched.rule().rule().countedNames();
        StringBuilder name = new StringBuilder();
        for (Entry entry : entries) {
            name.append(counted.contains(entry.name()) ? entry.name() + "=" + entry.value() + ";" : "");
        }
        return name.toString();
    }

    private List<Node> level(int depth) {
        List<Node> nodes = new ArrayList<>();
        List<String> taken = new ArrayList<>();
        int count = depth == 0 ? 1 + random.nextInt(6) : random.nextInt(5);
        for (int i = 0; i < count; i++) {
            // Keys of one level occur on no other, so that a set of entries says as much as their order.
            String key = "k" + depth + "-" + random.nextInt(2);
            int kind = random.nextInt(3);
            String value = kind == 0 ? "" : kind == 1 ? pick(VALUES) : pick(PATTERNS);
            if (taken.contains(key + "_" + value)) {
                continue;
            }
            taken.add(key + "_" + value);
            boolean shared = kind == 2 && random.nextBoolean();
            boolean limited = random.nextInt(4) > 0;
            nodes.add(new Node(key, value, shared, limited, numbers++, depth < 2 ? level(depth + 1) : List.of()));
        }
        return nodes;
    }

    private String pick(List<String> words) {
        return words.get(random.nextInt(words.size()));
    }

    private static String text(List<Node> nodes, String indent) {
        StringBuilder out = new StringBuilder();
        for (Node node : nodes) {
            out.append(indent).append("- key: ").append(node.key()).append('\n');
            if (!node.value().isEmpty()) {
                out.append(indent).append("  value: \"").append(node.value()).append("\"\n");
            }
            if (node.shared()) {
                out.append(indent).append("  share_threshold: true\n");
            }
            if (node.limited()) {
                out.append(indent)
                        .append("  rate_limit: {unit: minute, requests_per_unit: 5, name: limit-")
                        .append(node.number())
                        .append("}\n");
            }
            if (!node.below().isEmpty()) {
                out.append(indent).append("  descriptors:\n").append(text(node.below(), indent + "    "));
            }
        }
        return out.toString();
    }

    /** A path that goes on with keys that the node reached so far has below it, or ends there. */
    private List<Entry> descriptor(List<Node> tree) {
        List<Entry> entries = new ArrayList<>();
        List<Node> nodes = tree;
        while (!nodes.isEmpty() && (entries.isEmpty() || random.nextInt(3) > 0)) {
            Entry entry = new Entry(nodes.get(random.nextInt(nodes.size())).key(), pick(VALUES));
            entries.add(entry);
            nodes = next(nodes, entry).map(Node::below).orElse(List.of());
        }
        return entries;
    }

    private static Optional<Node> next(List<Node> nodes, Entry entry) {
        List<Node> ofKey =
                nodes.stream().filter(node -> node.key().equals(entry.name())).toList();
        return ofKey.stream()
                .filter(node -> node.value().equals(entry.value()))
                .findFirst()
                .or(() -> ofKey.stream()
                        .filter(node -> node.wildcard()
                                && entry.value().matches(node.value().replace("*", ".*")))
                        .findFirst())
                .or(() -> ofKey.stream().filter(node -> node.value().isEmpty()).findFirst());
    }

    private static Optional<Decided> envoy(List<Node> tree, List<Entry> entries) {
        List<Node> nodes = tree;
        StringBuilder counter = new StringBuilder();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Optional<Node> node = next(nodes, entry);
            if (node.isEmpty()) {
                return Optional.empty();
            }
            boolean apart = node.get().value().isEmpty()
                    || node.get().wildcard() && !node.get().shared();
            counter.append(apart ? entry.name() + "=" + entry.value() + ";" : "");
            if (i == entries.size() - 1) {
                return node.filter(Node::limited).map(found -> new Decided(found.number(), counter.toString()));
            }
            nodes = node.get().below();
        }
        return Optional.empty();
    }
}

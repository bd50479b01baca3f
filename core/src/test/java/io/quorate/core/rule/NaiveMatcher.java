package io.quorate.core.rule;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Says which rules apply to a request by looking at each rule, as docs/rules.md puts it into words. It shares no code
 * with the compiled rules: other ways to match texts, addresses, numbers and expressions, and to hash.
 */
public final class NaiveMatcher {
    private final List<NumberedRule> rules;
    private final long asOfMillis;

    public NaiveMatcher(AppliedRules applied) {
        this.rules = applied.rules();
        this.asOfMillis = applied.asOfMillis();
    }

    /** The limited rules that apply, each as its id and the values by which it counts. */
    public List<List<String>> match(Map<String, String> request) {
        List<Rule> matching = new ArrayList<>();
        for (NumberedRule numbered : rules) {
            if (matches(numbered.rule(), request)) {
                matching.add(numbered.rule());
            }
        }
        List<Rule> inGroups = matching.stream()
                .filter(rule -> matching.stream().noneMatch(other -> winsGroup(other, rule, matching)))
                .toList();
        List<Rule> reached = inGroups.stream()
                .filter(rule -> inGroups.stream()
                        .noneMatch(other ->
                                other != rule && other.precedence().stops() && isBefore(other, rule, inGroups)))
                .toList();
        List<List<String>> keys = new ArrayList<>();
        for (Rule rule : reached) {
            boolean replaced = reached.stream()
                    .anyMatch(other -> other.precedence().replaces().contains(rule.id()));
            if (!replaced && rule.effect() instanceof Effect.Limited) {
                List<String> key = new ArrayList<>(List.of(rule.id()));
                for (EntryMatch condition : rule.match()) {
                    if (condition.counted()) {
                        key.add(request.get(condition.name()));
                    }
                }
                keys.add(key);
            }
        }
        return keys;
    }

    private static boolean winsGroup(Rule other, Rule rule, List<Rule> matching) {
        if (other == rule
                || rule.precedence().group().isEmpty()
                || !rule.precedence().group().equals(other.precedence().group())) {
            return false;
        }
        if (other.precedence().priority() != rule.precedence().priority()) {
            return other.precedence().priority() > rule.precedence().priority();
        }
        int[] a = narrowness(other);
        int[] b = narrowness(rule);
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                return a[i] > b[i];
            }
        }
        return matching.indexOf(other) < matching.indexOf(rule);
    }

    private static boolean isBefore(Rule other, Rule rule, List<Rule> order) {
        int difference = other.precedence().priority() - rule.precedence().priority();
        return difference > 0 || (difference == 0 && order.indexOf(other) < order.indexOf(rule));
    }

    /** How many exact values, lists and ranges, bits and characters, expressions, and exclusions. */
    private static int[] narrowness(Rule rule) {
        int[] counts = new int[5];
        for (EntryMatch condition : rule.match()) {
            Pattern pattern = condition.pattern();
            if (pattern instanceof Pattern.Exact) {
                counts[0]++;
            } else if (pattern instanceof Pattern.Range range) {
                counts[range.least() == range.most() ? 0 : 1]++;
            } else if (pattern instanceof Pattern.AnyOf) {
                counts[1]++;
            } else if (pattern instanceof Pattern.Cidr cidr) {
                counts[2] += cidr.bits();
            } else if (pattern instanceof Pattern.Prefix prefix) {
                counts[2] += prefix.prefix().length();
            } else if (pattern instanceof Pattern.Glob glob) {
                counts[2] += String.join("", glob.parts()).length();
            } else if (pattern instanceof Regex) {
                counts[3]++;
            } else if (pattern instanceof Pattern.Absent || pattern instanceof Pattern.Not) {
                counts[4]++;
            }
        }
        return counts;
    }

    private boolean matches(Rule rule, Map<String, String> request) {
        if (rule.mode() == Mode.DISABLED) {
            return false;
        }
        for (EntryMatch condition : rule.match()) {
            String value = request.get(condition.name());
            boolean holds = condition.pattern() instanceof Pattern.Absent
                    ? value == null
                    : value != null && fits(condition.pattern(), value);
            if (!holds) {
                return false;
            }
        }
        boolean now = rule.activation().windows().isEmpty();
        for (Window window : rule.activation().windows()) {
            now |= window.fromMillis() <= asOfMillis && asOfMillis < window.untilMillis();
        }
        return now && rule.activation().rollout().map(r -> isIn(r, request)).orElse(true);
    }

    private static boolean fits(Pattern pattern, String value) {
        if (pattern instanceof Pattern.Exact exact) {
            return exact.value().equals(value);
        }
        if (pattern instanceof Pattern.Prefix prefix) {
            return glob(prefix.prefix() + "\0", value);
        }
        if (pattern instanceof Pattern.Glob parts) {
            return glob(String.join("\0", parts.parts()), value);
        }
        if (pattern instanceof Pattern.AnyOf list) {
            return list.patterns().stream().anyMatch(one -> fits(one, value));
        }
        if (pattern instanceof Pattern.Cidr cidr) {
            return isInNetwork(cidr.text(), value);
        }
        if (pattern instanceof Regex regex) {
            String inJava = RandomRules.REGEXES_IN_JAVA.getOrDefault(regex.expression(), regex.expression());
            return java.util.regex.Pattern.matches(inJava, value);
        }
        if (pattern instanceof Pattern.Range range) {
            return java.util.regex.Pattern.matches("-?[0-9]{1,18}", value)
                    && new BigDecimal(value).compareTo(BigDecimal.valueOf(range.least())) >= 0
                    && new BigDecimal(value).compareTo(BigDecimal.valueOf(range.most())) <= 0;
        }
        return pattern instanceof Pattern.Any || (pattern instanceof Pattern.Not not && !fits(not.pattern(), value));
    }

    /** A null character stands for any text. */
    private static boolean glob(String pattern, String value) {
        if (pattern.isEmpty()) {
            return value.isEmpty();
        }
        if (pattern.charAt(0) == '\0') {
            return glob(pattern.substring(1), value) || (!value.isEmpty() && glob(pattern, value.substring(1)));
        }
        return !value.isEmpty()
                && pattern.charAt(0) == value.charAt(0)
                && glob(pattern.substring(1), value.substring(1));
    }

    private static boolean isInNetwork(String network, String value) {
        String[] parts = network.split("/");
        byte[] base = bytes(parts[0]);
        byte[] address = bytes(value);
        int bits = Integer.parseInt(parts[1]);
        if (base.length == 0 || address.length != base.length) {
            return false;
        }
        int rest = 8 * base.length - bits;
        return new BigInteger(1, base).shiftRight(rest).equals(new BigInteger(1, address).shiftRight(rest));
    }

    /** The bytes of an address; none if it isn't one. Asks no name server: only what can be an address is read. */
    private static byte[] bytes(String text) {
        boolean v4 = text.matches("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
        boolean v6 = text.matches("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
        try {
            return v4 || v6 ? InetAddress.getByName(text).getAddress() : new byte[0];
        } catch (UnknownHostException e) {
            return new byte[0];
        }
    }

    /** FNV-1a over salt and values with zeros between, and the finish of MurmurHash3. */
    private static boolean isIn(Rollout rollout, Map<String, String> request) {
        List<String> texts = new ArrayList<>(List.of(rollout.salt()));
        for (String name : rollout.by()) {
            if (!request.containsKey(name)) {
                return false;
            }
            texts.add(request.get(name));
        }
        BigInteger hash = new BigInteger("cbf29ce484222325", 16);
        for (byte b : String.join("\0", texts).getBytes(StandardCharsets.UTF_8)) {
            hash = hash.xor(BigInteger.valueOf(b & 0xff))
                    .multiply(new BigInteger("100000001b3", 16))
                    .mod(BigInteger.ONE.shiftLeft(64));
        }
        for (String factor : List.of("ff51afd7ed558ccd", "c4ceb9fe1a85ec53")) {
            hash = hash.xor(hash.shiftRight(33))
                    .multiply(new BigInteger(factor, 16))
                    .mod(BigInteger.ONE.shiftLeft(64));
        }
        hash = hash.xor(hash.shiftRight(33));
        return hash.mod(BigInteger.valueOf(10_000)).intValue() < rollout.basisPoints();
    }
}

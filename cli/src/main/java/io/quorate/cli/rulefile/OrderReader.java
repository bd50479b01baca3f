package io.quorate.cli.rulefile;

import io.quorate.cli.rulefile.YamlNode.Mapping;
import io.quorate.cli.rulefile.YamlNode.Scalar;
import io.quorate.cli.rulefile.YamlNode.Sequence;
import io.quorate.cli.text.Printable;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rollout;
import io.quorate.core.rule.Window;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads how a rule stands to the others, and when it applies. */
final class OrderReader {
    private static final String ROLLOUT_ADVICE = "write rollout: {percent: 10, by: [client]}";
    private static final String ACTIVE_ADVICE =
            "write active: {from: 2026-11-27T00:00:00Z, until: 2026-11-28T00:00:00Z}, or a list of such";
    private static final String TIME_ADVICE =
            "write a time with its offset from UTC, such as 2026-11-27T00:00:00Z or" + " 2026-11-27T00:00:00+01:00";

    private static final Fields ROLLOUT = new Fields(
            "a roll-out",
            List.of("percent", "by", "salt"),
            Map.of("share", "percent", "percentage", "percent", "key", "by", "entries", "by", "seed", "salt"));
    private static final Fields ACTIVE = new Fields(
            "a time window",
            List.of("from", "until"),
            Map.of("start", "from", "since", "from", "begin", "from", "end", "until", "to", "until"));

    private final Problems problems;
    private final ValueReader values;

    OrderReader(Problems problems) {
        this.problems = problems;
        this.values = new ValueReader(problems);
    }

    /** A rule's precedence; priority and group are inherited where it has none. Empty if there is a problem. */
    Optional<Precedence> precedence(Map<String, YamlNode> fields, Precedence inherited) {
        Optional<Integer> priority = fields.containsKey("priority")
                ? values.signed(fields.get("priority"), "priority").flatMap(n -> priority(fields.get("priority"), n))
                : Optional.of(inherited.priority());
        Optional<Optional<String>> group = fields.containsKey("group")
                ? values.name(fields.get("group"), "group").map(Optional::of)
                : Optional.of(inherited.group());
        Optional<Boolean> stops =
                fields.containsKey("stop") ? values.flag(fields.get("stop"), "stop") : Optional.of(false);
        Optional<List<String>> replaces =
                fields.containsKey("replaces") ? replaces(fields.get("replaces")) : Optional.of(List.of());
        if (priority.isEmpty() || group.isEmpty() || stops.isEmpty() || replaces.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Precedence(priority.get(), group.get(), stops.get(), replaces.get()));
    }

    private Optional<Integer> priority(YamlNode node, long number) {
        if (number < Precedence.PRIORITY_MIN || number > Precedence.PRIORITY_MAX) {
            problems.add(
                    node,
                    "priority is " + number,
                    "write a whole number from " + Precedence.PRIORITY_MIN + " to " + Precedence.PRIORITY_MAX);
            return Optional.empty();
        }
        return Optional.of((int) number);
    }

    private Optional<List<String>> replaces(YamlNode node) {
        return names(
                node, "replaces", "write replaces: [ID, ID], with ids of rules of this file", Precedence.REPLACES_MAX);
    }

    /** A list of names, or one alone. */
    private Optional<List<String>> names(YamlNode node, String what, String advice, int countMax) {
        List<YamlNode> items = node instanceof Sequence list ? list.items() : List.of(node);
        if (node instanceof Mapping || items.isEmpty() || items.size() > countMax) {
            if (items.isEmpty() || items.size() > countMax) {
                problems.add(node, what + " has " + items.size() + " names", advice + "; 1 to " + countMax);
                return Optional.empty();
            }
            return values.wrongType(node, what, "a list of names", advice);
        }
        List<String> names = new ArrayList<>();
        boolean right = true;
        for (YamlNode item : items) {
            Optional<String> name = values.name(item, "a name in " + what);
            right &= name.isPresent();
            if (name.isPresent() && names.contains(name.get())) {
                problems.add(item, "'" + name.get() + "' stands twice in " + what, "keep one of them");
                right = false;
            }
            name.ifPresent(names::add);
        }
        return right ? Optional.of(names) : Optional.empty();
    }

    /** When a rule applies; inherited where it doesn't say. Empty if there is a problem. */
    Optional<Activation> activation(Map<String, YamlNode> fields, String salt, Activation inherited) {
        Optional<Optional<Rollout>> rollout = fields.containsKey("rollout")
                ? rollout(fields.get("rollout"), salt).map(Optional::of)
                : Optional.of(inherited.rollout());
        Optional<List<Window>> windows =
                fields.containsKey("active") ? windows(fields.get("active")) : Optional.of(inherited.windows());
        return rollout.flatMap(part -> windows.map(times -> new Activation(part, times)));
    }

    private Optional<Rollout> rollout(YamlNode node, String salt) {
        if (!(node instanceof Mapping mapping)) {
            return values.wrongType(node, "rollout", "a mapping", ROLLOUT_ADVICE);
        }
        Map<String, YamlNode> fields = ROLLOUT.take(problems, mapping);
        Optional<Integer> points =
                values.required(mapping, fields, "percent", "percent: 10").flatMap(values::basisPoints);
        Optional<List<String>> by = values.required(
                        mapping, fields, "by", "by: [client], the entries that decide who is in")
                .flatMap(value -> names(value, "by", "write the names of entries, such as by: [client]", 16));
        Optional<String> salted =
                fields.containsKey("salt") ? values.name(fields.get("salt"), "salt") : Optional.of(salt);
        if (points.isEmpty() || by.isEmpty() || salted.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Rollout(points.get(), by.get(), salted.get()));
    }

    private Optional<List<Window>> windows(YamlNode node) {
        List<YamlNode> items = node instanceof Sequence list ? list.items() : List.of(node);
        if (items.isEmpty() || items.size() > Activation.WINDOWS_MAX) {
            problems.add(node, "active has " + items.size() + " time windows", "write 1 to " + Activation.WINDOWS_MAX);
            return Optional.empty();
        }
        List<Window> windows = new ArrayList<>();
        boolean right = true;
        for (YamlNode item : items) {
            Optional<Window> window = window(item);
            right &= window.isPresent();
            boolean apart = windows.isEmpty()
                    || window.isEmpty()
                    || window.get().fromMillis()
                            > windows.get(windows.size() - 1).untilMillis();
            if (!apart) {
                problems.add(
                        item,
                        "a time window begins before the one above it has ended, or as it ends",
                        "write them in order, and those that touch as one");
                right = false;
            }
            window.ifPresent(windows::add);
        }
        return right ? Optional.of(windows) : Optional.empty();
    }

    private Optional<Window> window(YamlNode node) {
        if (!(node instanceof Mapping mapping)) {
            return values.wrongType(node, "active", "a mapping", ACTIVE_ADVICE);
        }
        Map<String, YamlNode> fields = ACTIVE.take(problems, mapping);
        if (fields.isEmpty()) {
            if (mapping.fields().isEmpty()) {
                problems.add(node, "a time window says nothing", ACTIVE_ADVICE);
            }
            return Optional.empty();
        }
        Optional<Long> from =
                fields.containsKey("from") ? time(fields.get("from"), "from") : Optional.of(Window.OPEN_FROM);
        Optional<Long> until =
                fields.containsKey("until") ? time(fields.get("until"), "until") : Optional.of(Window.OPEN_UNTIL);
        if (from.isEmpty() || until.isEmpty()) {
            return Optional.empty();
        }
        if (from.get() >= until.get()) {
            problems.add(node, "a time window ends before it begins", "make 'until' later than 'from'");
            return Optional.empty();
        }
        return Optional.of(new Window(from.get(), until.get()));
    }

    private Optional<Long> time(YamlNode node, String what) {
        if (!(node instanceof Scalar value) || value.isNull()) {
            return values.wrongType(node, what, "a time", TIME_ADVICE);
        }
        try {
            long millis = OffsetDateTime.parse(value.text()).toInstant().toEpochMilli();
            if (millis > Window.OPEN_FROM && millis < Window.OPEN_UNTIL) {
                return Optional.of(millis);
            }
            problems.add(value, what + " is " + Printable.escape(value.text(), 80), "write a time from 1970 to 4199");
        } catch (DateTimeException | ArithmeticException e) {
            problems.add(value, what + " is '" + Printable.escape(value.text(), 80) + "'", TIME_ADVICE);
        }
        return Optional.empty();
    }
}

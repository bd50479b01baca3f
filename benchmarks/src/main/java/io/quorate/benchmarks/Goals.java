package io.quorate.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a run was to reach and what it reached, with its figures, for people and as JSON. */
final class Goals {
    private final List<Goal> goals = new ArrayList<>();
    private final List<Map<String, Object>> figures = new ArrayList<>();

    /**
     * One goal.
     *
     * @param least whether the figure must be at least the goal, or at most
     */
    record Goal(String name, boolean least, double goal, double seen, String unit) {
        boolean met() {
            return least ? seen >= goal : seen <= goal;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%s: goal %s %s%s, seen %s: %s",
                    name,
                    least ? "at least" : "at most",
                    figure(goal),
                    unit.isEmpty() ? "" : " " + unit,
                    figure(seen),
                    met() ? "met" : "MISSED");
        }

        private static String figure(double value) {
            return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : "%.2f", value);
        }
    }

    void atLeast(String name, double goal, double seen, String unit) {
        goals.add(new Goal(name, true, goal, seen, unit));
    }

    void atMost(String name, double goal, double seen, String unit) {
        goals.add(new Goal(name, false, goal, seen, unit));
    }

    /** Keeps a measured figure for the JSON; names and values alternate. */
    void figure(Object... namesAndValues) {
        Map<String, Object> figure = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            figure.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        figures.add(figure);
    }

    List<Goal> all() {
        return List.copyOf(goals);
    }

    /** Prints every goal with its verdict, and writes the JSON file if the setting asks for one. */
    void report(String benchmark, Setting setting) {
        System.out.println();
        goals.forEach(System.out::println);
        long met = goals.stream().filter(Goal::met).count();
        System.out.printf("%d of %d goals are met%n", met, goals.size());
        setting.json().ifPresent(file -> write(file, benchmark, setting));
    }

    private void write(Path file, String benchmark, Setting setting) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("benchmark", benchmark);
        json.put("machine", Setting.machine());
        json.put("settings", setting.all());
        json.put("figures", figures);
        List<Map<String, Object>> judged = new ArrayList<>();
        for (Goal goal : goals) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", goal.name());
            one.put("bound", goal.least() ? "at least" : "at most");
            one.put("goal", goal.goal());
            one.put("seen", goal.seen());
            one.put("unit", goal.unit());
            one.put("met", goal.met());
            judged.add(one);
        }
        json.put("goals", judged);
        try {
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
        } catch (IOException e) {
            throw new UncheckedIOException("the figures can't be written to " + file, e);
        }
        System.out.println("figures and goals are in " + file);
    }
}

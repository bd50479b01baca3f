package io.quorate.benchmarks;

import io.quorate.storage.snapshot.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The command line of a benchmark ({@code name=value} words) and the description of the machine it ran on. */
final class Setting {
    private final Map<String, String> values = new TreeMap<>();

    Setting(String[] args, String... known) {
        for (String arg : args) {
            int at = arg.indexOf('=');
            String name = at < 0 ? arg : arg.substring(0, at);
            if (at < 0 || !List.of(known).contains(name)) {
                usage("'" + arg + "' isn't known", known);
            }
            values.put(name, arg.substring(at + 1));
        }
    }

    /** Says what would be right and ends with the code for wrong usage. */
    private static void usage(String wrong, String... known) {
        System.err.println("quorate bench: " + wrong + "; give name=value words, with a name of " + List.of(known)
                + ", for example " + known[0] + "=3");
        System.exit(2);
    }

    private static int whole(String name, String value) {
        if (!value.matches("[0-9]{1,9}")) {
            usage("'" + value + "' of " + name + " isn't a whole number", name);
        }
        return Integer.parseInt(value);
    }

    int number(String name, int fallback) {
        return whole(name, values.getOrDefault(name, String.valueOf(fallback)));
    }

    String text(String name, String fallback) {
        return values.getOrDefault(name, fallback);
    }

    List<Integer> numbers(String name, String fallback) {
        return Arrays.stream(values.getOrDefault(name, fallback).split(","))
                .map(value -> whole(name, value))
                .toList();
    }

    /**
     * The directory that data goes to: on a disk, not in memory, or the figures mean nothing. Of the one under target
     * the data of the last run is removed; one that was given must have none.
     */
    Path directory(String name) {
        String given = values.get("dir");
        if (given != null) {
            return Path.of(given).toAbsolutePath();
        }
        Path own = Path.of("target", name).toAbsolutePath();
        try {
            DurableFiles.deleteTree(own);
        } catch (IOException e) {
            throw new UncheckedIOException("can't remove the data of the last run in " + own, e);
        }
        return own;
    }

    /** Says on what, with which JVM and flags, so that a figure can be judged. */
    static void printMachine() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        System.out.printf(
                "machine: %d cores, load average %.1f; %s %s on %s %s%n",
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                runtime.getVmName(),
                System.getProperty("java.version"),
                System.getProperty("os.name"),
                System.getProperty("os.version"));
        System.out.println("load generator's JVM: " + String.join(" ", runtime.getInputArguments()));
        if (!runtime.getInputArguments().contains("-XX:+AlwaysPreTouch")) {
            System.out.println("WARNING: this JVM's heap isn't pre-touched; run it through `./quorate bench --peers`");
        }
    }

    static double median(List<Double> figures) {
        List<Double> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}

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
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The command line of a benchmark ({@code name=value} words) and the description of the machine it ran on. */
final class Setting {
    private final Usage usage;
    private final Map<String, String> values = new TreeMap<>();

    /**
     * Reads the words.
     *
     * @throws IllegalArgumentException that says what is wrong and what would be right
     */
    Setting(Usage usage, String... args) {
        this.usage = usage;
        for (String arg : args) {
            int at = arg.indexOf('=');
            String name = at < 0 ? arg : arg.substring(0, at);
            if (at < 0 || usage.word(name).isEmpty()) {
                throw new IllegalArgumentException("'" + arg + "' isn't known; give NAME=VALUE words with a name of "
                        + usage.words().stream().map(Usage.Word::name).collect(Collectors.joining(", ")));
            }
            String value = arg.substring(at + 1);
            Usage.Word word = usage.word(name).orElseThrow();
            if (word.isNumeric()) {
                List<String> numbers = List.of(value.split(",", -1));
                numbers.forEach(part -> whole(word, part));
                if (numbers.size() > 1 && !word.several()) {
                    throw new IllegalArgumentException("'" + value + "' of " + name + " is " + numbers.size()
                            + " numbers; it takes one, such as " + name + "=" + numbers.get(0));
                }
            }
            values.put(name, value);
        }
    }

    /** Reads the words, or shows help, or says what is wrong; the last two end the process. */
    static Setting read(Usage usage, String... args) {
        if (Arrays.stream(args).anyMatch(arg -> arg.equals("--help") || arg.equals("-h"))) {
            System.out.print(usage.help());
            System.exit(0);
        }
        try {
            return new Setting(usage, args);
        } catch (IllegalArgumentException e) {
            System.err.println("quorate bench " + usage.flag() + ": " + e.getMessage());
            System.err.println("try 'quorate bench " + usage.flag() + " --help'");
            System.exit(2);
            throw e;
        }
    }

    int number(String name) {
        return whole(usage.word(name).orElseThrow(), text(name));
    }

    String text(String name) {
        return values.getOrDefault(name, usage.word(name).orElseThrow().fallback());
    }

    List<Integer> numbers(String name) {
        return Arrays.stream(text(name).split(","))
                .map(value -> whole(usage.word(name).orElseThrow(), value))
                .toList();
    }

    /**
     * The directory that data goes to. Of the one under target the data of the last run is removed; one that was
     * given must have none.
     */
    Path directory() {
        Path directory = Path.of(text("dir")).toAbsolutePath();
        if (!values.containsKey("dir")) {
            try {
                DurableFiles.deleteTree(directory);
            } catch (IOException e) {
                throw new UncheckedIOException("can't remove the data of the last run in " + directory, e);
            }
        }
        return directory;
    }

    /** Where figures and goals are to be written as JSON. */
    Optional<Path> json() {
        return text("json").isEmpty() ? Optional.empty() : Optional.of(Path.of(text("json")));
    }

    /** Every word with the value that it has. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>();
        usage.words().forEach(word -> all.put(word.name(), text(word.name())));
        return all;
    }

    private static int whole(Usage.Word word, String value) {
        if (!value.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("'" + value + "' of " + word.name()
                    + " isn't a whole number; write at most nine digits"
                    + (word.several() ? ", several numbers with commas between" : ""));
        }
        return Integer.parseInt(value);
    }

    /** Says on what, with which JVM and flags, so that a figure can be judged. */
    static void printMachine() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        machine().forEach((name, value) -> System.out.println(name + ": " + value));
        if (!runtime.getInputArguments().contains("-XX:+AlwaysPreTouch")) {
            System.out.println("WARNING: this JVM's heap isn't pre-touched; run it through `./quorate bench --peers`");
        }
    }

    static Map<String, String> machine() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        Map<String, String> machine = new TreeMap<>();
        machine.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
        machine.put(
                "load average before",
                "%.1f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        machine.put("java", runtime.getVmName() + " " + System.getProperty("java.version"));
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("load generator's flags", String.join(" ", runtime.getInputArguments()));
        return machine;
    }

    static double median(List<Double> figures) {
        List<Double> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}

package io.quorate.cli.rulefile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** The bad rule files of bad-rules.txt, each with its problems. */
public final class BadRuleFiles {
    private static final String TABLE = "bad-rules.txt";
    private static final String FINDINGS = "found-rules.txt";

    private BadRuleFiles() {}

    /** A problem: where it is, and words that its message has. */
    public record Expected(int line, int column, List<String> words) {}

    /** A file and its problems in order. */
    public record Case(String title, String text, List<Expected> problems) {
        @Override
        public String toString() {
            return title;
        }
    }

    public static Stream<Case> cases() throws IOException {
        return cases(TABLE);
    }

    /** The right rule files of found-rules.txt, each with what is found in it. */
    static Stream<Case> findings() throws IOException {
        return cases(FINDINGS);
    }

    private static Stream<Case> cases(String file) throws IOException {
        List<Case> cases = new ArrayList<>();
        String title = "";
        StringBuilder text = new StringBuilder();
        List<Expected> problems = new ArrayList<>();
        for (String line : table(file).lines().toList()) {
            if (line.startsWith("=== ")) {
                if (!problems.isEmpty()) {
                    cases.add(new Case(title, body(text), List.copyOf(problems)));
                }
                title = line.substring(4);
                text.setLength(0);
                problems.clear();
            } else if (line.startsWith("--- ")) {
                problems.add(expected(line.substring(4)));
            } else if (problems.isEmpty()) {
                text.append(line).append('\n');
            }
        }
        cases.add(new Case(title, body(text), List.copyOf(problems)));
        return cases.stream();
    }

    private static String body(StringBuilder text) {
        return text.toString().stripTrailing() + "\n";
    }

    private static Expected expected(String line) {
        int space = line.indexOf(' ');
        String[] place = line.substring(0, space).split(":");
        List<String> words = Stream.of(line.substring(space + 1).split("\\|"))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
        return new Expected(Integer.parseInt(place[0]), Integer.parseInt(place[1]), words);
    }

    private static String table(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(BadRuleFiles.class.getResourceAsStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

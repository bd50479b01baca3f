package io.quorate.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a benchmark can be told: its words, each {@code name=value}, and what it is good for.
 *
 * @param flag by which {@code quorate bench} knows it
 * @param what it measures, a sentence
 * @param words all that it takes
 * @param goals what it judges, a line each
 */
record Usage(String flag, String what, List<Word> words, List<String> goals) {

    /**
     * One word.
     *
     * @param fallback the value that it has if it isn't given
     * @param meaning what it stands for
     * @param several whether it takes several numbers, with commas between
     */
    record Word(String name, String fallback, String meaning, boolean several) {
        /** A word with a text, or with one number if its fallback is one. */
        Word(String name, String fallback, String meaning) {
            this(name, fallback, meaning, false);
        }

        /** A word with one number or several. */
        static Word numbers(String name, String fallback, String meaning) {
            return new Word(name, fallback, meaning + ", or several with commas between", true);
        }

        /** Whether its value is a whole number, or several. */
        boolean isNumeric() {
            return fallback.matches("[0-9,]+");
        }
    }

    /** A benchmark with its own words and those that all have. */
    static Usage of(String flag, String what, List<String> goals, Word... own) {
        List<Word> words = new ArrayList<>(List.of(own));
        words.add(new Word(
                "dir",
                "target/" + flag.substring(2) + "-benchmark",
                "folder for data; on a disk, or the figures mean nothing"));
        words.add(new Word("json", "", "file for figures and goals as JSON"));
        return new Usage(flag, what, List.copyOf(words), goals);
    }

    Optional<Word> word(String name) {
        return words.stream().filter(word -> word.name().equals(name)).findFirst();
    }

    /** The text for {@code --help}. */
    String help() {
        StringBuilder text = new StringBuilder();
        text.append("Usage: quorate bench ")
                .append(flag)
                .append(" [NAME=VALUE ...]\n")
                .append(what)
                .append("\n\n");
        for (Word word : words) {
            text.append("  %-10s %s%s%n"
                    .formatted(
                            word.name(),
                            word.meaning(),
                            word.fallback().isEmpty() ? "" : "; default " + word.fallback()));
        }
        text.append("\nGoals, judged on the figures of this run:\n");
        goals.forEach(goal -> text.append("  ").append(goal).append('\n'));
        text.append(
                "\nExit codes: 0 measured, whether or not the goals are met; 1 a count was wrong; 2 wrong usage.\n");
        return text.toString();
    }
}

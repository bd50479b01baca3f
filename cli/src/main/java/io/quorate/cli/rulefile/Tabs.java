package io.quorate.cli.rulefile;

/** Finds tabs where YAML allows none, before the parser says it less clearly. */
final class Tabs {
    private Tabs() {}

    /** Reports each line that is indented with a tab; whether there was one. */
    static boolean indent(Problems problems, String text) {
        boolean found = false;
        int line = 1;
        int lineStart = 0;
        boolean inIndent = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line++;
                lineStart = i + 1;
                inIndent = true;
            } else if (inIndent && c == '\t') {
                problems.add(line, i - lineStart + 1, "a tab in the indentation", "indent with spaces");
                found = true;
                inIndent = false;
            } else if (c != ' ' && c != '-') {
                inIndent = false;
            }
        }
        return found;
    }
}

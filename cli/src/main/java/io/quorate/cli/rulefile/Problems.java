package io.quorate.cli.rulefile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The problems found so far in one file; a bounded list, so that a hostile file can't fill memory or screen. */
public final class Problems {
    /** Most problems reported of one file. */
    static final int PROBLEMS_MAX = 100;

    private final String file;
    private final List<Problem> found = new ArrayList<>();

    public Problems(String file) {
        this.file = file;
    }

    void add(YamlNode at, String what, String advice) {
        add(at.line(), at.column(), what, advice);
    }

    void add(int line, int column, String what, String advice) {
        if (found.size() < PROBLEMS_MAX) {
            found.add(new Problem(file, line, column, what, advice));
        }
    }

    public boolean none() {
        return found.isEmpty();
    }

    public ParsedRules.Bad bad() {
        List<Problem> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
        return new ParsedRules.Bad(sorted);
    }
}

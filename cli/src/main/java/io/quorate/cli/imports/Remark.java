package io.quorate.cli.imports;

import io.quorate.cli.rulefile.Problem;

/**
 * Something of an imported file that isn't here as it was there.
 *
 * @param problem where it stands, what it is, and what may be done about it
 */
public record Remark(Kind kind, Problem problem) {
    /** How much it matters; the words stand in the output. */
    public enum Kind {
        /** A limit that isn't among the imported rules: requests that it held back go through. */
        LEFT_OUT("left out"),
        /** A limit that is here, but decides differently in some cases. */
        CHANGED("changed"),
        /** Something that no decision depends on. */
        DROPPED("dropped");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** For people: {@code config.yaml:4:5: left out: ...; ...}. */
    @Override
    public String toString() {
        return problem.file() + ":" + problem.line() + ":" + problem.column() + ": " + kind.label + ": "
                + problem.what() + "; " + problem.advice();
    }
}

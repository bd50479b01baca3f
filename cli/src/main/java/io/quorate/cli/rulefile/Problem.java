package io.quorate.cli.rulefile;

/**
 * One thing that is wrong in a rule file.
 *
 * @param file as named by whoever asked
 * @param line from 1; 0 if the file as a whole is meant
 * @param column from 1, in characters; 0 if the file as a whole is meant
 * @param what what is wrong
 * @param advice what would be right
 */
public record Problem(String file, int line, int column, String what, String advice) {

    /** For people: {@code rules.yaml:4:13: unknown field 'algoritm'; did you mean 'algorithm'?}. */
    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return place + ": " + what + "; " + advice;
    }
}

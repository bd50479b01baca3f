package io.quorate.chaos.check;

/**
 * A log that its node gave up in the course of a run, since its data was lost on purpose; the node begins another one.
 * It is noted in the history when the node has ended and not begun anew.
 *
 * @param node whose it was
 * @param life the node's, from 1
 * @param nanos when, by the harness's clock
 */
public record GivenUp(String node, int life, long nanos) {
    /** The name of its note in a history. */
    public static final String NOTE = "log-given-up";

    /** The name of the note of a node whose log was damaged on purpose, and not given up. */
    public static final String DAMAGED_NOTE = "log-damaged";

    /** As it is noted. */
    public String text() {
        return node + " " + life + " " + nanos;
    }

    static GivenUp parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("no log that was given up: " + text);
        }
        return new GivenUp(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
    }

    /** The log's name among the dumps. */
    public String name() {
        return node + "." + life;
    }
}

package io.quorate.chaos.substrate;

/** One direction between two ends, each a node's id or {@link #CLIENTS}. */
public record Link(String from, String to) {
    /** All clients together, as an end of links. */
    public static final String CLIENTS = "clients";

    public Link {
        if (from.equals(to)) {
            throw new IllegalArgumentException("a link from " + from + " to itself");
        }
    }

    /** The other direction. */
    public Link reversed() {
        return new Link(to, from);
    }

    @Override
    public String toString() {
        return from + "->" + to;
    }
}

package io.quorate.client.route;

/** Makes connections. */
@FunctionalInterface
public interface Links {
    /** Begins to connect to {@code host:port}; {@code events} hears of it on the loop, never within this call. */
    Link open(String address, LinkEvents events);
}

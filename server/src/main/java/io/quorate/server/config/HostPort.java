package io.quorate.server.config;

import io.quorate.core.quota.Names;
import java.net.InetSocketAddress;

/** A host and a TCP port, written {@code host:port}, or {@code [address]:port} for IPv6. */
public record HostPort(String host, int port) {

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException that says what would be right
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || (!bracketed && host.indexOf(':') >= 0) || !plain(host)) {
            throw wrong(text);
        }
        String port = text.substring(colon + 1);
        if (port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw wrong(text);
        }
        int number = Integer.parseInt(port);
        if (number > 65_535) {
            throw wrong(text);
        }
        return new HostPort(host, number);
    }

    private static boolean plain(String host) {
        return host.length() <= 253
                && host.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c >= '0' && c <= '9'
                                || c == '.'
                                || c == '-'
                                || c == '_'
                                || c == ':'
                                || c == '%');
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(
                "must be host:port, such as 127.0.0.1:7101 or [::1]:7101, not '" + Names.printable(text) + "'");
    }

    /** The address to bind or connect to; resolves the host's name. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}

package io.quorate.client.net;

import io.quorate.core.quota.Names;
import java.net.InetSocketAddress;

/** An address as users write it: {@code host:port}, or {@code [::1]:port}. */
public record HostPort(String host, int port) {
    private static final int PORT_MAX = 65_535;

    public HostPort {
        if (host.isEmpty() || port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException("an address needs a host and a port from 1 to " + PORT_MAX);
        }
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException that says what would be right
     */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = ""; // an IPv6 address without brackets: its last part might be the port or not
        }
        String port = text.substring(colon + 1);
        boolean digits = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(c -> c >= '0' && c <= '9');
        if (host.isEmpty() || !digits || Integer.parseInt(port) < 1 || Integer.parseInt(port) > PORT_MAX) {
            throw new IllegalArgumentException(
                    "an address must be host:port, such as 127.0.0.1:7101 or [::1]:7101, not '" + Names.printable(text)
                            + "'");
        }
        return new HostPort(host, Integer.parseInt(port));
    }

    InetSocketAddress toSocketAddress() {
        return InetSocketAddress.createUnresolved(host, port);
    }
}

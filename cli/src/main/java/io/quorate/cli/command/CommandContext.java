package io.quorate.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quorate.cli.text.Printable;
import io.quorate.cli.text.Table;
import io.quorate.client.api.QuorateClient;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command is given by its surroundings: where to write, the environment, and how to reach a cluster.
 *
 * <p>Text from the cluster or from files passes {@link #line} or a {@link Table}, which escape what a terminal
 * would obey.
 */
public final class CommandContext {
    private static final ObjectMapper JSON = new ObjectMapper().configure(JsonGenerator.Feature.ESCAPE_NON_ASCII, true);

    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final boolean interactive;
    private final Connector connector;
    private final GlobalOptions globals = new GlobalOptions();

    /** Makes a client of a cluster. */
    public interface Connector {
        QuorateClient connect(List<String> endpoints, Duration timeout, int inFlightMax);
    }

    /**
     * Everything by hand, so that tests can give their own.
     *
     * @param interactive whether {@code err} is a terminal, on which progress may be drawn
     */
    public CommandContext(
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            boolean interactive,
            Connector connector) {
        this.out = out;
        this.err = err;
        this.environment = Map.copyOf(environment);
        this.interactive = interactive;
        this.connector = connector;
    }

    public GlobalOptions globals() {
        return globals;
    }

    boolean json() {
        return globals.json;
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    boolean interactive() {
        return interactive;
    }

    /** A client of the cluster that the user means, for the usual few requests. */
    QuorateClient connect() {
        return connect(1024);
    }

    QuorateClient connect(int inFlightMax) {
        return connector.connect(endpoints(), globals.timeout, inFlightMax);
    }

    /** The addresses of the cluster that the user means. */
    List<String> endpoints() {
        String text = globals.cluster;
        String origin = "--cluster";
        if (text.isEmpty()) {
            text = environment.getOrDefault("QUORATE_CLUSTER", "");
            origin = "QUORATE_CLUSTER";
        }
        if (text.isEmpty()) {
            return List.of("127.0.0.1:7401");
        }
        List<String> endpoints = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            endpoints.add(checkAddress(origin, part.strip()));
        }
        return endpoints;
    }

    private static String checkAddress(String origin, String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        boolean right = colon > 0
                && port.length() <= 5
                && port.matches("[0-9]+")
                && Integer.parseInt(port) >= 1
                && Integer.parseInt(port) <= 65_535
                && !address.substring(0, colon).isBlank();
        if (!right) {
            throw CommandFailure.usage(origin + ": '" + Printable.escape(address, 80)
                    + "' is no address; write host:port, several with commas between, such as 127.0.0.1:7401");
        }
        return address;
    }

    /** Writes a line of text, escaped. */
    void line(String text) {
        raw(Printable.escape(text) + "\n");
    }

    void table(Table table) {
        raw(table.toString());
    }

    /** Writes text that is safe as it is, with its line ends. */
    void raw(String text) {
        out.print(text);
        out.flush();
        if (out.checkError()) {
            throw new OutputClosed();
        }
    }

    /** Writes one JSON value in one line. */
    void json(Object value) {
        try {
            raw(JSON.writeValueAsString(value) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not writable as JSON: " + value, e);
        }
    }

    /** Writes a line for people beside the output. */
    void note(String text) {
        err.println(Printable.escape(text));
        err.flush();
    }

    /** Reports why a command ends without doing what was asked. */
    public void failed(String message) {
        if (globals.json) {
            try {
                json(object("error", message.replace("\n", "; ")));
            } catch (OutputClosed e) {
                note("quorate: standard output is closed");
            }
        }
        for (String line : message.split("\n", -1)) {
            note("quorate: " + line);
        }
    }

    /** Shows where a bug is, if the user asked for it. */
    void trace(Exception exception) {
        if (environment.containsKey("QUORATE_DEBUG")) {
            exception.printStackTrace(err);
        }
    }

    /** A JSON object of name, value, name, value and so on, in this order. */
    static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }
}

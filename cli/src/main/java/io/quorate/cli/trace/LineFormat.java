package io.quorate.cli.trace;

/** How one line of a trace becomes a request. */
interface LineFormat {
    /** Name for people. */
    String name();

    TraceRequest read(long line, String text) throws MalformedLineException;
}

package io.quorate.client.fake;

/** What a node does with one request. */
public enum Fault {
    NONE,
    /** Doesn't execute it, and closes the connection. */
    CLOSE_BEFORE,
    /** Executes it, and closes the connection instead of answering. */
    CLOSE_AFTER,
    /** Executes it, sends half of the answer's frame, and closes the connection. */
    HALF_ANSWER,
    /** Neither executes nor answers it. */
    IGNORE,
    /** Executes it, and doesn't answer. */
    SWALLOW,
    /** Executes and answers it twice. */
    ANSWER_TWICE,
    /** Executes it, and answers a request that doesn't exist. */
    WRONG_ID,
    /** Executes it, and says that it doesn't know. */
    SAY_UNKNOWN,
    /** Doesn't execute it, and says that it has too much to do. */
    OVERLOADED,
    /** Doesn't execute it, and says that it can't now. */
    UNAVAILABLE,
    /** Doesn't execute it, and says that its rules are too old. */
    STALE_RULES,
    /** Executes it, and answers later. */
    DELAY,
    /** Executes it, and answers with bytes that are no message. */
    GARBAGE,
    /** Executes it, and answers with another kind of answer. */
    WRONG_BODY
}

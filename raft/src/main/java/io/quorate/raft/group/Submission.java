package io.quorate.raft.group;

import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import java.util.List;

/**
 * One command on its way into the log.
 *
 * @param rulesVersion the rules that matched it; {@link #ANY_RULES} if it matched none
 * @param limits the terms of the limit numbers that it uses
 */
public record Submission(Command command, long rulesVersion, List<LimitDefinition> limits, Completion completion) {
    /** The rules version of a command that depends on no rules. */
    public static final long ANY_RULES = Long.MAX_VALUE;
}

package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import java.util.List;

/** What applying one entry gives: the changes to commit and an answer per command, in order. */
public record Transition(StateChanges changes, List<Applied> answers) {}

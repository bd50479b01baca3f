package io.quorate.core.command;

import io.quorate.core.quota.Limit;

/** What a limit's number stands for. An entry carries the definitions of all numbers that it uses. */
public record LimitDefinition(int limitId, Limit limit) {}

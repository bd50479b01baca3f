package io.quorate.server.endpoint;

import io.quorate.core.machine.Machine;
import io.quorate.server.metrics.ServerMetrics;

/** What deciding a request takes: the groups, the rules, the machine to peek with, and what counts it. */
record Deciding(Groups groups, RuleCatalog catalog, Machine machine, ServerMetrics metrics) {}

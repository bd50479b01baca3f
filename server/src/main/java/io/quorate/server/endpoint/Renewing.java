package io.quorate.server.endpoint;

import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.metrics.ServerMetrics;

/** What renewing leases takes: the groups, the rules, the policy, and what counts it. */
record Renewing(Groups groups, RuleCatalog catalog, LeasePolicy policy, ServerMetrics metrics) {}

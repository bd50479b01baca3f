package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.core.command.LimitDefinition;
import io.quorate.core.command.Outcome;
import io.quorate.core.lease.Leasing;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.NumberedRule;
import io.quorate.protocol.Failures;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Response;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.server.lease.Ask;
import io.quorate.server.lease.Hint;
import io.quorate.server.lease.LeasePolicy;
import io.quorate.server.metrics.LeaseCounts;
import io.quorate.server.metrics.RenewalOutcome;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A frame of renewals, each a command of its own in the group's log; answered when all are.
 *
 * <p>A renewal by old rules, or of a counter that can't be leased (any more), is still a report: what was spent and
 * returned goes into the log, nothing is granted, and the lease isn't made longer.
 */
final class RenewExchange extends Exchange {
    /** Renewals in one frame. */
    static final int RENEWALS_MAX = 512;

    private final Renewing renewing;
    private final Leases.Renew request;
    private final long startNanos;
    private final Item[] items;
    private final AtomicInteger open = new AtomicInteger();

    RenewExchange(Renewing renewing, Peer peer, long correlationId, Leases.Renew request, long startNanos) {
        super(peer, correlationId);
        this.startNanos = startNanos;
        this.renewing = renewing;
        this.request = request;
        this.items = new Item[request.getRenewalsCount()];
    }

    /** Checks the frame as a whole, then submits each renewal. On the event loop. */
    void start() {
        Groups groups = renewing.groups();
        ReplicatedGroup group = groups.data(request.getGroup());
        RuleCatalog.Snapshot snapshot = renewing.catalog().current();
        if (group == null) {
            fail(groups.noSuchGroup(request.getGroup()));
        } else if (request.getEpoch() != groups.topology().epoch()) {
            fail(
                    Code.STALE_TOPOLOGY,
                    "the cluster's topology is of epoch " + groups.topology().epoch() + ", not "
                            + Long.toUnsignedString(request.getEpoch()));
        } else if (request.getSessionId() < 1) {
            fail(
                    Code.INVALID_ARGUMENT,
                    "session_id must be the id of a session, not " + Long.toUnsignedString(request.getSessionId()));
        } else if (items.length < 1 || items.length > RENEWALS_MAX) {
            fail(Code.INVALID_ARGUMENT, "a frame has 1 to " + RENEWALS_MAX + " renewals, not " + items.length);
        } else if (snapshot == RuleCatalog.Snapshot.NONE) {
            fail(Failures.retry(
                    Code.UNAVAILABLE, "this node is starting: it has no rules yet", Refusals.SOON_RETRY_MILLIS));
        } else if (!group.isLeader()) {
            // Asked for before the policy learns of a demand that isn't this node's to serve.
            fail(Groups.notLeader(group));
        } else {
            submit(group, snapshot);
        }
    }

    private void submit(ReplicatedGroup group, RuleCatalog.Snapshot snapshot) {
        NamespaceRules rules = snapshot.namespace(request.getNamespace());
        boolean current = rules != null && rules.applied().version() <= request.getRulesVersion();
        open.set(items.length);
        for (int i = 0; i < items.length; i++) {
            items[i] = new Item(request.getRenewals(i));
            try {
                items[i].submit(group, snapshot.version(), rules, current, startNanos);
            } catch (IllegalArgumentException e) {
                items[i].refuse(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
            }
        }
        peer().submitted(group);
    }

    private void itemAnswered() {
        if (open.decrementAndGet() == 0) {
            answered();
        }
    }

    @Override
    protected void answer(Response.Builder response, long nowNanos) {
        Leases.Renewed.Builder renewed = Leases.Renewed.newBuilder();
        for (Item item : items) {
            renewed.addResults(item.result(nowNanos));
        }
        response.setLeasesRenewed(renewed);
    }

    /** One renewal on its way through the log. */
    private final class Item implements Completion {
        private final Leases.Renewal renewal;
        private io.quorate.protocol.v1.@Nullable Failure refusal;
        private @Nullable Applied applied;
        private @Nullable QuotaKey key;
        private LeasePolicy.@Nullable Renewal asked;
        private long askedNeed;

        Item(Leases.Renewal renewal) {
            this.renewal = renewal;
        }

        void submit(
                ReplicatedGroup group,
                long catalogVersion,
                @Nullable NamespaceRules rules,
                boolean current,
                long nowNanos) {
            check(renewal);
            QuotaKey named = KeysEndpoint.key(request.getNamespace(), renewal.getRule(), renewal.getValuesList());
            key = named;
            NumberedRule rule = rules == null ? null : rules.rule(renewal.getRule());
            if (rules == null || rule == null || !current) {
                report(group, named);
                return;
            }
            int counted = rules.countedValues(renewal.getRule());
            if (counted != named.values().size()) {
                throw new IllegalArgumentException("rule '" + renewal.getRule() + "' counts by " + counted
                        + " values, not " + named.values().size());
            }
            int owner = renewing.groups().groupOfSlot(rules.slotOf(renewal.getColocated()));
            if (owner != group.id().value()) {
                refuse(
                        Code.STALE_TOPOLOGY,
                        "this counter is leased by group " + owner + ", not "
                                + group.id().value());
                return;
            }
            String obstacle = obstacle(rule);
            if (obstacle != null) {
                if (renewal.getSequence() > 1) {
                    report(group, named);
                } else {
                    refuse(Code.NOT_LEASABLE, obstacle);
                }
                return;
            }
            LeaseTerms terms = rule.rule().leaseTerms();
            LeasePolicy.Renewal wanted = new LeasePolicy.Renewal(
                    request.getSessionId(),
                    renewal.getLeaseId(),
                    renewal.getSpent() + renewal.getReturned(),
                    rule.rule().limit(),
                    terms.tokensMax(),
                    terms.ttlMillis(),
                    renewal.getNeed(),
                    renewal.getWant(),
                    renewal.getMilliRate(),
                    renewal.getDenied());
            Ask ask = renewing.policy().ask(named, wanted, nowNanos);
            asked = wanted;
            askedNeed = ask.need();
            group.submit(new Submission(
                    command(named, rule.limitId(), ask),
                    catalogVersion,
                    List.of(new LimitDefinition(rule.limitId(), rule.rule().limit())),
                    this));
        }

        private void report(ReplicatedGroup group, QuotaKey named) {
            group.submit(new Submission(command(named, 0, new Ask(0, 0, 1)), Submission.ANY_RULES, List.of(), this));
        }

        private Command.RenewLease command(QuotaKey named, int limitId, Ask ask) {
            return new Command.RenewLease(
                    request.getSessionId(),
                    named,
                    limitId,
                    renewal.getLeaseId(),
                    renewal.getSequence(),
                    renewal.getSpent(),
                    renewal.getReturned(),
                    ask.need(),
                    ask.want(),
                    ask.ttlMillis());
        }

        void refuse(Code code, String message) {
            refusal = Failures.of(code, message);
            itemAnswered();
        }

        @Override
        public void applied(Applied result) {
            if (result.outcome() instanceof Outcome.Refused refused
                    && refused.reason() == Outcome.Reason.UNKNOWN_SESSION) {
                // It isn't known for any of the frame, and its client must open another.
                fail(Refusals.of(refused.reason()));
            }
            applied = result;
            itemAnswered();
        }

        /** What the group can't take, it can't take for any of the frame. */
        @Override
        public void failed(io.quorate.raft.group.Failure failure) {
            fail(Refusals.of(request.getGroup(), failure));
        }

        Leases.Result result(long nowNanos) {
            Leases.Result.Builder result = Leases.Result.newBuilder();
            Applied outcome = applied;
            count(refusal == null && outcome != null ? outcome.outcome() : null);
            if (refusal != null || outcome == null || key == null) {
                return result.setFailure(
                                refusal == null ? Failures.of(Code.UNKNOWN, "the group gave no answer") : refusal)
                        .build();
            }
            if (outcome.outcome() instanceof Outcome.LeaseRenewed renewed) {
                write(result, renewed, key, nowNanos);
            } else if (outcome.outcome() instanceof Outcome.Refused refused) {
                result.setFailure(Refusals.of(refused.reason()));
            } else {
                result.setFailure(Failures.of(Code.UNKNOWN, "the group answered a renewal with something else"));
            }
            return result.build();
        }

        private void count(@Nullable Outcome outcome) {
            LeaseCounts counts = renewing.metrics().leases();
            // What a client claims isn't trusted with the sum.
            counts.deniedByClient(asked == null ? 0 : Math.min(renewal.getDenied(), Command.COST_MAX));
            if (outcome instanceof Outcome.LeaseRenewed renewed) {
                counts.renewed(outcome(renewed));
                if (asked != null) {
                    counts.needed(renewal.getNeed(), askedNeed, Math.min(askedNeed, renewed.consumed()));
                }
            } else if (outcome instanceof Outcome.Refused refused) {
                counts.renewed(outcomeOf(refused.reason()));
            } else if (refusal != null && refusal.getCode() == Code.NOT_LEASABLE) {
                counts.renewed(RenewalOutcome.NOT_LEASABLE);
            } else {
                counts.renewed(RenewalOutcome.REFUSED);
            }
        }

        private RenewalOutcome outcome(Outcome.LeaseRenewed renewed) {
            long wanted = renewal.getNeed() + renewal.getWant();
            if (asked == null && wanted > 0) {
                return RenewalOutcome.STALE_RULES;
            }
            if (wanted == 0) {
                return RenewalOutcome.REPORT;
            }
            if (renewed.granted() >= wanted) {
                return RenewalOutcome.GRANTED;
            }
            return renewed.granted() > 0 ? RenewalOutcome.PARTLY : RenewalOutcome.NOTHING;
        }

        private void write(Leases.Result.Builder result, Outcome.LeaseRenewed renewed, QuotaKey named, long nowNanos) {
            LeasePolicy.Renewal wanted = asked;
            result.setGranted(renewed.granted())
                    .setConsumed(renewed.consumed())
                    .setValidMillis(renewed.validMillis())
                    .setAvailable(renewed.available())
                    .setOutstanding(renewed.outstanding())
                    .setRetryAfterMillis(renewed.retryAfterMillis())
                    .setResetAfterMillis(renewed.resetAfterMillis());
            if (wanted == null) {
                result.setStaleRules(true).setRetryAfterMillis(Refusals.SOON_RETRY_MILLIS);
                return;
            }
            Hint hint = renewing.policy().answered(named, wanted, renewed, nowNanos);
            result.setHorizonMillis(hint.horizonMillis())
                    .setContended(hint.contended())
                    .setRoomy(hint.roomy())
                    .setRecalled(hint.recalled());
            if (hint.contended()) {
                result.setRetryAfterMillis(hint.retryAfterMillis());
            }
        }
    }

    private static RenewalOutcome outcomeOf(Outcome.Reason reason) {
        return switch (reason) {
            case LEASE_UNKNOWN -> RenewalOutcome.ENDED;
            case LEASE_STALE -> RenewalOutcome.LATE;
            case NOT_LEASABLE -> RenewalOutcome.NOT_LEASABLE;
            case STALE_RULES -> RenewalOutcome.STALE_RULES;
            case LEASES_FULL, COUNTERS_FULL -> RenewalOutcome.FULL;
            default -> RenewalOutcome.REFUSED;
        };
    }

    /** Why clients may not lease from this rule's counters; null if they may. */
    private static @Nullable String obstacle(NumberedRule rule) {
        if (!rule.rule().isLimited()) {
            return "rule '" + rule.rule().id() + "' is unlimited";
        }
        if (!rule.rule().leaseTerms().allowed()) {
            return "rule '" + rule.rule().id() + "' forbids leases";
        }
        return Leasing.of(rule.rule().limit()).isPossible()
                ? null
                : "a limit of kind " + rule.rule().limit().algorithm().label() + " can't be leased";
    }

    private static void check(Leases.Renewal renewal) {
        atLeast("lease_id", renewal.getLeaseId(), 1, Long.MAX_VALUE);
        atLeast("sequence", renewal.getSequence(), 1, Long.MAX_VALUE);
        atLeast("spent", renewal.getSpent(), 0, Long.MAX_VALUE);
        atLeast("returned", renewal.getReturned(), 0, Long.MAX_VALUE);
        atLeast("need", renewal.getNeed(), 0, Command.COST_MAX);
        atLeast("want", renewal.getWant(), 0, Command.COST_MAX);
        atLeast("milli_rate", renewal.getMilliRate(), 0, Long.MAX_VALUE);
        atLeast("denied", renewal.getDenied(), 0, Long.MAX_VALUE);
    }

    private static void atLeast(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    field + " must be " + least + " to " + most + ", not " + Long.toUnsignedString(value));
        }
    }
}

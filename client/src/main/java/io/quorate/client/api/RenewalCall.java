package io.quorate.client.api;

import io.quorate.client.lease.LeaseRefusal;
import io.quorate.client.lease.Leases;
import io.quorate.client.lease.Pocket;
import io.quorate.client.lease.Renewal;
import io.quorate.client.lease.RenewalReply;
import io.quorate.client.route.Call;
import io.quorate.client.route.Refusal;
import io.quorate.client.route.Target;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Failure;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Renewals of one namespace's leases in one group, on their way in one frame. */
final class RenewalCall extends Call {
    /** Bound of a frame's renewals. */
    static final int RENEWALS_MAX = 256;

    private static final int FRAME_BYTES_MAX = 128;
    private static final int RENEWAL_BYTES_MAX = 12 * 11;

    /** A renewal and the pocket that it is for. */
    record Item(Pocket pocket, Renewal renewal) {}

    private final Leases leases;
    private final LongSupplier clock;
    private final long sentNanos;
    private final String namespace;
    private final long rulesVersion;
    private final List<Item> items;
    private final Consumer<String> onStaleRules;

    RenewalCall(Sender sender, Target.Leader target, Frame frame, long deadlineNanos, Consumer<String> onStaleRules) {
        super(target, true, deadlineNanos);
        this.leases = sender.leases();
        this.clock = sender.clock();
        this.sentNanos = clock.getAsLong();
        this.namespace = frame.namespace();
        this.rulesVersion = frame.rulesVersion();
        this.items = List.copyOf(frame.items());
        this.onStaleRules = onStaleRules;
    }

    /** Whose renewals they are, and the clock by which they wait. */
    record Sender(Leases leases, LongSupplier clock) {}

    /** What is sent: renewals of a namespace, by the rules of a version. */
    record Frame(String namespace, long rulesVersion, List<Item> items) {}

    @Override
    public Request request(long correlationId) {
        io.quorate.protocol.v1.Leases.Renew.Builder renew = io.quorate.protocol.v1.Leases.Renew.newBuilder()
                .setGroup(group())
                .setEpoch(epoch())
                .setSessionId(sessionId())
                .setNamespace(namespace)
                .setRulesVersion(rulesVersion);
        for (Item item : items) {
            Renewal renewal = item.renewal();
            renew.addRenewals(io.quorate.protocol.v1.Leases.Renewal.newBuilder()
                    .setRule(item.pocket().target().key().ruleId())
                    .addAllValues(item.pocket().target().key().values())
                    .setColocated(item.pocket().target().colocated())
                    .setLeaseId(renewal.leaseId())
                    .setSequence(renewal.sequence())
                    .setSpent(renewal.spent())
                    .setReturned(renewal.returned())
                    .setNeed(renewal.need())
                    .setWant(renewal.want())
                    .setMilliRate(renewal.milliRate())
                    .setDenied(renewal.denied()));
        }
        return Request.newBuilder()
                .setCorrelationId(correlationId)
                .setRenewLeases(renew)
                .build();
    }

    @Override
    protected int sizeBytesMax() {
        int bytes = FRAME_BYTES_MAX + namespace.length();
        for (Item item : items) {
            bytes += RENEWAL_BYTES_MAX
                    + item.pocket().target().key().bytes().length
                    + 4 * item.pocket().target().colocated().length();
        }
        return bytes;
    }

    @Override
    protected boolean accepts(Response response) {
        return response.hasLeasesRenewed() && response.getLeasesRenewed().getResultsCount() == items.size();
    }

    @Override
    protected void answered(Response response) {
        leases.timeout().answeredAfter(clock.getAsLong() - sentNanos);
        boolean stale = false;
        for (int i = 0; i < items.size(); i++) {
            io.quorate.protocol.v1.Leases.Result result =
                    response.getLeasesRenewed().getResults(i);
            Item item = items.get(i);
            if (result.hasFailure()) {
                Failure failure = result.getFailure();
                leases.refused(
                        item.pocket(), item.renewal(), refusal(failure.getCode()), failure.getRetryAfterMillis());
                stale |= failure.getCode() == Code.STALE_RULES;
            } else {
                stale |= result.getStaleRules();
                leases.renewed(item.pocket(), item.renewal(), reply(result));
            }
        }
        if (stale) {
            onStaleRules.accept(namespace);
        }
    }

    private static RenewalReply reply(io.quorate.protocol.v1.Leases.Result result) {
        return new RenewalReply(
                result.getGranted(),
                result.getConsumed(),
                result.getValidMillis(),
                result.getHorizonMillis(),
                result.getContended(),
                result.getRoomy(),
                result.getRetryAfterMillis(),
                result.getRecalled(),
                result.getAvailable(),
                result.getStaleRules());
    }

    private static LeaseRefusal refusal(Code code) {
        return switch (code) {
            case LEASE_UNKNOWN, UNKNOWN_SESSION -> LeaseRefusal.UNKNOWN_LEASE;
            case LEASE_STALE -> LeaseRefusal.STALE;
            case NOT_LEASABLE, INVALID_ARGUMENT -> LeaseRefusal.NOT_LEASABLE;
            case OVERLOADED -> LeaseRefusal.FULL;
            case STALE_RULES -> LeaseRefusal.STALE_RULES;
            case NOT_LEADER, STALE_TOPOLOGY, UNAVAILABLE -> LeaseRefusal.UNREACHABLE;
            default -> LeaseRefusal.UNKNOWN_OUTCOME;
        };
    }

    @Override
    protected void failed(Refusal refusal) {
        if (refusal.maybeExecuted()) {
            leases.timeout().unanswered();
        }
        LeaseRefusal why = refusal(refusal.code());
        if (why == LeaseRefusal.FULL) {
            why = LeaseRefusal.UNREACHABLE; // it is the node or this client that is full, not the counter
        }
        if (refusal.maybeExecuted() && why == LeaseRefusal.UNREACHABLE) {
            why = LeaseRefusal.UNKNOWN_OUTCOME;
        }
        for (Item item : items) {
            leases.refused(item.pocket(), item.renewal(), why, 0);
        }
    }
}

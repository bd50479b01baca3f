package io.quorate.client.api;

import io.quorate.client.route.Refusal;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Groups;
import io.quorate.protocol.v1.Keys;
import io.quorate.protocol.v1.Leases;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Turns what the cluster says into what users get. */
final class Answers {
    private static final Optional<Duration> AT_ONCE = Optional.of(Duration.ZERO);

    private Answers() {}

    static List<Result.RuleResult> ruleResults(List<io.quorate.protocol.v1.RuleResult> messages) {
        int count = messages.size();
        if (count == 1) {
            return List.of(ruleResult(messages.get(0)));
        }
        Result.RuleResult[] results = new Result.RuleResult[count];
        for (int i = 0; i < count; i++) {
            results[i] = ruleResult(messages.get(i));
        }
        return List.copyOf(Arrays.asList(results));
    }

    private static Result.RuleResult ruleResult(io.quorate.protocol.v1.RuleResult message) {
        long retryAfter = message.getRetryAfterMillis();
        return new Result.RuleResult(
                message.getRule(),
                message.getAllowed(),
                message.getShadow(),
                message.getRemaining(),
                retryAfter == 0
                        ? AT_ONCE
                        : retryAfter < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(retryAfter)),
                Duration.ofMillis(message.getResetAfterMillis()));
    }

    static Result.Position position(io.quorate.protocol.v1.Position message) {
        return new Result.Position(
                message.getGroup(),
                message.getIndex(),
                message.getPosition(),
                message.getLogTimeMillis(),
                message.getRulesVersion());
    }

    static QuorateAdmin.KeyDetails keyDetails(Keys.Details key) {
        return new QuorateAdmin.KeyDetails(
                key.getNamespace(),
                key.getRule(),
                List.copyOf(key.getValuesList()),
                key.getGroup(),
                key.getSlot(),
                key.getExists(),
                RuleMessages.limit(key.getLimit()),
                key.getUsed(),
                key.getRemaining(),
                Duration.ofMillis(key.getResetAfterMillis()),
                key.getState(),
                key.getLogTimeMillis(),
                key.getOutstanding(),
                Duration.ofMillis(key.getHorizonMillis()),
                key.getLeasesList().stream().map(Answers::leaseInfo).toList());
    }

    private static QuorateAdmin.LeaseInfo leaseInfo(Leases.Lease lease) {
        return new QuorateAdmin.LeaseInfo(
                lease.getSessionId(),
                lease.getClientName(),
                lease.getLeaseId(),
                lease.getGranted(),
                lease.getSpent(),
                lease.getReturned(),
                lease.getOutstanding(),
                lease.getLastGranted(),
                Duration.ofMillis(lease.getLastValidMillis()),
                Duration.ofMillis(lease.getExpiresInMillis()),
                lease.getMilliRate() / 1000.0);
    }

    static QuorateAdmin.GroupInfo groupInfo(Groups.Status status) {
        return new QuorateAdmin.GroupInfo(
                status.getGroup(),
                status.getNode(),
                status.getRole(),
                status.getLeader(),
                status.getTerm(),
                status.getCommittedIndex(),
                status.getAppliedIndex(),
                status.getLogTimeMillis(),
                status.getRulesVersion(),
                status.getCounters(),
                status.getSessions(),
                status.getDigest(),
                status.getMemoryBytes(),
                status.getDiskBytes(),
                List.copyOf(status.getMembersList()));
    }

    /** Whether the request can never succeed as it is, and certainly did nothing. */
    static boolean isCallersFault(Refusal refusal) {
        return !refusal.maybeExecuted()
                && (refusal.code() == Code.INVALID_ARGUMENT || refusal.code() == Code.NOT_FOUND);
    }

    static QuorateException exception(Refusal refusal) {
        return new QuorateException(kind(refusal), refusal.message());
    }

    private static QuorateException.Kind kind(Refusal refusal) {
        if (refusal.maybeExecuted()) {
            return QuorateException.Kind.UNKNOWN;
        }
        return switch (refusal.code()) {
            case INVALID_ARGUMENT, PAYLOAD_MISMATCH -> QuorateException.Kind.INVALID;
            case NOT_FOUND -> QuorateException.Kind.NOT_FOUND;
            case VERSION_CONFLICT -> QuorateException.Kind.CONFLICT;
            default -> QuorateException.Kind.UNAVAILABLE;
        };
    }
}

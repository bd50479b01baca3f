package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.command.Outcome;
import io.quorate.core.command.Outcome.ChargeResult;
import io.quorate.core.machine.StateView;
import io.quorate.core.quota.Names;
import io.quorate.core.rule.CompiledRules.Matched;
import io.quorate.core.rule.Descriptor;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Rule;
import io.quorate.protocol.Failures;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Decision;
import io.quorate.protocol.v1.Entry;
import io.quorate.protocol.v1.Position;
import io.quorate.protocol.v1.RuleResult;
import io.quorate.raft.group.ReplicatedGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that rules decide: finds its group, matches its rules, and if the group turns out to demand newer
 * rules, matches again, a bounded number of times.
 *
 * <p>{@link #decide} runs on the peer's event loop; answers come from any thread.
 */
abstract class DecideExchange extends Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(DecideExchange.class);

    /** How often one request is matched before it is refused. */
    static final int TRIES_MAX = 3;

    private final Deciding deciding;
    private final int groupNumber;
    private final String namespace;
    private int tries;

    private @Nullable Descriptor descriptor;
    private @Nullable NamespaceRules rules;
    private List<Matched> matched = List.of();
    private long rulesVersion;

    DecideExchange(Deciding deciding, Peer peer, long correlationId, int groupNumber, String namespace) {
        super(peer, correlationId);
        this.deciding = deciding;
        this.groupNumber = groupNumber;
        this.namespace = namespace;
    }

    final Deciding deciding() {
        return deciding;
    }

    final int groupNumber() {
        return groupNumber;
    }

    /** The rules version by which the request was last matched. */
    final long rulesVersion() {
        return rulesVersion;
    }

    final List<Matched> matched() {
        return matched;
    }

    /** Checks what doesn't change between tries, then decides. On the event loop. */
    final void start(long epoch, List<Entry> entries, long cost) {
        Groups groups = deciding.groups();
        if (epoch != groups.topology().epoch()) {
            fail(
                    Code.STALE_TOPOLOGY,
                    "the cluster's topology is of epoch " + groups.topology().epoch() + ", not "
                            + Long.toUnsignedString(epoch));
            return;
        }
        if (groups.data(groupNumber) == null) {
            fail(groups.noSuchGroup(groupNumber));
            return;
        }
        if (cost < 1 || cost > Command.COST_MAX) {
            fail(
                    Code.INVALID_ARGUMENT,
                    "cost must be 1 to " + Command.COST_MAX + " tokens, not " + Long.toUnsignedString(cost));
            return;
        }
        try {
            descriptor = RuleMessages.descriptor(entries);
        } catch (IllegalArgumentException e) {
            fail(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
            return;
        }
        decideOrFail();
    }

    /** Decides; whatever goes wrong with that, the request gets its answer. */
    private void decideOrFail() {
        try {
            decide();
        } catch (RuntimeException e) {
            LOG.error("a request of namespace '{}' failed for a reason that wasn't foreseen", namespace, e);
            fail(Refusals.unforeseen());
        }
    }

    private void decide() {
        ReplicatedGroup group = deciding.groups().data(groupNumber);
        Descriptor request = descriptor;
        if (group == null || request == null) {
            throw new IllegalStateException("decided before it was checked");
        }
        RuleCatalog.Snapshot snapshot = deciding.catalog().current();
        if (snapshot == RuleCatalog.Snapshot.NONE) {
            fail(Failures.retry(
                    Code.UNAVAILABLE, "this node is starting: it has no rules yet", Refusals.SOON_RETRY_MILLIS));
            return;
        }
        tries++;
        rulesVersion = snapshot.version();
        NamespaceRules found = snapshot.namespace(namespace);
        rules = found;
        if (found == null) {
            matched = List.of();
            confirm(group, this::failWithoutRules);
            return;
        }
        int slot;
        try {
            slot = found.slot(request);
        } catch (IllegalArgumentException e) {
            fail(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
            return;
        }
        int owner = deciding.groups().groupOfSlot(slot);
        if (owner != groupNumber) {
            fail(
                    Code.STALE_TOPOLOGY,
                    "this request is decided by group " + owner + ", not " + groupNumber
                            + "; ask for the topology and the namespace's rules and route again");
            return;
        }
        matched = found.match(request);
        if (matched.isEmpty()) {
            confirm(group, this::allowedByNoRule);
        } else if (matched.size() > Command.CHARGES_MAX) {
            fail(
                    Code.INVALID_ARGUMENT,
                    matched.size() + " rules match this request; at most " + Command.CHARGES_MAX + " may");
        } else {
            try {
                proceed(group, charges());
            } catch (IllegalArgumentException e) {
                fail(Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Has the group decide over these charges. On the event loop. */
    abstract void proceed(ReplicatedGroup group, List<Charge> charges);

    /** No rule matches: nothing is charged, and no entry written. Any thread. */
    abstract void allowedByNoRule();

    /** The answer that stands already, if this is the repeat of a request that was decided. Under the group's lock. */
    abstract @Nullable Applied undecided(StateView view, long nowMillis);

    /** Answers with what {@link #undecided} gave. Any thread. */
    abstract void answeredBefore(Applied first);

    private List<Charge> charges() {
        if (matched.size() == 1) {
            return List.of(charge(matched.get(0)));
        }
        Charge[] charges = new Charge[matched.size()];
        for (int i = 0; i < charges.length; i++) {
            charges[i] = charge(matched.get(i));
        }
        return List.of(charges);
    }

    private static Charge charge(Matched match) {
        return new Charge(
                match.key(), match.rule().limitId(), match.rule().rule().mode());
    }

    /**
     * Makes sure that the group demands no newer rules than those looked at, where no entry would tell: a node
     * may have missed the very rules that would have matched. A repeat gets its first answer, whatever rules were
     * in force then.
     */
    private void confirm(ReplicatedGroup group, Runnable current) {
        long seen = rulesVersion;
        group.read(
                (view, nowMillis) -> new Confirmed(view.header().rulesVersion(), undecided(view, nowMillis)),
                confirmed -> {
                    if (confirmed.answer != null) {
                        answeredBefore(confirmed.answer);
                    } else if (confirmed.fenced > seen) {
                        again(confirmed.fenced);
                    } else {
                        current.run();
                    }
                },
                failure -> fail(Refusals.of(groupNumber, failure)));
    }

    /** The group demands rules of at least this version. Any thread. */
    final void again(long demanded) {
        deciding.metrics().matchedAgain();
        if (tries >= TRIES_MAX || deciding.catalog().version() < demanded) {
            fail(Failures.retry(
                    Code.STALE_RULES,
                    "the rules are changing: group " + groupNumber + " demands version " + demanded
                            + ", this node matched by " + rulesVersion,
                    Refusals.SOON_RETRY_MILLIS));
            return;
        }
        peer().execute(this::decideOrFail);
    }

    /** What the group says: the rules that it demands, and the answer that stands already. */
    private record Confirmed(long fenced, @Nullable Applied answer) {}

    private void failWithoutRules() {
        fail(
                Code.NOT_FOUND,
                "namespace '" + Names.printable(namespace)
                        + "' has no rules; apply some with: quorate rules apply FILE");
    }

    /**
     * Writes what each matched rule said.
     *
     * @param results as decided; those of a repeat that was first decided by other rules can't be put beside
     *     the rules that match now, and have no names
     */
    final Decision decision(boolean allowed, List<ChargeResult> results, @Nullable Position position) {
        Decision.Builder decision = Decision.newBuilder().setAllowed(allowed);
        boolean named = results.size() == matched.size();
        for (int i = 0; i < results.size(); i++) {
            ChargeResult result = results.get(i);
            RuleResult.Builder message = RuleResult.newBuilder()
                    .setAllowed(result.allowed())
                    .setRemaining(result.remaining())
                    .setRetryAfterMillis(result.retryAfterMillis())
                    .setResetAfterMillis(result.resetAfterMillis());
            if (named) {
                Rule rule = matched.get(i).rule().rule();
                message.setRule(rule.id()).setShadow(rule.mode() == Mode.SHADOW);
            }
            decision.addRules(message.build());
        }
        if (position != null) {
            decision.setPosition(position);
        }
        return decision.build();
    }

    final void count(Outcome.Acquired outcome) {
        NamespaceRules of = rules;
        if (of != null) {
            of.decisions().count(outcome.allowed());
        }
        if (!outcome.allowed()) {
            countDenial(outcome.results());
        }
    }

    /** By the first limit that denied. */
    private void countDenial(List<ChargeResult> results) {
        for (int i = 0; i < results.size() && results.size() == matched.size(); i++) {
            Rule rule = matched.get(i).rule().rule();
            if (!results.get(i).allowed() && rule.mode() == Mode.ENFORCE && rule.isLimited()) {
                deciding.metrics()
                        .denials()
                        .denied(rule.limit().algorithm(), results.get(i).retryAfterMillis() < 0);
                return;
            }
        }
        deciding.metrics().denials().deniedByFormerRules();
    }
}

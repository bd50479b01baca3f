package io.quorate.chaos.sim;

import io.quorate.core.command.Command.RenewLease;
import io.quorate.core.command.Outcome.LeaseRenewed;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.QuotaKey;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is known of one counter from the log and from those who use it, apart from the product's own state. */
final class CounterBook {
    final QuotaKey key;
    private final boolean leased;
    private int limitId;
    private @Nullable Limit limit;
    private @Nullable CounterModel exact;
    private @Nullable Stock stock;
    private boolean changed;
    private final Map<Long, LeaseBook> leases = new TreeMap<>();

    /** One session's leases of the counter, one after the other. */
    private static final class LeaseBook {
        long leaseId;
        long sequence;
        long granted;
        long spent;
        long returned;
        long expiresAtMillis;
        /** Over all of its leases. */
        long grantedEver;

        long returnedEver;
        long consumedEver;

        long held() {
            return granted - spent - returned;
        }
    }

    CounterBook(QuotaKey key) {
        this.key = key;
        this.leased = RuleBook.isLeased(key);
    }

    /** The counter is decided under this limit from now on. */
    void under(int id, Limit terms, long atMillis) {
        if (id == limitId) {
            return;
        }
        boolean first = limitId == 0;
        long earlier = 0;
        if (!first && limit != null) {
            earlier = Math.max(outstanding(atMillis), limit.amount());
            earlier = Math.max(earlier, limit.burst());
        }
        changed |= !first;
        limitId = id;
        limit = terms;
        stock = Stock.of(terms, earlier, lastEndMillis(atMillis), atMillis);
        exact = first && !leased ? CounterModel.of(terms) : null;
    }

    private long lastEndMillis(long atMillis) {
        long last = atMillis;
        for (LeaseBook lease : leases.values()) {
            last = Math.max(last, lease.expiresAtMillis);
        }
        return last;
    }

    boolean wasUnderAnotherLimit() {
        return changed;
    }

    private long outstanding(long atMillis) {
        long sum = 0;
        for (LeaseBook lease : leases.values()) {
            sum += lease.expiresAtMillis > atMillis ? Math.max(0, lease.held()) : 0;
        }
        return sum;
    }

    /** The counter was reset: what had been taken is forgiven, but for what is out. */
    void reset(long atMillis) {
        Limit terms = limit;
        if (terms != null) {
            stock = Stock.of(terms, outstanding(atMillis) + terms.capacity(), lastEndMillis(atMillis), atMillis);
            exact = leased ? null : CounterModel.of(terms);
        }
    }

    /** A decision over one charge. */
    void decided(long atMillis, long cost, boolean said) {
        CounterModel model = exact;
        if (model == null) {
            return;
        }
        boolean fits = model.fits(atMillis, cost);
        if (said && !fits) {
            throw new Violation(
                    Invariant.S1, "granted " + cost + " of " + key + " under " + limit + " at log time " + atMillis);
        }
        if (!said && fits) {
            throw new Violation(
                    Invariant.S16, "denied " + cost + " of " + key + " under " + limit + " at log time " + atMillis);
        }
    }

    void taken(long atMillis, long cost, CounterModel.Grant by) {
        if (exact != null) {
            exact.take(atMillis, cost, by);
        }
        use(Invariant.S1, atMillis, cost);
    }

    /** What was taken under another limit isn't given back, but for permits, which are held. */
    void refunded(long atMillis, long count, CounterModel.Grant of, int takenUnder) {
        if (takenUnder != limitId && (limit == null || limit.algorithm() != Algorithm.CONCURRENCY)) {
            return;
        }
        if (exact != null) {
            exact.giveBack(atMillis, count, of);
        }
        if (stock != null) {
            stock.giveBack(atMillis, count, of.atMillis());
        }
    }

    private void use(Invariant which, long atMillis, long tokens) {
        if (stock != null && !stock.use(atMillis, tokens)) {
            throw new Violation(
                    which, "used " + tokens + " of " + key + " under " + limit + " at log time " + atMillis);
        }
    }

    /** Whether a renewal was carried out before. */
    boolean isRepeat(RenewLease command) {
        LeaseBook lease = leases.get(command.sessionId());
        return lease != null
                && (command.leaseId() < lease.leaseId
                        || command.leaseId() == lease.leaseId && command.sequence() <= lease.sequence);
    }

    /** A renewal was carried out that isn't a repeat. */
    void renewed(long atMillis, RenewLease command, LeaseRenewed said) {
        LeaseBook lease = leases.computeIfAbsent(command.sessionId(), s -> new LeaseBook());
        if (command.leaseId() > lease.leaseId) {
            lease.leaseId = command.leaseId();
            lease.granted = 0;
            lease.spent = 0;
            lease.returned = 0;
            lease.expiresAtMillis = 0;
        } else if (lease.expiresAtMillis <= atMillis) {
            throw new Violation(Invariant.S13, "a lease of " + key + " was renewed after it had ended: " + command);
        }
        lease.sequence = command.sequence();
        long spent = Math.min(Math.max(0, command.spent() - lease.spent), lease.held());
        lease.spent += spent;
        long returned = Math.min(Math.max(0, command.returned() - lease.returned), lease.held());
        lease.returned += returned;
        lease.returnedEver += returned;
        lease.granted += said.granted();
        lease.grantedEver += said.granted();
        lease.spent += said.consumed();
        lease.consumedEver += said.consumed();
        // An earlier answer may have promised more: then the lease ends when that one said.
        lease.expiresAtMillis = Math.max(lease.expiresAtMillis, atMillis + said.validMillis() + 1);
        use(Invariant.S2, atMillis, said.consumed());
        checkLedger(command, said, lease);
    }

    /** A renewal was told that its lease is unknown. */
    void checkEnded(long atMillis, RenewLease command) {
        LeaseBook lease = leases.get(command.sessionId());
        if (lease != null && lease.leaseId == command.leaseId() && lease.expiresAtMillis > atMillis) {
            throw new Violation(Invariant.S3, "a lease of " + key + " is forgotten before its end: " + command);
        }
    }

    private void checkLedger(RenewLease command, LeaseRenewed said, LeaseBook lease) {
        if (said.held() != lease.held()) {
            throw new Violation(
                    Invariant.S3,
                    "the ledger of " + key + " says that " + said.held() + " tokens are held, not " + lease.held()
                            + ", after " + command);
        }
        Limit terms = limit;
        if (terms != null && said.available() > 0 && said.available() + said.outstanding() > terms.capacity()) {
            throw new Violation(
                    Invariant.S3,
                    said.available() + " available and " + said.outstanding() + " outstanding tokens of " + key
                            + " are more than " + terms);
        }
    }

    /** A client spent tokens that it held, at a moment when the log had come up to this log time. */
    void spent(long atMillis, long tokens, SessionsOf client, boolean endsCount) {
        boolean alive = false;
        long granted = 0;
        for (Map.Entry<Long, LeaseBook> each : leases.entrySet()) {
            if (client.owns(each.getKey())) {
                LeaseBook lease = each.getValue();
                alive |= lease.expiresAtMillis > atMillis;
                granted += lease.grantedEver - lease.returnedEver - lease.consumedEver;
            }
        }
        if (endsCount && !alive) {
            throw new Violation(
                    Invariant.S13, "client " + client + " spent " + tokens + " of " + key + " after its lease's end");
        }
        long used = client.spentOf(key, tokens);
        if (used > granted) {
            throw new Violation(
                    Invariant.S3,
                    "client " + client + " spent " + used + " of " + key + " of " + granted + " granted to it");
        }
        // What comes after the end, where clocks may be so wrong, was written off with its lease.
        if (alive) {
            use(Invariant.S2, atMillis, tokens);
        }
    }

    /** Which sessions a client had in a group, and what it spent. */
    interface SessionsOf {
        boolean owns(long session);

        /** Notes a use, and gives the sum. */
        long spentOf(QuotaKey key, long tokens);
    }
}

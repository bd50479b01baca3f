package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A client's session as one group keeps it: when it was last used, the answers to sequences that the client
 * may still repeat, and the grants that it may still refund.
 *
 * <p>Mutable, for the hot path's sake (an answer is added to a ring, not to a copy): owned by the group's
 * store, changed only by the machine while it applies an entry, and never rolled back, since a committed
 * entry can't fail. Not thread-safe; whoever applies or reads holds the group's lock.
 */
public final class Session {
    private final long id;
    private final String clientName;
    private final long nameHash;
    private final AnswerRing answers;
    private final GrantRing grants;
    private final GrantRing permits;
    private long lastUsedMillis;
    private long lastLeaseId;

    public Session(long id, String clientName, long lastUsedMillis) {
        this(id, clientName, lastUsedMillis, new AnswerRing(id));
    }

    private Session(long id, String clientName, long lastUsedMillis, AnswerRing answers) {
        this.id = id;
        this.clientName = clientName;
        this.nameHash = Digests.text(clientName);
        this.lastUsedMillis = lastUsedMillis;
        this.answers = answers;
        this.grants = new GrantRing(id);
        this.permits = new GrantRing(id);
    }

    /**
     * A session read back from stored bytes; answers and grants ascend by sequence.
     *
     * @throws IllegalArgumentException if they don't, or if an answer is below {@code base} or further above it
     *     than any window reaches
     */
    public static Session restore(
            long id, String clientName, long lastUsedMillis, long base, List<Answer> answers, List<Grant> grants) {
        return restore(id, clientName, lastUsedMillis, base, answers, grants, 0);
    }

    /** {@link #restore(long, String, long, long, List, List)} of a session that has opened leases. */
    public static Session restore(
            long id,
            String clientName,
            long lastUsedMillis,
            long base,
            List<Answer> answers,
            List<Grant> grants,
            long lastLeaseId) {
        Session session = new Session(id, clientName, lastUsedMillis);
        session.lastLeaseId = lastLeaseId;
        session.answers.restore(base, answers);
        session.grants.restore(grants.stream().filter(g -> !g.holdsPermits()).toList());
        session.permits.restore(grants.stream().filter(Grant::holdsPermits).toList());
        return session;
    }

    public long id() {
        return id;
    }

    public String clientName() {
        return clientName;
    }

    /** Log time of the last command. */
    public long lastUsedMillis() {
        return lastUsedMillis;
    }

    /**
     * The highest id of a lease that it opened, 0 if none. Only a higher one opens another: so a first renewal that
     * comes twice, the second time after the lease expired, can't open it again with counts that the client doesn't
     * share.
     */
    public long lastLeaseId() {
        return lastLeaseId;
    }

    /** Every sequence below it is forgotten; 1 or more. */
    public long base() {
        return answers.base();
    }

    /** Sequences from {@link #base} to the last that has an answer: what the answers take, gaps included. */
    public int answerSpan() {
        return answers.span();
    }

    /** {@link #answerSpan} once {@code sequence}, which is within the window, has an answer, too. */
    int answerSpanWith(long sequence) {
        return (int) Math.max(answers.span(), sequence - answers.base() + 1);
    }

    /** The kept answers by ascending sequence, as a copy. */
    public List<Answer> answers() {
        return answers.copy();
    }

    /** The kept grants by ascending sequence, as a copy. */
    public List<Grant> grants() {
        List<Grant> all = grants.copy();
        all.addAll(permits.copy());
        all.sort(Comparator.comparingLong(Grant::sequence));
        return all;
    }

    /** Whether it was unused too long; permits that it can still release keep it, or they would be stuck. */
    boolean isExpired(long nowMillis, long ttlMillis) {
        return isIdle(nowMillis, ttlMillis) && !permits.hasRefundable(nowMillis);
    }

    boolean isIdle(long nowMillis, long ttlMillis) {
        return nowMillis - lastUsedMillis > ttlMillis;
    }

    /** Whether one more grant with permits can be kept: none of them is dropped for another. */
    boolean hasRoomForPermits(long nowMillis, int countMax) {
        return permits.hasRoom(nowMillis, countMax);
    }

    void openedLease(long leaseId) {
        lastLeaseId = leaseId;
    }

    void use(long nowMillis) {
        lastUsedMillis = nowMillis;
    }

    /** Forgets the answers below {@code sequence}; going back is without effect. */
    void forgetBelow(long sequence) {
        answers.forgetBelow(sequence);
    }

    boolean hasAnswer(long sequence) {
        return answers.has(sequence);
    }

    /** The first answer to {@code sequence}; only after {@link #hasAnswer}. */
    Applied answer(long sequence) {
        return answers.applied(sequence);
    }

    /** The payload hash of the answer to {@code sequence}; only after {@link #hasAnswer}. */
    long payloadHash(long sequence) {
        return answers.payloadHash(sequence);
    }

    /** Keeps an answer; {@code sequence} is within the window above {@link #base} and has none yet. */
    void keepAnswer(long sequence, long payloadHash, Applied applied) {
        answers.add(sequence, payloadHash, applied);
    }

    /**
     * Keeps a grant; of those without permits the one with the lowest sequence goes if there are {@code countMax}
     * already.
     */
    void keepGrant(Grant grant, int countMax) {
        if (grant.holdsPermits()) {
            permits.add(grant, Integer.MAX_VALUE);
        } else {
            grants.add(grant, countMax);
        }
    }

    Optional<Grant> grant(long sequence) {
        Optional<Grant> found = grants.find(sequence);
        return found.isPresent() ? found : permits.find(sequence);
    }

    /** Replaces the kept grant of the same sequence; one that was given back whole is dropped. */
    void replaceGrant(Grant grant) {
        (grant.holdsPermits() ? permits : grants).replace(grant);
    }

    /** This session's part of the state's digest, kept up with every change. */
    long digest() {
        return Digests.session(id, nameHash, lastUsedMillis, answers.base())
                + Digests.lastLease(id, lastLeaseId)
                + answers.digest()
                + grants.digest()
                + permits.digest();
    }

    /** The first answer to a sequence, and a hash of the payload that it was given for. */
    public record Answer(long sequence, long payloadHash, Applied applied) {}

    /**
     * A granted acquire: what each counter was charged, and how much was given back since.
     *
     * @param cost tokens charged to each of {@code charges}
     * @param refunded tokens given back so far; less than {@code cost}
     * @param atMillis log time of the grant
     * @param refundableUntilMillis log time until which it can be refunded: longer for permits that are held longer
     * @param holdsPermits whether a concurrency counter is among the charges
     * @param charges the counters that were charged, in the order of the acquire
     */
    public record Grant(
            long sequence,
            long cost,
            long refunded,
            long atMillis,
            long refundableUntilMillis,
            boolean holdsPermits,
            List<Charge> charges) {
        public Grant {
            charges = List.copyOf(charges);
        }

        /** This grant after {@code count} more tokens were given back. */
        Grant givenBack(long count) {
            return new Grant(sequence, cost, refunded + count, atMillis, refundableUntilMillis, holdsPermits, charges);
        }
    }
}

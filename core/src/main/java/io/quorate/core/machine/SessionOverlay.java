package io.quorate.core.machine;

import io.quorate.core.command.Applied;
import java.util.List;

/** The sessions that one entry touches, opens and closes. */
final class SessionOverlay {
    private final StateView view;
    private final MachineLimits limits;
    private final long nowMillis;
    private final LongTable<Touched> touched = new LongTable<>();
    private final Session none = new Session(0, "", 0);
    private Session last = none;
    private long nextId;
    private int open;
    private long answerSpan;
    private boolean expired;
    private boolean idle;

    SessionOverlay(StateView view, MachineLimits limits, long nowMillis) {
        this.view = view;
        this.limits = limits;
        this.nowMillis = nowMillis;
        this.nextId = view.header().nextSessionId();
        this.open = view.sessionCount();
        this.answerSpan = view.answerSpan();
    }

    /** Stands for a session that doesn't exist. */
    Session none() {
        return none;
    }

    long nextId() {
        return nextId;
    }

    /** The session, marked as used now; {@link #none} if there is none, or if it expired: then it is closed. */
    Session use(long id) {
        if (id == last.id() && last != none) {
            return last;
        }
        Touched found = find(id);
        if (found.closed) {
            return none;
        }
        if (found.session.isExpired(nowMillis, limits.sessionTtlMillis())) {
            close(found);
            return none;
        }
        found.session.use(nowMillis);
        last = found.session;
        return last;
    }

    /**
     * Whether one more session may be opened; closes those that were unused too long if need be, also if they hold
     * permits: those stay taken until their period ends, but a crowd of them can't keep others out.
     */
    boolean hasRoom() {
        if (open >= limits.sessionsMax()) {
            closeIdle();
        }
        return open < limits.sessionsMax();
    }

    long open(String clientName) {
        long id = nextId++;
        touched.add(id, new Touched(new Session(id, clientName, nowMillis), true));
        open++;
        return id;
    }

    /** Closes a session; false if there was none. */
    boolean close(long id) {
        Touched found = find(id);
        if (found.closed) {
            return false;
        }
        close(found);
        return true;
    }

    /**
     * Closes all expired sessions and gives their number. Log time stands still within an entry, so the sessions,
     * of which there are a bounded number, are looked through once however often this is asked.
     */
    int closeExpired() {
        if (expired) {
            return 0;
        }
        expired = true;
        int before = open;
        for (Session session : view.sessions()) {
            if (session.isExpired(nowMillis, limits.sessionTtlMillis())) {
                close(session.id());
            }
        }
        return before - open;
    }

    private void closeIdle() {
        if (idle) {
            return;
        }
        idle = true;
        for (Session session : view.sessions()) {
            if (session.isIdle(nowMillis, limits.sessionTtlMillis())) {
                close(session.id());
            }
        }
    }

    /** Forgets the session's answers below {@code sequence}. */
    void forgetBelow(Session session, long sequence) {
        answerSpan -= session.answerSpan();
        session.forgetBelow(sequence);
        answerSpan += session.answerSpan();
    }

    /**
     * Whether the answer to a sequence, which is within the session's window, can be kept. Closes sessions that were
     * unused too long if need be: their clients can't ask for their answers any more.
     */
    boolean hasRoomForAnswer(Session session, long sequence) {
        int more = session.answerSpanWith(sequence) - session.answerSpan();
        if (more > 0 && answerSpan + more > limits.answerSpanMax()) {
            closeIdle();
        }
        return more == 0 || answerSpan + more <= limits.answerSpanMax();
    }

    /** Keeps an answer; only after {@link #hasRoomForAnswer}. */
    void keepAnswer(Session session, long sequence, long payloadHash, Applied applied) {
        answerSpan -= session.answerSpan();
        session.keepAnswer(sequence, payloadHash, applied);
        answerSpan += session.answerSpan();
    }

    /** How much the answers of all sessions together take more than before the entry. */
    long answerSpanAdded() {
        return answerSpan - view.answerSpan();
    }

    /** Adds what changed to the two lists and gives what it adds to the digest. */
    long collect(List<Session> changed, List<Long> closed) {
        long digest = 0;
        for (Touched one : touched.values()) {
            digest -= one.digestBefore;
            if (!one.closed) {
                digest += one.session.digest();
                changed.add(one.session);
            } else if (!one.opened) {
                closed.add(one.session.id());
            }
        }
        return digest;
    }

    /** The session as touched; one that doesn't exist is given as closed. */
    private Touched find(long id) {
        int place = touched.find(id);
        if (place >= 0) {
            return touched.at(place);
        }
        Session session = view.session(id).orElse(none);
        Touched found = new Touched(session, false);
        if (session == none) {
            found.closed = true;
        } else {
            touched.add(id, found);
        }
        return found;
    }

    private void close(Touched one) {
        one.closed = true;
        open--;
        answerSpan -= one.session.answerSpan();
        last = none;
    }

    /** A session, and its part of the digest as the entry found it. */
    private static final class Touched {
        private final Session session;
        private final boolean opened;
        private final long digestBefore;
        private boolean closed;

        private Touched(Session session, boolean opened) {
            this.session = session;
            this.opened = opened;
            this.digestBefore = opened ? 0 : session.digest();
        }
    }
}

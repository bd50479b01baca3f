package io.quorate.client.route;

import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client with all its tries, from its submission until exactly one of {@link #answered} and
 * {@link #failed} was called.
 *
 * <p>Made on any thread, then confined to the loop, on which it is also completed: what completion runs must
 * not block. A call waits for one thing at a time: for its turn in one queue, for an answer, or for a time.
 */
public abstract class Call extends Timed {
    /** Its deadline and then: nothing, a pause that ends, or a try that is taken for lost. */
    enum State {
        WAITING,
        PAUSING,
        SENT,
        OVER
    }

    final Target target;
    final boolean inSession;
    final long deadlineNanos;

    State state = State.WAITING;

    @Nullable
    CallQueue queue;

    @Nullable
    Call queuedBefore;

    @Nullable
    Call queuedAfter;
    /** The group whose leader it goes to, once known; null for a call to one node. */
    @Nullable
    GroupRoute route;
    /** The node that it was sent to, or is queued at, now or last. */
    @Nullable
    NodeRoute node;

    @Nullable
    ClientSession session;

    long sessionId;
    long sequence;
    long epoch;
    long sentAtNanos;
    int tries;
    int refusals;
    /** Whether some try may have been executed. Never goes back to false. */
    boolean maybeExecuted;
    /** Whether it belongs to the client itself, not to its user. */
    boolean internal;

    String trouble = "";

    /** Under this number the connection knows the try that is out. Set by the connection. */
    private long correlationId;

    @Nullable
    Router owner;

    /**
     * A call to be answered by {@code deadlineNanos} of the loop's clock.
     *
     * @param inSession whether it has a session and a sequence, so that its tries have one effect
     */
    protected Call(Target target, boolean inSession, long deadlineNanos) {
        this.target = target;
        this.inSession = inSession;
        this.deadlineNanos = deadlineNanos;
    }

    /** The request with this number, as it is to be sent now. */
    public abstract Request request(long correlationId);

    /** Whether an answer that is no failure has the body that this call asks for. */
    protected abstract boolean accepts(Response response);

    /** Bound of the request's bytes. */
    protected int sizeBytesMax() {
        return 0;
    }

    /** The cluster answered. */
    protected abstract void answered(Response response);

    /** There is no answer. */
    protected abstract void failed(Refusal refusal);

    /** Ends a call that was never submitted: it is certain that it wasn't executed. */
    public final void refuse(Code code, String message) {
        if (state != State.WAITING || owner != null) {
            throw new IllegalStateException("the call was submitted");
        }
        state = State.OVER;
        failed(new Refusal(code, message, false));
    }

    public final long correlationId() {
        return correlationId;
    }

    public final void correlationId(long id) {
        correlationId = id;
    }

    /** The group that the try is for. */
    public final int group() {
        GroupRoute known = route;
        if (known == null) {
            throw new IllegalStateException("the call has no group");
        }
        return known.group;
    }

    /** The topology's epoch by which the try was routed. */
    public final long epoch() {
        return epoch;
    }

    public final long sessionId() {
        return sessionId;
    }

    public final long sequence() {
        return sequence;
    }

    /** Below this sequence the client won't repeat any. */
    public final long ackedBelow() {
        ClientSession known = session;
        if (known == null) {
            throw new IllegalStateException("the call has no session");
        }
        return known.window.settledBelow();
    }

    @Override
    final void timeUp(long nowNanos) {
        Router router = owner;
        if (router == null) {
            throw new IllegalStateException("the call was never submitted");
        }
        router.timeUp(this, nowNanos);
    }
}

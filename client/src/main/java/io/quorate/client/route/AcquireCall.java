package io.quorate.client.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.core.rule.Descriptor;
import io.quorate.protocol.v1.Acquire;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;

/**
 * An acquire. Its namespace, entries and cost come encoded, as they stand in the request: they are the same
 * in each try, and callers that ask for the same again encode them once.
 */
public abstract class AcquireCall extends Call {
    /** Bytes at most of what stands before the payload: tags and numbers of eight fields. */
    private static final int VARYING_BYTES_MAX = 8 * 11;

    private final byte[] payload;

    /** {@code payload}: the fields {@code namespace}, {@code entries} and {@code cost} of an Acquire message. */
    protected AcquireCall(String namespace, Descriptor descriptor, byte[] payload, long deadlineNanos) {
        super(new Target.ByNamespace(namespace, descriptor), true, deadlineNanos);
        this.payload = payload;
    }

    /** The encoded fields that no try changes. Not to be changed. */
    public final byte[] payload() {
        return payload;
    }

    @Override
    public final Request request(long correlationId) {
        try {
            return Request.newBuilder()
                    .setCorrelationId(correlationId)
                    .setAcquire(Acquire.newBuilder()
                            .mergeFrom(payload)
                            .setGroup(group())
                            .setEpoch(epoch())
                            .setSessionId(sessionId())
                            .setSequence(sequence())
                            .setAckedBelow(ackedBelow()))
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the payload isn't a part of an Acquire message", e);
        }
    }

    @Override
    protected final int sizeBytesMax() {
        return payload.length + VARYING_BYTES_MAX;
    }

    @Override
    protected final boolean accepts(Response response) {
        return response.hasDecision();
    }
}

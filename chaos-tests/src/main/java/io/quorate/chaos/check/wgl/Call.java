package io.quorate.chaos.check.wgl;

/**
 * An operation on one object.
 *
 * @param calledAt when it was called
 * @param returnedAt when it returned; {@link #NEVER} if it isn't known whether it took place
 * @param what what was asked and answered, for the {@link Spec}
 */
public record Call<O>(long calledAt, long returnedAt, O what) {
    /** It may take place at any time after its call, or never. */
    public static final long NEVER = Long.MAX_VALUE;

    public Call {
        if (returnedAt < calledAt) {
            throw new IllegalArgumentException("a call returned before it was made");
        }
    }

    /** Whether it took place and its answer is known. */
    public boolean isKnown() {
        return returnedAt != NEVER;
    }
}

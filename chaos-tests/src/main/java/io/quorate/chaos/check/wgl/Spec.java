package io.quorate.chaos.check.wgl;

import org.jspecify.annotations.Nullable;

/** What an object does, one operation after the other. States are values: equal if nothing can tell them apart. */
public interface Spec<S, O> {
    S initial();

    /**
     * The state behind an operation; null if it can't have been answered so in this state.
     *
     * @param known false if there is no answer: the operation takes place as the state lets it
     */
    @Nullable
    S next(S state, O operation, boolean known);
}

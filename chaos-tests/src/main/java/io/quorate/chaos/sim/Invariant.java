package io.quorate.chaos.sim;

/** What is checked, as numbered in docs/INVARIANTS.md. */
public enum Invariant {
    S1("no more granted than the limit by log time"),
    S2("no more used than the limit by the time of use"),
    S3("a lease's tokens are conserved"),
    S4("one effect per request"),
    S5("log time goes neither back nor ahead of the clock"),
    S6("all counters of a request or none"),
    S7("nothing acknowledged is lost"),
    S8("index order is real-time order, and reads see what was answered before"),
    S9("replicas are equal at equal index"),
    S11("no decision by rules that are fenced off"),
    S12("a grant is refunded once, and in time"),
    S13("nothing is spent of a lease that has ended"),
    S15("bounded state, and only fresh counters are dropped"),
    S16("nothing is denied for which there is room"),
    L2("after healing the replicas converge"),
    L3("after healing every client is served"),
    L4("a dead client's tokens come back"),
    CRASH("product code threw");

    private final String meaning;

    Invariant(String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }
}

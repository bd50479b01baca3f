package io.quorate.chaos.check;

/** What must hold, by its name in RELIABILITY §3 and docs/INVARIANTS.md. S is safety, L is liveness and recovery. */
public enum Invariant {
    S1("no counter grants more than its limit, by log time"),
    S2("no more is used than the limit, by the time of use, leases included"),
    S3("what counters say was used is what was used"),
    S4("one effect per request, one answer for all its copies"),
    S5("log time never goes back, and never runs ahead of real time"),
    S6("all counters of a request are charged, or none"),
    S7("nothing acknowledged is lost, nothing is there that nobody asked for"),
    S8("linearizable: replay in index order, real time, black-box search"),
    S9("replicas are equal at equal applied index"),
    S10("one leader per term; logs agree; commits don't go back"),
    S11("no decision by rules older than an acknowledged change"),
    S12("no grant is refunded twice, or by more than it took"),
    S13("nothing is spent of a lease that has ended"),
    S14("tenants see nothing of each other"),
    S15("sessions, counters and memory stay within their bounds"),
    S16("nothing is denied that would have fitted"),
    L1("after kill -9 of a leader its group grants again soon"),
    L2("after healing the replicas converge"),
    L3("no client starves"),
    L4("the tokens of a dead client come back"),
    L5("a rolling restart refuses nothing"),
    L6("a sick node ends, and rejoins"),
    L7("changes of membership end in the old or the new one"),
    L8("overload passes"),
    L9("a minority refuses at once");

    private final String title;

    Invariant(String title) {
        this.title = title;
    }

    /** What it says, in a few words. */
    public String title() {
        return title;
    }
}

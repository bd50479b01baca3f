package io.quorate.chaos.check;

/** Says of every invariant that a history and logs can't show why it isn't judged by them. */
final class NotJudged {
    private NotJudged() {}

    static void explain(Findings findings, boolean nothingLeased) {
        if (nothingLeased) {
            findings.note(Invariant.S2, "no counter was leased of in this run");
        }
        findings.note(Invariant.S2, "strict mode; there is no other");
        findings.note(
                Invariant.S13, "a use after its lease's end counts as a use: judged with S2; LeaseIT pauses clients");
        findings.note(Invariant.S14, "doesn't apply yet: tenants have no credentials");
        findings.note(Invariant.S15, "not from a history; MachinePropertiesTest, BadInputTest");
        findings.note(Invariant.L1, "reported with the run, by group; the bound is the run's to set");
        findings.note(Invariant.L4, "not from a history; LeaseIT kills clients");
        findings.note(Invariant.L5, "a refusal is no violation of safety: the run counts refused operations");
        findings.note(Invariant.L6, "not from a history: what nodes do is in their logs");
        findings.note(Invariant.L7, "doesn't apply yet: members don't change");
        findings.note(Invariant.L8, "not from a history; needs an open load");
        findings.note(Invariant.L9, "not from a history: clients go to the majority by themselves");
    }
}

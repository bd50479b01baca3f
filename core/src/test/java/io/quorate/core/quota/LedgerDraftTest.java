package io.quorate.core.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a draft carries from change to change is what its leases say, and the committed ledger stays as it was. */
class LedgerDraftTest {
    private static final int ROUNDS = 60;
    private static final int SESSIONS = 150;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private long nowMillis = 1_000;

    @Test
    void totalsAndDigestAreThoseOfTheLeasesAfterAnyChanges() {
        System.out.println("ledger draft: -Dseed=" + seed);
        for (int run = 0; run < 20; run++) {
            LedgerDraft draft = new LedgerDraft();
            Ledger committed = null;
            for (int round = 0; round < ROUNDS; round++) {
                List<Ledger.Lease> before = committed == null ? List.of() : committed.leases();
                change(draft);
                if (committed != null) {
                    assertThat(committed.leases())
                            .as("the committed one, -Dseed=%d", seed)
                            .isEqualTo(before);
                    assertThat(committed.digest()).isEqualTo(committed.digestAnew());
                }
                if (draft.isEmpty()) {
                    committed = null;
                    draft = new LedgerDraft();
                } else {
                    committed = draft.toLedger();
                    check(committed);
                    draft = new LedgerDraft(committed);
                }
            }
        }
    }

    private void change(LedgerDraft draft) {
        nowMillis += random.nextInt(60);
        for (int lease : draft.due(nowMillis)) {
            draft.spend(lease, draft.outstanding(lease));
        }
        if (draft.nextExpiryMillis() <= nowMillis) {
            draft.removeDue(nowMillis);
        }
        for (int change = random.nextInt(12); change > 0; change--) {
            renew(draft, 1 + random.nextInt(SESSIONS));
        }
    }

    private void renew(LedgerDraft draft, long session) {
        int lease = draft.find(session);
        if (lease < 0) {
            lease = draft.open(session, 1);
        } else if (random.nextInt(10) == 0) {
            draft.spend(lease, draft.outstanding(lease));
            draft.reopen(lease, draft.leaseId(lease) + 1);
        }
        draft.spend(lease, random.nextInt((int) draft.outstanding(lease) + 1));
        draft.giveBack(lease, random.nextInt((int) draft.outstanding(lease) + 1));
        long granted = random.nextInt(50);
        draft.answer(lease, draft.sequence(lease) + 1, granted, granted == 0 ? 0 : random.nextInt((int) granted));
        if (random.nextInt(5) == 0 && draft.expiresAtMillis(lease) > nowMillis) {
            draft.keepEnd(lease, draft.expiresAtMillis(lease) - nowMillis);
        } else {
            draft.extend(lease, 200, nowMillis + 200 + random.nextInt(400), 1);
        }
    }

    private void check(Ledger ledger) {
        List<Ledger.Lease> leases = ledger.leases();
        Ledger anew = Ledger.of(leases);
        String by = "-Dseed=" + seed;
        assertThat(ledger).as(by).isEqualTo(anew).hasSameHashCodeAs(anew);
        assertThat(ledger.digest()).as(by).isEqualTo(ledger.digestAnew()).isEqualTo(anew.digest());
        assertThat(ledger.outstanding()).as(by).isEqualTo(anew.outstanding());
        assertThat(ledger.nextExpiryMillis()).as(by).isLessThanOrEqualTo(anew.nextExpiryMillis());
        assertThat(leases).extracting(Ledger.Lease::sessionId).as(by).isSorted();
    }

    @Test
    void anImpossibleLeaseIsNoticedWhenItIsChanged() {
        LedgerDraft draft = new LedgerDraft();
        int lease = draft.open(7, 1);
        draft.answer(lease, 1, 5, 6);
        assertThatThrownBy(draft::toLedger).hasMessageContaining("more than it was granted");
        assertThatThrownBy(() -> new LedgerDraft().toLedger()).hasMessageContaining("1 lease or more");
        assertThatThrownBy(() -> Ledger.of(List.of())).hasMessageContaining("1 to");
    }
}

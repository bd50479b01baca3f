package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.quorate.raft.apply.EntryLog.Proposal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RaftEntriesTest {
    private final List<String> lost = new ArrayList<>();
    private final Proposal proposal = (unknown, reason) -> lost.add(unknown + " " + reason);

    private static Status status(RaftError error, String text) {
        return new Status(error, "%s", text);
    }

    @Test
    void whatJRaftRefusesBeforeItTakesItWasNeverAppended() {
        assertThat(RaftEntries.neverAppended(status(RaftError.EBUSY, "Node is busy, has too many tasks")))
                .isTrue();
        assertThat(RaftEntries.neverAppended(status(RaftError.EBUSY, "Is transferring leadership.")))
                .isTrue();
        assertThat(RaftEntries.neverAppended(status(RaftError.ENODESHUTDOWN, "Node is shutting down.")))
                .isTrue();
        assertThat(RaftEntries.neverAppended(status(RaftError.EPERM, "Is not leader.")))
                .isTrue();
        assertThat(RaftEntries.neverAppended(status(RaftError.EPERM, "expected_term=3 doesn't match current_term=4")))
                .isTrue();
    }

    @Test
    void whatWasInTheLogMayBeCommittedByTheNextLeader() {
        assertThat(RaftEntries.neverAppended(status(RaftError.EPERM, "Leader stepped down")))
                .isFalse();
        assertThat(RaftEntries.neverAppended(status(RaftError.EPERM, "anything new")))
                .isFalse();
        assertThat(RaftEntries.neverAppended(new Status(RaftError.EPERM.getNumber(), null)))
                .isFalse();
        assertThat(RaftEntries.neverAppended(status(RaftError.ESTATEMACHINE, "can't apply")))
                .isFalse();
        assertThat(RaftEntries.neverAppended(status(RaftError.EIO, "Corrupted LogStorage")))
                .isFalse();
        assertThat(RaftEntries.neverAppended(status(RaftError.EINTERNAL, "Fail to append task.")))
                .isFalse();
    }

    @Test
    void aProposalIsLostOnceAtMost() {
        RaftEntries.Pending pending = new RaftEntries.Pending(proposal);
        pending.run(Status.OK());
        assertThat(lost).isEmpty();
        pending.run(status(RaftError.EPERM, "Leader stepped down"));
        pending.run(status(RaftError.EBUSY, "later"));
        assertThat(lost).containsExactly("true Leader stepped down");
    }

    @Test
    void beforeTheGroupIsStartedNothingIsTaken() {
        new RaftEntries().append(new byte[1], 1, proposal);
        assertThat(lost).containsExactly("false the group is starting");
    }
}

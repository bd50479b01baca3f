package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.quorate.raft.apply.EntryLog.Loss;
import io.quorate.raft.apply.EntryLog.Proposal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RaftEntriesTest {
    private final List<String> lost = new ArrayList<>();
    private final Proposal proposal = (loss, reason) -> lost.add(loss + " " + reason);

    private static Status status(RaftError error, String text) {
        return new Status(error, "%s", text);
    }

    @Test
    void whatJRaftRefusesBeforeItTakesItWasNeverAppended() {
        assertThat(RaftEntries.loss(status(RaftError.ENODESHUTDOWN, "Node is shutting down.")))
                .isEqualTo(Loss.NOT_READY);
        assertThat(RaftEntries.loss(status(RaftError.EPERM, "Is not leader."))).isEqualTo(Loss.NOT_LEADING);
        assertThat(RaftEntries.loss(status(RaftError.EPERM, "expected_term=3 doesn't match current_term=4")))
                .isEqualTo(Loss.NOT_LEADING);
    }

    /** Who is sent to another leader by a busy one, comes back at once. */
    @Test
    void aBusyLogIsNoMissingLeader() {
        assertThat(RaftEntries.loss(status(RaftError.EBUSY, "Node is busy, has too many tasks")))
                .isEqualTo(Loss.BUSY);
        assertThat(RaftEntries.loss(status(RaftError.EBUSY, "Node <g1/n1> log manager is busy.")))
                .isEqualTo(Loss.BUSY);
        assertThat(RaftEntries.loss(status(RaftError.EBUSY, "Is transferring leadership.")))
                .isEqualTo(Loss.NOT_LEADING);
    }

    @Test
    void whatWasInTheLogMayBeCommittedByTheNextLeader() {
        for (Status status : List.of(
                status(RaftError.EPERM, "Leader stepped down"),
                status(RaftError.EPERM, "anything new"),
                new Status(RaftError.EPERM.getNumber(), null),
                status(RaftError.ESTATEMACHINE, "can't apply"),
                status(RaftError.EIO, "Corrupted LogStorage"),
                status(RaftError.EINTERNAL, "Fail to append task."))) {
            assertThat(RaftEntries.loss(status)).as("%s", status).isEqualTo(Loss.UNKNOWN);
        }
    }

    @Test
    void aProposalIsLostOnceAtMost() {
        RaftEntries.Pending pending = new RaftEntries.Pending(proposal);
        pending.run(Status.OK());
        assertThat(lost).isEmpty();
        pending.run(status(RaftError.EPERM, "Leader stepped down"));
        pending.run(status(RaftError.EBUSY, "later"));
        assertThat(lost).containsExactly("UNKNOWN Leader stepped down");
    }

    @Test
    void beforeTheGroupIsStartedNothingIsTaken() {
        new RaftEntries().append(new byte[1], 1, proposal);
        assertThat(lost).containsExactly("NOT_READY the group is starting");
    }
}

package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;

import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is asked to take over what, and when, by a clock that the test moves. */
final class LeadershipSpreadTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N2 = new NodeId("n2");
    private static final NodeId N3 = new NodeId("n3");

    private final Topology topology = new Topology(
            "test",
            1,
            2,
            List.of(
                    new Member(N1, "127.0.0.1:7001", "127.0.0.1:7101"),
                    new Member(N2, "127.0.0.1:7002", "127.0.0.1:7102"),
                    new Member(N3, "127.0.0.1:7003", "127.0.0.1:7103")));
    private final Peers peers = new Peers(topology);
    private final List<FakeGroup> groups = List.of(new FakeGroup(0), new FakeGroup(1), new FakeGroup(2));
    private final List<String> asked = new ArrayList<>();
    private long nowSeconds = 1000;
    private final LeadershipSpread spread = new LeadershipSpread(N1, peers, groups, nanos());

    private long nanos() {
        return TimeUnit.SECONDS.toNanos(nowSeconds);
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nowSeconds++;
            spread.look(nanos());
        }
    }

    @Test
    void eachMemberGetsItsGroupsOneAfterTheOtherAndLate() {
        groups.forEach(group -> group.leading = true);
        pass(10);
        assertThat(asked).isEmpty();
        pass(1);
        assertThat(asked).containsExactly("g1 to n2");
        pass(4);
        assertThat(asked).hasSize(1);
        pass(1);
        assertThat(asked).containsExactly("g1 to n2", "g2 to n3");
        pass(200);
        assertThat(groups).extracting(group -> group.leading).containsExactly(true, false, false);
        assertThat(asked).hasSize(2);
    }

    @Test
    void aMemberThatDoesNotAnswerIsNotAsked() {
        groups.forEach(group -> group.leading = true);
        groups.get(1).answering = false;
        pass(100);
        assertThat(asked).containsExactly("g2 to n3");
        groups.get(1).answering = true;
        pass(1);
        assertThat(asked).containsExactly("g2 to n3", "g1 to n2");
    }

    @Test
    void itIsDoneUnlessItIsSwitchedOff() {
        RaftSettings shipped = RaftSettings.of(N1, topology, Path.of("unused"));
        assertThat(RaftNode.spreading(shipped, peers, List.of())).containsInstanceOf(LeadershipSpread.class);
        RaftSettings off = TestSettings.withSpreadLeaders(shipped, false);
        assertThat(RaftNode.spreading(off, peers, List.of())).isEmpty();
    }

    private final class FakeGroup implements LeadershipSpread.Led {
        private final GroupId id;
        private boolean leading;
        private boolean answering = true;

        FakeGroup(int id) {
            this.id = new GroupId(id);
        }

        @Override
        public GroupId id() {
            return id;
        }

        @Override
        public boolean isLeader() {
            return leading;
        }

        @Override
        public boolean answers(NodeId member) {
            return answering;
        }

        @Override
        public Optional<String> transferLeadership(NodeId to) {
            asked.add(id + " to " + to);
            leading = false;
            return Optional.empty();
        }
    }
}

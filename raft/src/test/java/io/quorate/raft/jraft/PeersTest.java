package io.quorate.raft.jraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.util.Utils;
import io.quorate.core.quota.GroupId;
import io.quorate.raft.group.NodeId;
import io.quorate.raft.placement.Member;
import io.quorate.raft.placement.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PeersTest {
    private static final NodeId A = new NodeId("a");
    private static final NodeId B = new NodeId("b");

    private static Peers peers(String cluster, Member... members) {
        return new Peers(new Topology(cluster, 1, 4, List.of(members)));
    }

    private static final Member FIRST = new Member(A, "10.0.0.1:7001", "10.0.0.1:7000");
    private static final Member SECOND = new Member(B, "host.example:7001", "host.example:7000");

    @Test
    void translatesBothWays() {
        Peers peers = peers("prod", SECOND, FIRST);
        assertThat(peers.peer(B)).isEqualTo(PeerId.parsePeer("host.example:7001"));
        assertThat(peers.node(PeerId.parsePeer("10.0.0.1:7001"))).contains(A);
        assertThat(peers.node(PeerId.parsePeer("10.0.0.9:7001"))).isEmpty();
        assertThat(peers.node(PeerId.emptyPeer())).isEmpty();
        assertThat(peers.node(null)).isEmpty();
        assertThat(peers.nodes(peers.configuration())).containsExactly(A, B);
        assertThatThrownBy(() -> peers.peer(new NodeId("c"))).hasMessageContaining("node c");
    }

    @Test
    void dealsTheGroupsToTheMembersInTurnWhateverTheirOrder() {
        for (Peers peers : List.of(peers("prod", FIRST, SECOND), peers("prod", SECOND, FIRST))) {
            assertThat(peers.preferredLeader(new GroupId(0))).isEqualTo(A);
            assertThat(peers.preferredLeader(new GroupId(1))).isEqualTo(B);
            assertThat(peers.preferredLeader(new GroupId(2))).isEqualTo(A);
        }
    }

    @Test
    void groupNamesAreWhatJRaftTakesAndDifferByCluster() {
        List<String> clusters = List.of("prod", "prod.eu", "prod_eu", "prod_deu", "prod__eu", "prod-eu");
        List<String> names = clusters.stream()
                .map(cluster -> peers(cluster, FIRST).groupName(new GroupId(3)))
                .toList();
        names.forEach(Utils::verifyGroupId);
        assertThat(names).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":7001", "host:0", "host:65536", "host:port", "host:-1"})
    void refusesAnAddressThatIsNone(String address) {
        assertThatThrownBy(() -> peers("prod", new Member(A, address, "x:1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("member a")
                .hasMessageContaining("'" + address + "'");
    }

    @Test
    void refusesAMemberOrAddressTwice() {
        assertThatThrownBy(() -> peers("prod", FIRST, FIRST)).hasMessageContaining("twice");
        assertThatThrownBy(() -> peers("prod", FIRST, new Member(B, "10.0.0.1:7001", "x:1")))
                .hasMessageContaining("twice");
    }
}

package io.quorate.client.route;

import static io.quorate.client.route.SimulatedNetwork.MILLI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.client.fake.ClusterModel;
import io.quorate.client.fake.Fault;
import io.quorate.protocol.v1.Push;
import io.quorate.protocol.v1.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RulesWatchTest {
    private final ClusterModel model = new ClusterModel(2);
    private final SimulatedNetwork network = new SimulatedNetwork(model, new SplittableRandom(7));
    private final List<String> heard = new ArrayList<>();
    private Router router;

    private final RulesWatch.Listener listener = new RulesWatch.Listener() {
        @Override
        public void rules(Rules.Namespace rules) {
            heard.add("version " + rules.getVersion());
        }

        @Override
        public void none() {
            heard.add("none");
        }

        @Override
        public void recalled(Push.Recalled recalled) {
            heard.add("recalled " + recalled.getRule());
        }
    };

    @BeforeEach
    void connect() {
        for (String node : List.of("n1", "n2", "n3")) {
            network.addNode(node);
        }
        model.leadAll("n1");
        model.addNamespace("shop", "");
        router = new Router(
                RouterSettings.of(List.of("n1:1"), "", "test", 64, 1_000 * MILLI),
                network,
                network,
                network,
                new SplittableRandom(1));
        network.router = router;
        network.at(0, () -> router.start(() -> {}));
        network.run(500 * MILLI);
        network.at(0, () -> router.watch().watch("shop", listener));
    }

    @Test
    void whoWatchesGetsTheRulesAndIsSubscribedAtEveryNode() {
        network.run(500 * MILLI);
        assertThat(heard).isNotEmpty().containsOnly("version 1");
        assertThat(model.subscribedAt("shop")).containsExactly("n1", "n2", "n3");
    }

    @Test
    void aPushedChangeIsFetchedAndARepeatedPushIsNot() {
        network.run(500 * MILLI);
        heard.clear();
        model.addNamespace("shop", "client");
        pushChange("n2", 2);
        network.run(200 * MILLI);
        assertThat(heard).containsExactly("version 2");
        pushChange("n3", 2);
        network.run(200 * MILLI);
        assertThat(heard).containsExactly("version 2");
    }

    @Test
    void rulesThatAreGoneAreTold() {
        network.run(500 * MILLI);
        heard.clear();
        model.removeNamespace("shop");
        pushChange("n1", 0);
        network.run(200 * MILLI);
        assertThat(heard).containsExactly("none");
    }

    @Test
    void aChangeMissedWhileANodeWasAwayIsFoundWhenItIsBack() {
        network.run(500 * MILLI);
        heard.clear();
        network.at(0, () -> network.down("n2"));
        model.addNamespace("shop", "");
        network.run(200 * MILLI);
        assertThat(heard).isEmpty();
        network.up("n2");
        network.run(3_000 * MILLI);
        assertThat(heard).contains("version 2");
    }

    @Test
    void aFailedFetchIsTriedAgainUntilItSucceeds() {
        network.run(500 * MILLI);
        heard.clear();
        model.addNamespace("shop", "");
        network.faults = request -> request.hasGetRules() ? Fault.UNAVAILABLE : Fault.NONE;
        pushChange("n1", 2);
        network.run(7_000 * MILLI);
        assertThat(heard).isEmpty();
        network.faults = request -> Fault.NONE;
        network.run(3_500 * MILLI);
        assertThat(heard).containsExactly("version 2");
    }

    @Test
    void recallsReachTheListenerOfTheirNamespaceAlone() {
        network.run(500 * MILLI);
        heard.clear();
        network.push("n1", recall("shop", "per-client"));
        network.push("n1", recall("other", "x"));
        network.run(100 * MILLI);
        assertThat(heard).containsExactly("recalled per-client");
    }

    @Test
    void oneNamespaceHasOneListener() {
        network.run(500 * MILLI);
        assertThatThrownBy(() -> router.watch().watch("shop", listener)).hasMessageContaining("watched already");
    }

    private void pushChange(String node, long version) {
        network.push(
                node,
                Push.newBuilder()
                        .setRulesChanged(Push.RulesChanged.newBuilder()
                                .setNamespace("shop")
                                .setVersion(version))
                        .build());
    }

    private static Push recall(String namespace, String rule) {
        return Push.newBuilder()
                .setRecalled(Push.Recalled.newBuilder().setNamespace(namespace).setRule(rule))
                .build();
    }
}

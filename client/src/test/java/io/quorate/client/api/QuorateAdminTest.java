package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quorate.client.fake.Fault;
import io.quorate.core.quota.Algorithm;
import io.quorate.core.quota.Limit;
import io.quorate.core.quota.Slots;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Pattern;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.RuleSet;
import io.quorate.protocol.v1.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class QuorateAdminTest extends FakeClusterTest {
    private static RuleSet rules(String namespace, Optional<String> colocate, long amount) {
        return new RuleSet(
                namespace,
                colocate,
                List.of(new Rule(
                        "per-client",
                        List.of(
                                new EntryMatch("user", Pattern.parse("*")),
                                new EntryMatch("client", Pattern.parse("*"))),
                        Limit.of(Algorithm.FIXED_WINDOW, amount, 1000),
                        Mode.ENFORCE)));
    }

    private static void fails(QuorateException.Kind kind, String message, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        QuorateException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    @Test
    void appliesRulesAndFencesEveryGroup() {
        try (QuorateClient client = client()) {
            QuorateAdmin admin = client.admin();
            QuorateAdmin.AppliedVersion first = admin.applyRules(rules("new", Optional.empty(), 5), OptionalLong.of(0));
            assertThat(first.changed()).isTrue();
            for (int group = 1; group <= 4; group++) {
                assertThat(model.fence(group)).as("fence of group %d", group).isEqualTo(first.version());
            }
            assertThat(admin.rules("new"))
                    .contains(new QuorateAdmin.NamespaceRules(first.version(), rules("new", Optional.empty(), 5)));
            assertThat(admin.applyRules(rules("new", Optional.empty(), 5), OptionalLong.empty())
                            .changed())
                    .isFalse();
            fails(
                    QuorateException.Kind.CONFLICT,
                    "version",
                    () -> admin.applyRules(rules("new", Optional.empty(), 6), OptionalLong.of(99)));
            assertThat(admin.allRules()).extracting(n -> n.rules().namespace()).containsExactly("new");
            assertThat(admin.deleteRules("new", OptionalLong.empty()).changed()).isTrue();
            assertThat(admin.rules("new")).isEmpty();
            assertThat(admin.rules("never")).isEmpty();
        }
    }

    @Test
    void aNamespaceSpreadAnewIsRoutedAnew() {
        try (QuorateClient client = client()) {
            client.admin().applyRules(rules("new", Optional.empty(), 5), OptionalLong.empty());
            List<AcquireRequest> requests = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                requests.add(AcquireRequest.of("new", "client", "c" + i, "user", "u"));
            }
            assertThat(requests.stream()
                            .map(r -> ((Result.Granted) client.tryAcquire(r))
                                    .receipt()
                                    .group())
                            .distinct())
                    .hasSize(1);
            client.admin().applyRules(rules("new", Optional.of("client"), 5), OptionalLong.empty());
            assertThat(requests.stream()
                            .map(r -> ((Result.Granted) client.tryAcquire(r))
                                    .receipt()
                                    .group())
                            .distinct())
                    .hasSize(4);
        }
    }

    @Test
    void aConflictThatItsOwnEarlierTryMadeIsNone() {
        try (QuorateClient client = client()) {
            AtomicBoolean once = new AtomicBoolean(true);
            n2.faults(r -> r.hasPutRules() && once.getAndSet(false) ? Fault.CLOSE_AFTER : Fault.NONE);
            QuorateAdmin.AppliedVersion applied =
                    client.admin().applyRules(rules("new", Optional.empty(), 5), OptionalLong.of(0));
            assertThat(applied.changed()).isTrue();
            assertThat(n2.received().stream().filter(Request::hasPutRules)).hasSize(2);
        }
    }

    @Test
    void saysThatAFenceIsMissing() {
        try (QuorateClient client = client(Duration.ofSeconds(4))) {
            model.lead(3, "");
            fails(
                    QuorateException.Kind.UNKNOWN,
                    "group 3",
                    () -> client.admin().applyRules(rules("new", Optional.empty(), 5), OptionalLong.empty()));
        }
    }

    @Test
    void pagesKeysOverAllGroups() {
        try (QuorateClient client = client()) {
            List<String> seen = new ArrayList<>();
            String cursor = "";
            int pages = 0;
            do {
                QuorateAdmin.KeyPage page = client.admin().keys("shop", Optional.empty(), cursor, 5);
                assertThat(page.keys()).hasSizeLessThanOrEqualTo(5);
                page.keys().forEach(key -> seen.add(key.group() + "/" + key.values()));
                cursor = page.nextCursor();
                pages++;
            } while (!cursor.isEmpty());
            assertThat(pages).isEqualTo(3);
            assertThat(seen).hasSize(12).doesNotHaveDuplicates();
            assertThatThrownBy(() -> client.admin().keys("shop", Optional.empty(), "rubbish", 5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cursor");
        }
    }

    @Test
    void findsAKeysGroupByItsRule() {
        try (QuorateClient client = client()) {
            QuorateAdmin admin = client.admin();
            admin.applyRules(rules("new", Optional.of("client"), 5), OptionalLong.empty());
            for (String value : List.of("a", "b", "c", "d", "e")) {
                int group = Slots.groupOf(Slots.of("new", value), 4).value();
                assertThat(admin.key("new", "per-client", List.of("u", value)).group())
                        .isEqualTo(group);
            }
            assertThat(admin.resetKey("new", "per-client", List.of("u", "a"))).isTrue();
            fails(QuorateException.Kind.NOT_FOUND, "'none'", () -> admin.key("new", "none", List.of()));
            fails(QuorateException.Kind.NOT_FOUND, "'nowhere'", () -> admin.key("nowhere", "x", List.of()));
            fails(QuorateException.Kind.INVALID, "[user, client]", () -> admin.key("new", "per-client", List.of("u")));
        }
    }

    @Test
    void describesGroupsAndNodes() {
        try (QuorateClient client = client(Duration.ofSeconds(10))) {
            QuorateAdmin admin = client.admin();
            assertThat(admin.groups())
                    .hasSize(5)
                    .allSatisfy(group -> assertThat(group.role()).isEqualTo("leader"));
            assertThat(admin.group(2)).extracting(QuorateAdmin.GroupInfo::node).containsExactly("n1", "n2", "n3");
            n3.down();
            assertThat(admin.nodes())
                    .extracting(
                            QuorateAdmin.NodeInfo::id, QuorateAdmin.NodeInfo::reachable, QuorateAdmin.NodeInfo::leads)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("n1", true, List.of()),
                            org.assertj.core.groups.Tuple.tuple("n2", true, List.of(0, 1, 2, 3, 4)),
                            org.assertj.core.groups.Tuple.tuple("n3", false, List.of()));
            assertThat(admin.group(2)).extracting(QuorateAdmin.GroupInfo::node).containsExactly("n1", "n2");
            fails(QuorateException.Kind.NOT_FOUND, "groups are 0 to 4", () -> admin.group(5));
            model.lead(2, "");
            n2.down();
            assertThat(admin.groups())
                    .as("without leaders as some node sees them")
                    .hasSize(5)
                    .allSatisfy(group -> assertThat(group.node()).isEqualTo("n1"));
        }
    }

    @Test
    void transfersLeadersAndWaitsUntilTheyLead() {
        try (QuorateClient client = client()) {
            QuorateAdmin admin = client.admin();
            admin.transferLeader(1, "n3", PATIENCE);
            assertThat(model.topology().getLeadersList())
                    .filteredOn(leader -> leader.getGroup() == 1)
                    .singleElement()
                    .satisfies(leader -> assertThat(leader.getNode()).isEqualTo("n3"));
            fails(QuorateException.Kind.NOT_FOUND, "'n9'", () -> admin.transferLeader(1, "n9", PATIENCE));
        }
    }
}

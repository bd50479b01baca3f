package io.quorate.core.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class SlotsTest {
    /** These values stand in every stored key's digest and place: they may never change. */
    @Test
    void hashesAreStableForEver() {
        assertThat(Slots.hash("".getBytes(StandardCharsets.UTF_8))).isEqualTo(-1166397803181037274L);
        assertThat(Slots.hash("shop".getBytes(StandardCharsets.UTF_8))).isEqualTo(-4806830342042551349L);
        assertThat(Slots.of("shop")).isEqualTo(3019);
        assertThat(Slots.of("shop", "tenant-7")).isEqualTo(736);
    }

    @Test
    void colocatedValuesSpreadEvenlyOverGroups() {
        int[] perGroup = new int[9];
        for (int i = 0; i < 80_000; i++) {
            perGroup[Slots.groupOf(Slots.of("shop", "tenant-" + i), 8).value()]++;
        }
        assertThat(perGroup[0]).isZero();
        for (int group = 1; group <= 8; group++) {
            assertThat(perGroup[group]).isBetween(9_000, 11_000);
        }
    }

    @Test
    void allSlotsHaveAGroup() {
        for (int groups = 1; groups <= GroupId.DATA_GROUPS_MAX; groups++) {
            assertThat(Slots.groupOf(0, groups)).isEqualTo(new GroupId(1));
            assertThat(Slots.groupOf(Slots.COUNT - 1, groups)).isEqualTo(new GroupId(groups));
        }
    }
}

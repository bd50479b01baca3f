package io.quorate.core.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QuotaKeyTest {
    @Test
    void isItsPartsEachBehindItsLength() {
        QuotaKey key = new QuotaKey.Stem("shop", "per-client").key("42", "");
        assertThat(key.bytes()).isEqualTo("\0\4shop\0\nper-client\0\00242\0\0".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(key).hasToString("shop/per-client/42/");
    }

    @Test
    void readsBackWhatItWasMadeOf() {
        List<String> values = List.of("plain", "größer", "日本", "😀", "", "x".repeat(256));
        QuotaKey key = new QuotaKey.Stem("shop", "r").key(values.toArray(new String[0]));
        assertThat(key.namespace()).isEqualTo("shop");
        assertThat(key.ruleId()).isEqualTo("r");
        assertThat(key.values()).isEqualTo(values);
        QuotaKey read = QuotaKey.ofBytes(key.bytes().clone());
        assertThat(read).isEqualTo(key).hasSameHashCodeAs(key).isEqualTo(QuotaKey.of("shop", "r", values));
        assertThat(read.hash64()).isEqualTo(key.hash64()).isEqualTo(Slots.hash(key.bytes()));
    }

    @Test
    void keysOfOneRuleBeginWithItsPrefix() {
        byte[] key = QuotaKey.of("shop", "r", List.of("v")).bytes();
        byte[] rule = QuotaKey.prefix("shop", "r");
        byte[] namespace = QuotaKey.prefix("shop");
        assertThat(Arrays.copyOf(key, rule.length)).isEqualTo(rule);
        assertThat(Arrays.copyOf(key, namespace.length)).isEqualTo(namespace);
    }

    @Test
    void partsCannotRunIntoEachOther() {
        assertThat(QuotaKey.of("a", "b", List.of("cd", "e"))).isNotEqualTo(QuotaKey.of("a", "b", List.of("c", "de")));
        assertThat(QuotaKey.of("a", "b", List.of(""))).isNotEqualTo(QuotaKey.of("a", "b", List.of()));
    }

    @Test
    void refusesBytesThatAreNoKey() {
        for (byte[] bytes : new byte[][] {{}, {0}, {0, 1, 'a'}, {0, 1, 'a', 0}, {0, 1, 'a', 0, 2, 'b'}}) {
            assertThatThrownBy(() -> QuotaKey.ofBytes(bytes)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}

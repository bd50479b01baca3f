package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyCursorTest {
    @Test
    void readsWhatItWrote() {
        KeyCursor inside = new KeyCursor(7, ByteString.copyFrom(new byte[] {0, -1, 46, 127}));
        assertThat(KeyCursor.parse(inside.text())).isEqualTo(inside);
        KeyCursor next = inside.after(ByteString.EMPTY);
        assertThat(next).isEqualTo(new KeyCursor(8, ByteString.EMPTY));
        assertThat(KeyCursor.parse(next.text())).isEqualTo(next);
        assertThat(KeyCursor.parse("")).isEqualTo(new KeyCursor(1, ByteString.EMPTY));
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "7", "x.AA", "0.AA", "-1.AA", "7.%%", "7 .AA", "99999999999."})
    void refusesWhatItDidNotWrite(String text) {
        assertThatThrownBy(() -> KeyCursor.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor");
    }
}

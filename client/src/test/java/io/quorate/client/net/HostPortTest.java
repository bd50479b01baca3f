package io.quorate.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:7101, 127.0.0.1, 7101",
        "localhost:1, localhost, 1",
        "quota.example.org:65535, quota.example.org, 65535",
        "[::1]:7101, ::1, 7101",
    })
    void reads(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "host",
                "host:",
                ":7101",
                "host:0",
                "host:65536",
                "host:-1",
                "host:7x",
                "::1:7101",
                "[]:7101",
                "host:99999999999",
                "host: 80",
                "http://host:80",
                "host:７４００"
            })
    void refusesAndSaysWhatWouldBeRight(String text) {
        assertThatThrownBy(() -> HostPort.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host:port");
    }
}

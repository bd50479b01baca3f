package io.quorate.client.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quorate.protocol.RuleMessages;
import io.quorate.protocol.v1.Acquire;
import org.junit.jupiter.api.Test;

class AcquireRequestTest {
    @Test
    void isAValue() {
        AcquireRequest one = AcquireRequest.of("shop", "client", "42");
        assertThat(one).isEqualTo(AcquireRequest.of("shop", "client", "42"));
        assertThat(one).hasSameHashCodeAs(AcquireRequest.of("shop", "client", "42"));
        assertThat(one.withCost(1)).isEqualTo(one);
        assertThat(one.withCost(2)).isNotEqualTo(one);
        assertThat(AcquireRequest.of("shop", "client", "43")).isNotEqualTo(one);
        assertThat(AcquireRequest.of("shoq", "client", "42")).isNotEqualTo(one);
        assertThat(one).hasToString("AcquireRequest[namespace=shop, descriptor=" + one.descriptor() + ", cost=1]");
    }

    @Test
    void holdsWhatItSends() throws InvalidProtocolBufferException {
        AcquireRequest request =
                AcquireRequest.of("shop", "client", "ünïcode", "endpoint", "").withCost(AcquireRequest.COST_MAX);
        Acquire message = Acquire.parseFrom(request.encoded());
        assertThat(message.getNamespace()).isEqualTo("shop");
        assertThat(message.getCost()).isEqualTo(AcquireRequest.COST_MAX);
        assertThat(RuleMessages.descriptor(message.getEntriesList())).isEqualTo(request.descriptor());
    }

    @Test
    void refusesWhatNoClusterWouldTake() {
        AcquireRequest right = AcquireRequest.of("shop");
        assertThatThrownBy(() -> right.withCost(0)).hasMessageContaining("cost");
        assertThatThrownBy(() -> right.withCost(-1)).hasMessageContaining("cost");
        assertThatThrownBy(() -> right.withCost(AcquireRequest.COST_MAX + 1)).hasMessageContaining("cost");
        assertThatThrownBy(() -> AcquireRequest.of("no spaces")).hasMessageContaining("namespace");
        assertThatThrownBy(() -> AcquireRequest.of("shop", "client")).hasMessageContaining("pairs");
        assertThatThrownBy(() -> AcquireRequest.of("shop", "a", "1", "a", "2")).hasMessageContaining("twice");
    }
}

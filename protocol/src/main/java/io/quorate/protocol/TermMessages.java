package io.quorate.protocol;

import io.quorate.core.rule.Activation;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rollout;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How rules stand to each other, and when they apply, as messages and back. */
final class TermMessages {
    private TermMessages() {}

    static io.quorate.protocol.v1.Precedence toMessage(Precedence precedence) {
        return io.quorate.protocol.v1.Precedence.newBuilder()
                .setPriority(precedence.priority())
                .setGroup(precedence.group().orElse(""))
                .setStops(precedence.stops())
                .addAllReplaces(precedence.replaces())
                .build();
    }

    /** A message that is absent reads as one of zeros, which stand for the defaults. */
    static Precedence precedence(io.quorate.protocol.v1.Precedence message) {
        return new Precedence(
                message.getPriority(),
                message.getGroup().isEmpty() ? Optional.empty() : Optional.of(message.getGroup()),
                message.getStops(),
                List.copyOf(message.getReplacesList()));
    }

    static io.quorate.protocol.v1.Activation toMessage(Activation activation) {
        io.quorate.protocol.v1.Activation.Builder message = io.quorate.protocol.v1.Activation.newBuilder();
        activation
                .rollout()
                .ifPresent(rollout -> message.setRollout(io.quorate.protocol.v1.Activation.Rollout.newBuilder()
                        .setBasisPoints(rollout.basisPoints())
                        .addAllBy(rollout.by())
                        .setSalt(rollout.salt())));
        for (Window window : activation.windows()) {
            message.addWindows(io.quorate.protocol.v1.Activation.Window.newBuilder()
                    .setFromMillis(window.fromMillis())
                    .setUntilMillis(window.untilMillis()));
        }
        return message.build();
    }

    static Activation activation(io.quorate.protocol.v1.Activation message) {
        Optional<Rollout> rollout = Optional.empty();
        if (message.hasRollout()) {
            io.quorate.protocol.v1.Activation.Rollout part = message.getRollout();
            rollout = Optional.of(new Rollout(part.getBasisPoints(), List.copyOf(part.getByList()), part.getSalt()));
        }
        List<Window> windows = new ArrayList<>(message.getWindowsCount());
        for (io.quorate.protocol.v1.Activation.Window window : message.getWindowsList()) {
            windows.add(new Window(window.getFromMillis(), window.getUntilMillis()));
        }
        return new Activation(rollout, windows);
    }
}

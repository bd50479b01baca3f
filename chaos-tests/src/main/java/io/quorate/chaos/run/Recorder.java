package io.quorate.chaos.run;

import io.quorate.chaos.history.Answer;
import io.quorate.chaos.history.Answer.CounterResult;
import io.quorate.chaos.history.Asked;
import io.quorate.chaos.history.History;
import io.quorate.chaos.history.Place;
import io.quorate.chaos.history.RequestId;
import io.quorate.client.api.QuorateException;
import io.quorate.client.api.RefundResult;
import io.quorate.client.api.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks through the SDK and writes down what was asked and answered. One thread's. */
final class Recorder {
    private final History history;
    private final String process;

    Recorder(History history, String process) {
        this.history = history;
        this.process = process;
    }

    /** Asks and records; what the SDK throws is an answer, too. */
    <T> T ask(Asked asked, Supplier<T> call, Function<T, Answer> answer, Function<QuorateException, T> failed) {
        long number = history.invoke(process, System.nanoTime(), asked);
        try {
            T result = call.get();
            history.complete(number, answer.apply(result));
            return result;
        } catch (QuorateException e) {
            boolean open = e.kind() == QuorateException.Kind.UNKNOWN || e.kind() == QuorateException.Kind.UNAVAILABLE;
            String why = e.kind() + ": " + e.getMessage();
            history.complete(number, open ? Answer.info(System.nanoTime(), why) : Answer.fail(System.nanoTime(), why));
            return failed.apply(e);
        }
    }

    /** What the SDK says of an acquire. */
    static Answer answer(Result result) {
        long now = System.nanoTime();
        if (result instanceof Result.Granted granted) {
            Answer answer = Answer.decided(
                    now, true, id(granted.receipt()), place(granted.position()), results(granted.rules()));
            return answer.by(source(granted.source()), 0);
        }
        if (result instanceof Result.Denied denied) {
            Answer answer =
                    Answer.decided(now, false, RequestId.NONE, place(denied.position()), results(denied.rules()));
            return answer.by(source(denied.source()), 0);
        }
        Result.Unknown unknown = (Result.Unknown) result;
        return unknown.maybeExecuted() ? Answer.info(now, unknown.reason()) : Answer.fail(now, unknown.reason());
    }

    private static String source(Result.Source source) {
        return switch (source) {
            case LEADER -> "leader";
            case LEASE -> "lease";
            case FALLBACK -> "fallback";
        };
    }

    static RequestId id(Result.Receipt receipt) {
        return receipt.group() < 0
                ? RequestId.NONE
                : new RequestId(receipt.group(), receipt.sessionId(), receipt.sequence());
    }

    private static Place place(Result.Position position) {
        return position.group() < 0
                ? Place.NONE
                : new Place(
                        position.group(),
                        position.index(),
                        position.position(),
                        position.logTimeMillis(),
                        position.rulesVersion());
    }

    static List<CounterResult> results(List<Result.RuleResult> rules) {
        List<CounterResult> results = new ArrayList<>(rules.size());
        for (Result.RuleResult rule : rules) {
            results.add(new CounterResult(
                    rule.rule(),
                    rule.allowed(),
                    rule.shadow(),
                    rule.remaining(),
                    rule.retryAfter().map(Duration::toMillis).orElse(-1L),
                    rule.resetAfter().toMillis()));
        }
        return results;
    }

    /** What the SDK says of a refund. */
    static Answer answer(RefundResult result) {
        long now = System.nanoTime();
        if (result instanceof RefundResult.Refunded refunded) {
            return Answer.done(now, true, refunded.tokens());
        }
        return result instanceof RefundResult.Unknown unknown
                ? Answer.info(now, unknown.reason())
                : Answer.done(now, false, 0);
    }
}

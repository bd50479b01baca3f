package io.quorate.chaos.history;

import com.fasterxml.jackson.core.JsonGenerator;
import io.quorate.chaos.history.Answer.CounterResult;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** How each thing is written as one JSON object. What is absent, empty or 0 is left out. */
final class HistoryLines {
    private final JsonGenerator json;

    HistoryLines(JsonGenerator json) {
        this.json = json;
    }

    void invocation(long number, String process, long invokedNanos, Asked asked) throws IOException {
        begin("ask");
        json.writeNumberField("seq", number);
        json.writeStringField("proc", process);
        json.writeNumberField("tInv", invokedNanos);
        json.writeStringField("op", asked.kind().name());
        text("ns", asked.namespace());
        strings("keys", asked.keys());
        number("n", asked.cost());
        id("rid", asked.id());
        id("of", asked.target());
        number("copy", asked.copy());
        json.writeEndObject();
    }

    void answer(long number, Answer answer) throws IOException {
        begin("end");
        json.writeNumberField("seq", number);
        json.writeNumberField("tRet", answer.returnedNanos());
        json.writeStringField("status", answer.status().name());
        if (answer.allowed()) {
            json.writeBooleanField("yes", true);
        }
        text("by", answer.source());
        id("rid", answer.id());
        Place place = answer.place();
        if (place.isKnown()) {
            json.writeNumberField("group", place.group());
            json.writeNumberField("index", place.index());
            json.writeNumberField("pos", place.position());
            json.writeNumberField("logTime", place.logTimeMillis());
            json.writeNumberField("ruleVer", place.rulesVersion());
        }
        number("tokens", answer.tokens());
        number("leaseId", answer.leaseId());
        if (!answer.results().isEmpty()) {
            json.writeArrayFieldStart("results");
            for (CounterResult result : answer.results()) {
                result(result);
            }
            json.writeEndArray();
        }
        text("node", answer.node());
        text("err", answer.error());
        json.writeEndObject();
    }

    private void result(CounterResult result) throws IOException {
        json.writeStartObject();
        text("rule", result.rule());
        if (result.allowed()) {
            json.writeBooleanField("yes", true);
        }
        if (result.shadow()) {
            json.writeBooleanField("shadow", true);
        }
        number("left", result.remaining());
        number("retry", result.retryAfterMillis());
        number("reset", result.resetAfterMillis());
        json.writeEndObject();
    }

    void faultStarted(FaultRecord fault) throws IOException {
        begin("fault");
        json.writeNumberField("seq", fault.number());
        json.writeStringField("kind", fault.kind());
        strings("nodes", fault.nodes());
        json.writeNumberField("seed", fault.seed());
        json.writeNumberField("from", fault.startedNanos());
        json.writeObjectFieldStart("with");
        for (Map.Entry<String, String> parameter : fault.parameters().entrySet()) {
            json.writeStringField(parameter.getKey(), parameter.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    void faultStopped(long number, long stoppedNanos) throws IOException {
        begin("healed");
        json.writeNumberField("seq", number);
        json.writeNumberField("to", stoppedNanos);
        json.writeEndObject();
    }

    void sighting(Sighting seen) throws IOException {
        begin("seen");
        json.writeNumberField("tInv", seen.askedNanos());
        json.writeNumberField("tRet", seen.answeredNanos());
        json.writeStringField("node", seen.node());
        json.writeNumberField("group", seen.group());
        json.writeStringField("role", seen.role());
        json.writeNumberField("term", seen.term());
        json.writeNumberField("commit", seen.committedIndex());
        json.writeNumberField("index", seen.appliedIndex());
        json.writeNumberField("digest", seen.digest());
        json.writeNumberField("logTime", seen.logTimeMillis());
        json.writeEndObject();
    }

    void note(String name, String value) throws IOException {
        begin("note");
        json.writeStringField("name", name);
        json.writeStringField("value", value);
        json.writeEndObject();
    }

    private void begin(String what) throws IOException {
        json.writeStartObject();
        json.writeStringField("what", what);
    }

    private void text(String name, String value) throws IOException {
        if (!value.isEmpty()) {
            json.writeStringField(name, value);
        }
    }

    private void number(String name, long value) throws IOException {
        if (value != 0) {
            json.writeNumberField(name, value);
        }
    }

    private void strings(String name, List<String> values) throws IOException {
        if (!values.isEmpty()) {
            json.writeArrayFieldStart(name);
            for (String value : values) {
                json.writeString(value);
            }
            json.writeEndArray();
        }
    }

    private void id(String name, RequestId id) throws IOException {
        if (id.isKnown()) {
            json.writeFieldName(name);
            json.writeStartArray();
            json.writeNumber(id.group());
            json.writeNumber(id.session());
            json.writeNumber(id.sequence());
            json.writeEndArray();
        }
    }
}

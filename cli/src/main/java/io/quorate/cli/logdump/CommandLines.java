package io.quorate.cli.logdump;

import com.fasterxml.jackson.core.JsonGenerator;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.rule.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Each kind of command as a JSON object. */
final class CommandLines implements Command.Visitor<CommandLines.Fields> {
    private final JsonGenerator json;

    CommandLines(JsonGenerator json) {
        this.json = json;
    }

    /** Writes one command's fields. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    void write(Command command) throws IOException {
        json.writeStartObject();
        command.accept(this).write(json);
        json.writeEndObject();
    }

    @Override
    public Fields openSession(Command.OpenSession command) {
        return out -> {
            out.writeStringField("kind", "open-session");
            out.writeStringField("name", command.clientName());
        };
    }

    @Override
    public Fields closeSession(Command.CloseSession command) {
        return out -> {
            out.writeStringField("kind", "close-session");
            out.writeNumberField("session", command.sessionId());
        };
    }

    @Override
    public Fields acquire(Command.Acquire command) {
        return out -> {
            request(out, "acquire", command.sessionId(), command.sequence(), command.ackedBelow());
            out.writeStringField("request", LogDump.hex(command.requestHash()));
            out.writeNumberField("cost", command.cost());
            out.writeArrayFieldStart("charges");
            for (Charge charge : command.charges()) {
                out.writeStartObject();
                out.writeStringField("key", charge.key().toString());
                out.writeNumberField("limit", charge.limitId());
                if (charge.mode() == Mode.SHADOW) {
                    out.writeBooleanField("shadow", true);
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        };
    }

    @Override
    public Fields refund(Command.Refund command) {
        return out -> {
            request(out, "refund", command.sessionId(), command.sequence(), command.ackedBelow());
            out.writeNumberField("acquire", command.acquireSequence());
            out.writeNumberField("count", command.count());
        };
    }

    private static void request(JsonGenerator out, String kind, long session, long sequence, long ackedBelow)
            throws IOException {
        out.writeStringField("kind", kind);
        out.writeNumberField("session", session);
        out.writeNumberField("sequence", sequence);
        out.writeNumberField("acked_below", ackedBelow);
    }

    @Override
    public Fields reset(Command.Reset command) {
        return out -> {
            out.writeStringField("kind", "reset");
            out.writeStringField("key", command.key().toString());
        };
    }

    @Override
    public Fields sweep(Command.Sweep command) {
        return out -> {
            out.writeStringField("kind", "sweep");
            out.writeNumberField("count", command.countMax());
        };
    }

    @Override
    public Fields fenceRules(Command.FenceRules command) {
        return out -> {
            out.writeStringField("kind", "fence-rules");
            out.writeNumberField("version", command.version());
        };
    }

    @Override
    public Fields settleRules(Command.SettleRules command) {
        return out -> out.writeStringField("kind", "settle-rules");
    }

    @Override
    public Fields putRules(Command.PutRules command) {
        return out -> {
            out.writeStringField("kind", "put-rules");
            out.writeStringField("namespace", command.rules().namespace());
            out.writeNumberField("rules", command.rules().rules().size());
            command.ifVersion().ifPresent(version -> number(out, "if_version", version));
        };
    }

    @Override
    public Fields renewLease(Command.RenewLease command) {
        return out -> {
            out.writeStringField("kind", "renew-lease");
            out.writeNumberField("session", command.sessionId());
            out.writeStringField("key", command.key().toString());
            out.writeNumberField("limit", command.limitId());
            out.writeNumberField("lease", command.leaseId());
            out.writeNumberField("sequence", command.sequence());
            out.writeNumberField("spent", command.spent());
            out.writeNumberField("returned", command.returned());
            out.writeNumberField("need", command.need());
            out.writeNumberField("want", command.want());
            out.writeNumberField("ttl_ms", command.ttlMillis());
        };
    }

    private static void number(JsonGenerator out, String name, long value) {
        try {
            out.writeNumberField(name, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

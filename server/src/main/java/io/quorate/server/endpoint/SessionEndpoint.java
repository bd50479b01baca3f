package io.quorate.server.endpoint;

import io.quorate.core.command.Command;
import io.quorate.core.quota.Names;
import io.quorate.protocol.NativeProtocol;
import io.quorate.protocol.v1.Code;
import io.quorate.protocol.v1.Refund;
import io.quorate.protocol.v1.Session;
import io.quorate.raft.group.ReplicatedGroup;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Opens and closes sessions, and refunds what they were granted. On the event loop. */
final class SessionEndpoint {
    private final Groups groups;

    SessionEndpoint(Groups groups) {
        this.groups = groups;
    }

    void open(Session.Open request, Peer peer, long correlationId) {
        CommandExchange exchange = exchange(request.getGroup(), peer, correlationId);
        if (exchange == null) {
            return;
        }
        String wrong = clientNameWrong(request.getClientName());
        if (wrong.isEmpty()) {
            submit(exchange, request.getGroup(), new Command.OpenSession(request.getClientName()));
        } else {
            exchange.fail(Code.INVALID_ARGUMENT, wrong);
        }
    }

    /** What is wrong with a name that a client gives itself; empty if nothing is. */
    static String clientNameWrong(String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length > NativeProtocol.CLIENT_NAME_BYTES_MAX) {
            return "client_name must be at most " + NativeProtocol.CLIENT_NAME_BYTES_MAX + " bytes of UTF-8";
        }
        try {
            Names.checkValue("client_name", name);
            return "";
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    void close(Session.Close request, Peer peer, long correlationId) {
        CommandExchange exchange = exchange(request.getGroup(), peer, correlationId);
        if (exchange == null) {
            return;
        }
        if (request.getSessionId() < 1) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "session_id must be the id of a session, not " + Long.toUnsignedString(request.getSessionId()));
        } else {
            submit(exchange, request.getGroup(), new Command.CloseSession(request.getSessionId()));
        }
    }

    void refund(Refund request, Peer peer, long correlationId) {
        CommandExchange exchange = exchange(request.getGroup(), peer, correlationId);
        if (exchange == null) {
            return;
        }
        String wrong = Sequences.wrong(request.getSessionId(), request.getSequence(), request.getAckedBelow());
        if (request.getEpoch() != groups.topology().epoch()) {
            exchange.fail(
                    Code.STALE_TOPOLOGY,
                    "the cluster's topology is of epoch " + groups.topology().epoch() + ", not "
                            + Long.toUnsignedString(request.getEpoch()));
        } else if (wrong != null) {
            exchange.fail(Code.INVALID_ARGUMENT, wrong);
        } else if (request.getAcquireSequence() < 1 || request.getAcquireSequence() >= request.getSequence()) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "acquire_sequence must be 1 or more and below the refund's own sequence " + request.getSequence()
                            + ", not " + Long.toUnsignedString(request.getAcquireSequence()));
        } else if (request.getCount() < 1 || request.getCount() > Command.COST_MAX) {
            exchange.fail(
                    Code.INVALID_ARGUMENT,
                    "count must be 1 to " + Command.COST_MAX + " tokens, not "
                            + Long.toUnsignedString(request.getCount()));
        } else {
            submit(
                    exchange,
                    request.getGroup(),
                    new Command.Refund(
                            request.getSessionId(),
                            request.getSequence(),
                            request.getAckedBelow(),
                            request.getAcquireSequence(),
                            request.getCount()));
        }
    }

    private @Nullable CommandExchange exchange(int group, Peer peer, long correlationId) {
        ReplicatedGroup data = groups.data(group);
        if (data == null) {
            new AnswerExchange(peer, correlationId).fail(groups.noSuchGroup(group));
            return null;
        }
        return new CommandExchange(peer, correlationId, data);
    }

    private void submit(CommandExchange exchange, int number, Command command) {
        ReplicatedGroup group = groups.data(number);
        if (group != null) {
            exchange.submit(group, command);
            exchange.peer().submitted(group);
        }
    }
}

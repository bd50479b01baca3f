package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.InstallSnapshotRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.impl.core.AppendEntriesRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.InstallSnapshotRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.RequestVoteRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.TimeoutNowRequestProcessor;
import com.alipay.sofa.jraft.util.RpcFactoryHelper;
import com.google.protobuf.Message;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** JRaft's requests as the {@link VoteGuard} of their group lets them pass. Thread-safe. */
final class GuardedRequests {
    private final Map<String, Guarded> groups = new ConcurrentHashMap<>();

    /** A group's guard, and its log. */
    private record Guarded(VoteGuard guard, GroupLog log) {}

    /** To be called before the group's Raft starts. */
    void add(String groupName, VoteGuard guard, GroupLog log) {
        groups.put(groupName, new Guarded(guard, log));
    }

    boolean isNewcomer(String groupName) {
        Guarded group = groups.get(groupName);
        return group != null && group.guard.isNewcomer();
    }

    /** Whether a request only asks for the term and the log's end: no candidate stands in term 0. */
    static boolean asksForTerm(RequestVoteRequest request) {
        return request.getPreVote() && request.getTerm() == 0;
    }

    /** Where a member's log ends in memory, from where it may be sent before it is on disk; empty if it has failed. */
    private static OptionalLong lastIndex(RaftServerService service) {
        try {
            return service instanceof Node node ? OptionalLong.of(node.getLastLogIndex()) : OptionalLong.empty();
        } catch (IllegalStateException e) {
            return OptionalLong.empty(); // it refuses the question, too
        }
    }

    private static Message refusal(Message answer, String group) {
        return RpcFactoryHelper.responseFactory()
                .newResponse(
                        answer,
                        RaftError.EBUSY,
                        "group %s began with nothing here and waits to hear from all other members",
                        group);
    }

    RequestVoteRequestProcessor votes(Executor executor) {
        return new RequestVoteRequestProcessor(executor) {
            @Override
            public Message processRequest0(
                    RaftServerService service, RequestVoteRequest request, RpcRequestClosure done) {
                Guarded group = groups.get(request.getGroupId());
                if (group != null && !asksForTerm(request) && !group.guard.mayVote(request.getTerm())) {
                    return RequestVoteResponse.newBuilder()
                            .setTerm(0)
                            .setGranted(false)
                            .build();
                }
                // Before the term: a leader's log only grows, and only one that is superseded may be cut.
                OptionalLong lastIndex = asksForTerm(request) ? lastIndex(service) : OptionalLong.empty();
                Message answer = super.processRequest0(service, request, done);
                return lastIndex.isPresent() && answer instanceof RequestVoteResponse response
                        ? LogEndAnswer.with(response, lastIndex.getAsLong())
                        : answer;
            }
        };
    }

    AppendEntriesRequestProcessor appends(Executor executor) {
        return new AppendEntriesRequestProcessor(executor) {
            @Override
            public Message processRequest0(
                    RaftServerService service, AppendEntriesRequest request, RpcRequestClosure done) {
                Guarded group = groups.get(request.getGroupId());
                if (group == null || !group.guard.isNewcomer()) {
                    return super.processRequest0(service, request, done);
                }
                // Refused ones have no place in the order of answers: those that are let pass all come later.
                if (!group.guard.mayFollow(request.getTerm())) {
                    return refusal(defaultResp(), request.getGroupId());
                }
                Message answer = super.processRequest0(service, request, done);
                group.guard.followed(request, group.log);
                return answer;
            }
        };
    }

    InstallSnapshotRequestProcessor installs(Executor executor) {
        return new InstallSnapshotRequestProcessor(executor) {
            @Override
            public Message processRequest0(
                    RaftServerService service, InstallSnapshotRequest request, RpcRequestClosure done) {
                Guarded group = groups.get(request.getGroupId());
                if (group != null && group.guard.isNewcomer()) {
                    if (!group.guard.mayFollow(request.getTerm())) {
                        return refusal(defaultResp(), request.getGroupId());
                    }
                    group.guard.installing(
                            request.getMeta().getLastIncludedIndex(),
                            request.getMeta().getLastIncludedTerm());
                }
                return super.processRequest0(service, request, done);
            }
        };
    }

    TimeoutNowRequestProcessor timeouts(Executor executor) {
        return new TimeoutNowRequestProcessor(executor) {
            @Override
            public Message processRequest0(
                    RaftServerService service, TimeoutNowRequest request, RpcRequestClosure done) {
                Guarded group = groups.get(request.getGroupId());
                return group != null && group.guard.isNewcomer()
                        ? refusal(defaultResp(), request.getGroupId())
                        : super.processRequest0(service, request, done);
            }
        };
    }
}

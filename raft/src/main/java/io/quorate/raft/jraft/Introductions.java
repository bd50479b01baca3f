package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other members of a group that is new here for their terms and where their logs end, until all have
 * answered. To be run a few times a second, by one thread.
 */
final class Introductions implements Runnable {
    private static final int ANSWER_MILLIS_MAX = 1000;
    private static final long REMIND_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);

    private final String groupName;
    private final PeerId self;
    private final VoteGuard guard;
    private final RpcClient client;
    private long remindedAtNanos = System.nanoTime();

    Introductions(String groupName, PeerId self, VoteGuard guard, RpcClient client) {
        this.groupName = groupName;
        this.self = self;
        this.guard = guard;
        this.client = client;
    }

    @Override
    public void run() {
        if (!guard.isNewcomer()) {
            return;
        }
        List<PeerId> unheard = guard.unheard();
        for (PeerId member : unheard) {
            ask(member);
        }
        if (!unheard.isEmpty() && System.nanoTime() - remindedAtNanos > REMIND_NANOS) {
            remindedAtNanos = System.nanoTime();
            LOG.warn(
                    "Group {} began with nothing here: it neither votes nor follows before it has heard from {}",
                    groupName,
                    unheard);
        }
    }

    private void ask(PeerId member) {
        RequestVoteRequest question = RequestVoteRequest.newBuilder()
                .setGroupId(groupName)
                .setServerId(self.toString())
                .setPeerId(member.toString())
                .setTerm(0)
                .setLastLogTerm(0)
                .setLastLogIndex(0)
                .setPreVote(true)
                .build();
        try {
            client.invokeAsync(
                    member.getEndpoint(),
                    question,
                    null,
                    (answer, failure) -> {
                        if (failure == null
                                && answer instanceof RequestVoteResponse response
                                && !response.hasErrorResponse()) {
                            guard.heard(member, response.getTerm(), LogEndAnswer.lastIndex(response));
                        }
                    },
                    ANSWER_MILLIS_MAX);
        } catch (RemotingException e) {
            LOG.debug("Can't ask {} for its term in group {}", member, groupName, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

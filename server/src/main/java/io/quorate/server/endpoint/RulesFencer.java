package io.quorate.server.endpoint;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Command;
import io.quorate.raft.group.Completion;
import io.quorate.raft.group.Failure;
import io.quorate.raft.group.ReplicatedGroup;
import io.quorate.raft.group.Submission;
import io.quorate.storage.api.StoreException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the data groups that this node leads refuse rules older than this node's, so that groups converge
 * even if whoever applied the rules died before fencing them.
 */
public final class RulesFencer {
    private static final Logger LOG = LoggerFactory.getLogger(RulesFencer.class);

    private final Groups groups;
    /** Groups with a fence on its way: at most one each. */
    private final Set<Integer> proposed = ConcurrentHashMap.newKeySet();

    public RulesFencer(Groups groups) {
        this.groups = groups;
    }

    /** Fences what isn't yet. To be called when rules change and about once a second, for new leaders. */
    public void fence(long version) {
        for (ReplicatedGroup group : groups.all()) {
            int number = group.id().value();
            if (number == 0 || version <= 0 || !group.isLeader() || !proposed.add(number)) {
                continue;
            }
            if (isFenced(group, version)) {
                proposed.remove(number);
                continue;
            }
            group.submit(new Submission(
                    new Command.FenceRules(version), Submission.ANY_RULES, List.of(), new Proposed(number)));
            group.flush();
        }
    }

    private static boolean isFenced(ReplicatedGroup group, long version) {
        try {
            return group.readLocal((view, nowMillis) -> view.header().rulesVersion() >= version);
        } catch (StoreException e) {
            LOG.warn("group {} can't be fenced: {}", group.id(), e.getMessage());
            return true;
        }
    }

    /** Whatever comes of a fence, the next round looks at the group again. */
    private final class Proposed implements Completion {
        private final int group;

        Proposed(int group) {
            this.group = group;
        }

        @Override
        public void applied(Applied applied) {
            proposed.remove(group);
        }

        @Override
        public void failed(Failure failure) {
            proposed.remove(group);
        }
    }
}

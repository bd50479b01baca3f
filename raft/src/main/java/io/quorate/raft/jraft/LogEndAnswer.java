package io.quorate.raft.jraft;

import com.alipay.sofa.jraft.rpc.RpcRequests.RequestVoteResponse;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;
import java.util.OptionalLong;

/**
 * Where a member's log ends, in its answer to a newcomer: a field that JRaft doesn't know, and passes on. Members of
 * earlier versions leave it out.
 */
final class LogEndAnswer {
    private static final int FIELD = 15_001;

    private LogEndAnswer() {}

    static RequestVoteResponse with(RequestVoteResponse answer, long lastIndex) {
        UnknownFieldSet.Field value =
                UnknownFieldSet.Field.newBuilder().addVarint(lastIndex).build();
        UnknownFieldSet fields = UnknownFieldSet.newBuilder(answer.getUnknownFields())
                .addField(FIELD, value)
                .build();
        return answer.toBuilder().setUnknownFields(fields).build();
    }

    static OptionalLong lastIndex(RequestVoteResponse answer) {
        List<Long> values = answer.getUnknownFields().getField(FIELD).getVarintList();
        return values.size() == 1 && values.get(0) >= 0 ? OptionalLong.of(values.get(0)) : OptionalLong.empty();
    }
}

package io.quorate.storage.codec;

import io.quorate.core.command.Applied;
import io.quorate.core.command.Charge;
import io.quorate.core.command.Command;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.Session.Answer;
import io.quorate.core.machine.Session.Grant;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Mode;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a session's row. Answers and grants are written as differences to the one before, since
 * neighbours were applied by the same entry or a near one: an answer takes about 20 bytes.
 */
public final class SessionCodec {
    private static final int NAME_BYTES_MAX = 1 << 16;
    /** More than any window may hold: a bound for reading only. */
    private static final int ITEMS_MAX = 1 << 20;

    private SessionCodec() {}

    public static void writeRow(Session session, ByteWriter out) {
        int from = RowKind.SESSION.begin(out);
        out.putVarLong(session.id())
                .putString(session.clientName())
                .putZigzag(session.lastUsedMillis())
                .putVarLong(session.base());
        writeAnswers(session.answers(), out);
        writeGrants(session.grants(), out);
        if (session.lastLeaseId() != 0) {
            out.putVarLong(session.lastLeaseId());
        }
        RowKind.SESSION.end(out, from);
    }

    /** Reads a stored row that takes all the bytes left. */
    public static Session readRow(ByteReader in) {
        RowKind.SESSION.open(in);
        long id = in.readVarLong();
        String clientName = in.readString(NAME_BYTES_MAX);
        long lastUsedMillis = in.readZigzag();
        long base = in.readVarLong();
        List<Answer> answers = readAnswers(in);
        List<Grant> grants = readGrants(in);
        long lastLeaseId = 0;
        if (in.remaining() > 0) { // rows from before there were leases end here, as do those without
            lastLeaseId = in.readVarLong();
            if (lastLeaseId == 0) {
                throw new MalformedException("a session without leases says nothing of them");
            }
        }
        in.expectEnd();
        try {
            return Session.restore(id, clientName, lastUsedMillis, base, answers, grants, lastLeaseId);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("session " + id + " is impossible: " + e.getMessage(), e);
        }
    }

    private static void writeAnswers(List<Answer> answers, ByteWriter out) {
        out.putVarInt(answers.size());
        long sequence = 0;
        long index = 0;
        long logTimeMillis = 0;
        long rulesVersion = 0;
        for (Answer answer : answers) {
            Applied applied = answer.applied();
            out.putVarLong(answer.sequence() - sequence)
                    .putFixedLong(answer.payloadHash())
                    .putZigzag(applied.index() - index)
                    .putVarInt(applied.position())
                    .putZigzag(applied.logTimeMillis() - logTimeMillis)
                    .putZigzag(applied.rulesVersion() - rulesVersion);
            OutcomeCodec.write(applied.outcome(), out);
            sequence = answer.sequence();
            index = applied.index();
            logTimeMillis = applied.logTimeMillis();
            rulesVersion = applied.rulesVersion();
        }
    }

    private static List<Answer> readAnswers(ByteReader in) {
        int count = in.readCount(ITEMS_MAX, 15);
        List<Answer> answers = new ArrayList<>(count);
        long sequence = 0;
        long index = 0;
        long logTimeMillis = 0;
        long rulesVersion = 0;
        for (int i = 0; i < count; i++) {
            sequence += in.readVarLong();
            long payloadHash = in.readFixedLong();
            index += in.readZigzag();
            int position = in.readVarInt();
            logTimeMillis += in.readZigzag();
            rulesVersion += in.readZigzag();
            Applied applied = new Applied(index, position, logTimeMillis, rulesVersion, OutcomeCodec.read(in));
            answers.add(new Answer(sequence, payloadHash, applied));
        }
        return answers;
    }

    private static void writeGrants(List<Grant> grants, ByteWriter out) {
        out.putVarInt(grants.size());
        long sequence = 0;
        long atMillis = 0;
        for (Grant grant : grants) {
            out.putVarLong(grant.sequence() - sequence)
                    .putVarLong(grant.cost())
                    .putVarLong(grant.refunded())
                    .putZigzag(grant.atMillis() - atMillis)
                    .putZigzag(grant.refundableUntilMillis() - grant.atMillis())
                    .putVarInt(2 * grant.charges().size() + (grant.holdsPermits() ? 1 : 0));
            for (Charge charge : grant.charges()) {
                out.putBytes(charge.key().bytes())
                        .putVarInt(charge.limitId())
                        .putByte(charge.mode().id());
            }
            sequence = grant.sequence();
            atMillis = grant.atMillis();
        }
    }

    private static List<Grant> readGrants(ByteReader in) {
        int count = in.readCount(ITEMS_MAX, 6);
        List<Grant> grants = new ArrayList<>(count);
        long sequence = 0;
        long atMillis = 0;
        for (int i = 0; i < count; i++) {
            sequence += in.readVarLong();
            long cost = in.readVarLong();
            long refunded = in.readVarLong();
            atMillis += in.readZigzag();
            long refundableUntilMillis = atMillis + in.readZigzag();
            int charges = in.readCount(2 * Command.CHARGES_MAX + 1, 0);
            grants.add(new Grant(
                    sequence,
                    cost,
                    refunded,
                    atMillis,
                    refundableUntilMillis,
                    (charges & 1) == 1,
                    readCharges(in, charges / 2)));
        }
        return grants;
    }

    private static List<Charge> readCharges(ByteReader in, int count) {
        List<Charge> charges = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            try {
                QuotaKey key = QuotaKey.ofBytes(in.readBytes(QuotaKey.BYTES_MAX));
                charges.add(new Charge(key, in.readVarInt(), Mode.ofId(in.readByte())));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("a charge is impossible: " + e.getMessage(), e);
            }
        }
        return charges;
    }
}

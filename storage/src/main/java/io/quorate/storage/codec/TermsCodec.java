package io.quorate.storage.codec;

import io.quorate.core.quota.Names;
import io.quorate.core.quota.QuotaKey;
import io.quorate.core.rule.Activation;
import io.quorate.core.rule.Effect;
import io.quorate.core.rule.EntryMatch;
import io.quorate.core.rule.FailureTerms;
import io.quorate.core.rule.LeaseTerms;
import io.quorate.core.rule.Mode;
import io.quorate.core.rule.Precedence;
import io.quorate.core.rule.Rollout;
import io.quorate.core.rule.Rule;
import io.quorate.core.rule.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The bytes of a rule's effect, mode and terms, as rows and log entries alike hold them.
 *
 * <p>Bits of the mode's byte say which terms follow: {@code 10} lease terms, {@code 20} failure terms, {@code 40}
 * precedence, {@code 80} activation. Terms that are the default aren't written, so a rule without any has the bytes
 * that it had before there were terms; and a release that doesn't know them refuses the byte.
 */
public final class TermsCodec {
    private static final int LEASE = 0x10;
    private static final int FAILURE = 0x20;
    private static final int PRECEDENCE = 0x40;
    private static final int ACTIVATION = 0x80;

    /** Stands where a limit has the number of its algorithm. */
    private static final int UNLIMITED = 0;

    private static final int HAS_GROUP = 1;
    private static final int STOPS = 2;

    private TermsCodec() {}

    public static void writeEffect(Effect effect, ByteWriter out) {
        if (effect instanceof Effect.Limited limited) {
            LimitCodec.write(limited.limit(), out);
        } else {
            out.putByte(UNLIMITED);
        }
    }

    public static Effect readEffect(ByteReader in) {
        int first = in.readByte();
        return first == UNLIMITED ? new Effect.Unlimited() : new Effect.Limited(LimitCodec.read(first, in));
    }

    /** Writes the byte of the mode. */
    public static void writeMode(Rule rule, ByteWriter out) {
        boolean lease = !rule.leaseTerms().equals(LeaseTerms.DEFAULT);
        boolean failure = !rule.failureTerms().equals(FailureTerms.DENY);
        boolean precedence = !rule.precedence().equals(Precedence.NONE);
        boolean activation = !rule.activation().equals(Activation.ALWAYS);
        out.putByte(rule.mode().id()
                | (lease ? LEASE : 0)
                | (failure ? FAILURE : 0)
                | (precedence ? PRECEDENCE : 0)
                | (activation ? ACTIVATION : 0));
    }

    /** Writes those terms that aren't the default. */
    public static void writeTerms(Rule rule, ByteWriter out) {
        LeaseTerms lease = rule.leaseTerms();
        if (!lease.equals(LeaseTerms.DEFAULT)) {
            out.putBoolean(lease.allowed()).putVarLong(lease.tokensMax()).putVarLong(lease.ttlMillis());
        }
        FailureTerms failure = rule.failureTerms();
        if (!failure.equals(FailureTerms.DENY)) {
            out.putVarLong(failure.amount()).putVarLong(failure.periodMillis());
        }
        if (!rule.precedence().equals(Precedence.NONE)) {
            write(rule.precedence(), out);
        }
        if (!rule.activation().equals(Activation.ALWAYS)) {
            write(rule.activation(), out);
        }
    }

    private static void write(Precedence precedence, ByteWriter out) {
        out.putZigzag(precedence.priority());
        out.putByte((precedence.group().isPresent() ? HAS_GROUP : 0) | (precedence.stops() ? STOPS : 0));
        precedence.group().ifPresent(out::putString);
        out.putVarInt(precedence.replaces().size());
        precedence.replaces().forEach(out::putString);
    }

    private static void write(Activation activation, ByteWriter out) {
        out.putBoolean(activation.rollout().isPresent());
        activation.rollout().ifPresent(rollout -> {
            out.putVarInt(rollout.basisPoints()).putString(rollout.salt());
            out.putVarInt(rollout.by().size());
            rollout.by().forEach(out::putString);
        });
        out.putVarInt(activation.windows().size());
        for (Window window : activation.windows()) {
            out.putVarLong(window.fromMillis()).putVarLong(window.untilMillis());
        }
    }

    /**
     * Reads the terms that the mode's byte announces, and gives the rule.
     *
     * @throws IllegalArgumentException if the rule is impossible
     */
    public static Rule readTerms(ByteReader in, int modeByte, String id, List<EntryMatch> match, Effect effect) {
        LeaseTerms lease = LeaseTerms.DEFAULT;
        if ((modeByte & LEASE) != 0) {
            lease = new LeaseTerms(in.readBoolean(), in.readVarLong(), in.readVarLong());
            refuse(lease.equals(LeaseTerms.DEFAULT), "lease terms");
        }
        FailureTerms failure = FailureTerms.DENY;
        if ((modeByte & FAILURE) != 0) {
            failure = new FailureTerms(in.readVarLong(), in.readVarLong());
            refuse(failure.denies(), "failure terms");
        }
        Precedence precedence = Precedence.NONE;
        if ((modeByte & PRECEDENCE) != 0) {
            precedence = readPrecedence(in);
            refuse(precedence.equals(Precedence.NONE), "a precedence");
        }
        Activation activation = Activation.ALWAYS;
        if ((modeByte & ACTIVATION) != 0) {
            activation = readActivation(in);
            refuse(activation.equals(Activation.ALWAYS), "an activation");
        }
        Mode mode = Mode.ofId(modeByte & ~(LEASE | FAILURE | PRECEDENCE | ACTIVATION));
        return new Rule(id, match, effect, mode, lease, failure, precedence, activation);
    }

    /** What is the default has no bytes, so that equal rules have equal bytes. */
    private static void refuse(boolean isDefault, String what) {
        if (isDefault) {
            throw new MalformedException(what + " that are the default are written");
        }
    }

    private static Precedence readPrecedence(ByteReader in) {
        long priority = in.readZigzag();
        int bits = in.readByte();
        if ((bits & ~(HAS_GROUP | STOPS)) != 0 || priority != (int) priority) {
            throw new MalformedException("a precedence has bits " + bits + " and priority " + priority);
        }
        Optional<String> group =
                (bits & HAS_GROUP) != 0 ? Optional.of(in.readString(Names.NAME_BYTES_MAX)) : Optional.empty();
        return new Precedence((int) priority, group, (bits & STOPS) != 0, readNames(in, Precedence.REPLACES_MAX));
    }

    private static Activation readActivation(ByteReader in) {
        Optional<Rollout> rollout = Optional.empty();
        if (in.readBoolean()) {
            int basisPoints = in.readVarInt();
            String salt = in.readString(Names.NAME_BYTES_MAX);
            rollout = Optional.of(new Rollout(basisPoints, readNames(in, QuotaKey.VALUES_MAX), salt));
        }
        int count = in.readCount(Activation.WINDOWS_MAX, 2);
        List<Window> windows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            windows.add(new Window(in.readVarLong(), in.readVarLong()));
        }
        return new Activation(rollout, windows);
    }

    private static List<String> readNames(ByteReader in, int countMax) {
        int count = in.readCount(countMax, 2);
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(in.readString(Names.NAME_BYTES_MAX));
        }
        return names;
    }
}

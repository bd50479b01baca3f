package io.quorate.core.quota;

import java.util.Arrays;
import java.util.Optional;

/** The kind of a limit. The wire ids and names are stable: they stand in logs, snapshots and rule files. */
public enum Algorithm {
    TOKEN_BUCKET(1, "token-bucket"),
    GCRA(2, "gcra"),
    FIXED_WINDOW(3, "fixed-window"),
    SLIDING_WINDOW(4, "sliding-window"),
    SLIDING_LOG(5, "sliding-log"),
    CONCURRENCY(6, "concurrency");

    private final int id;
    private final String label;

    Algorithm(int id, String label) {
        this.id = id;
        this.label = label;
    }

    /** The stable number of this algorithm in stored and sent bytes. */
    public int id() {
        return id;
    }

    /** The name used in rule files and output, for example {@code token-bucket}. */
    public String label() {
        return label;
    }

    public static Optional<Algorithm> ofId(int id) {
        return Arrays.stream(values()).filter(a -> a.id == id).findFirst();
    }

    public static Optional<Algorithm> ofLabel(String label) {
        return Arrays.stream(values()).filter(a -> a.label.equals(label)).findFirst();
    }
}

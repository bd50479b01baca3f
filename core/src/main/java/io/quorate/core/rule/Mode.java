package io.quorate.core.rule;

/** Whether a rule denies, only counts and reports, or matches nothing at all. Wire ids are stable. */
public enum Mode {
    ENFORCE(1, "enforce"),
    SHADOW(2, "shadow"),
    DISABLED(3, "disabled");

    private final int id;
    private final String label;

    Mode(int id, String label) {
        this.id = id;
        this.label = label;
    }

    public int id() {
        return id;
    }

    public String label() {
        return label;
    }

    /** The mode with a stable number; throws if there is none. */
    public static Mode ofId(int id) {
        for (Mode mode : values()) {
            if (mode.id == id) {
                return mode;
            }
        }
        throw new IllegalArgumentException("no mode has the number " + id);
    }
}

package io.quorate.chaos.substrate;

/**
 * How one {@link Link} behaves.
 *
 * @param blocked nothing passes
 * @param lossPercent of packets; 0 to 90
 * @param duplicatePercent of packets; 0 to 90
 * @param delayMillis how late each packet or chunk of bytes is
 * @param jitterMillis by how much more or less than that, evenly; where packets are delayed, they overtake each other
 * @param bytesPerSecondMax how much passes; 0 is without bound
 */
public record LinkState(
        boolean blocked,
        int lossPercent,
        int duplicatePercent,
        int delayMillis,
        int jitterMillis,
        int bytesPerSecondMax) {
    /** A link without faults. */
    public static final LinkState CLEAN = new LinkState(false, 0, 0, 0, 0, 0);

    /** A link on which nothing passes. */
    public static final LinkState BLOCKED = new LinkState(true, 0, 0, 0, 0, 0);

    public LinkState {
        if (lossPercent < 0 || lossPercent > 90 || duplicatePercent < 0 || duplicatePercent > 90) {
            throw new IllegalArgumentException("loss " + lossPercent + " %, duplicates " + duplicatePercent + " %");
        }
        if (delayMillis < 0 || jitterMillis < 0 || jitterMillis > delayMillis || bytesPerSecondMax < 0) {
            throw new IllegalArgumentException(
                    "delay " + delayMillis + "+-" + jitterMillis + " ms, " + bytesPerSecondMax + " bytes/s");
        }
    }

    public static LinkState losing(int percent) {
        return new LinkState(false, percent, 0, 0, 0, 0);
    }

    public static LinkState duplicating(int percent) {
        return new LinkState(false, 0, percent, 0, 0, 0);
    }

    public static LinkState late(int delayMillis, int jitterMillis) {
        return new LinkState(false, 0, 0, delayMillis, jitterMillis, 0);
    }

    public static LinkState slow(int bytesPerSecond) {
        return new LinkState(false, 0, 0, 0, 0, bytesPerSecond);
    }
}

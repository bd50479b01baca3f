package io.quorate.chaos.sim;

/** A program that runs seeds, so that another virtual machine can be compared with this one. */
final class OtherMachine {
    private OtherMachine() {}

    public static void main(String[] seeds) {
        for (String seed : seeds) {
            System.out.print(line(Long.parseLong(seed)));
        }
    }

    /** A run's hash over all its events, and how many there were. */
    static String line(long seed) {
        Simulation.Report report = new Simulation(seed).run();
        return seed + " " + Long.toHexString(report.traceHash()) + " " + report.events() + "\n";
    }
}

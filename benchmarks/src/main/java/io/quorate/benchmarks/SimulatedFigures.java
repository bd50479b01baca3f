package io.quorate.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a policy reached in the simulation by which it was designed (THEORY 6.5 and 6.6: one key, 2.8 ms to the leader
 * and back, 20 s after 5 s or more).
 *
 * @param utilisation admitted, of what a zero-latency bucket admits
 * @param requests requests to the cluster per 1,000 checks
 * @param localPercent checks answered without waiting
 * @param falsePercent checks that a zero-latency bucket admits and the policy doesn't, net; -1 where it isn't told
 * @param jain fairness; -1 where it isn't told
 */
record SimulatedFigures(double utilisation, double requests, double localPercent, double falsePercent, double jain) {
    /**
     * A line a scenario: fixed batches of 10, 100 (in escrow, as they are here), 1,000, then the adaptive policy.
     * Utilisation / requests / local, for some / false denials / Jain's index.
     */
    private static final String TABLE = """
            loose-100    | 1.000/97/74.0   | 1.000/10/100.0         | 1.000/5.5/99.9         | 1.000/8.8/100.0/0.00/1.00
            critical-100 | 1.000/97/74.0   | 1.000/10/100.0         | 1.000/21/100.0         | 1.000/13/100.0/0.00/1.00
            tight-100    | 1.000/169/77.7  | 1.000/210/83.4         | 0.991/224/83.7/0.62    | 1.001/13/100.0/0.01/1.00
            tighter-100  | 1.000/286/57.6  | 1.000/288/57.8         | 1.000/288/57.7         | 1.002/15/100.0/0.01/0.99
            bursty-100   | 0.999/73/46.8   | 0.975/13/90.0          | 0.907/15/91.4/8.86     | 0.978/15/99.7/2.12/1.00
            flash-100    | 1.001/103/67.4  | 0.985/83/81.3          | 0.993/89/82.3/0.40     | 0.976/8.7/100.0/1.46/0.95
            hotshift-100 | 1.000/97/74.0   | 1.000/10/100.0         | 1.000/10/99.9          | 1.000/14/99.9/0.03/1.00
            tight-10     | 1.000/109/65.9  | 1.000/124/79.7         | 1.000/133/81.1         | 0.998/2.8/100.0/0.14/0.99
            bursty-10    | 0.999/55/20.2   | 0.993/14/84.7          | 0.994/8.9/91.4/0.51    | 0.967/3.5/99.8/2.80/0.99
            loose-1000   | 1.000/93/75.1   | 0.945/49/94.2          | 0.887/196/94.0/11.29   | 1.000/28/99.9/0.00/1.00
            tight-1000   | 1.000/189/81.3  | 0.998/240/85.0         | 0.739/670/77.7/18.24   | 0.999/46/99.8/0.11/1.00
            bursty-1000  | 0.997/71/51.3   | 0.875/17/85.2          | 0.648/113/82.3/34.25   | 0.974/38/99.0/2.51/0.98
            tighter-1000 | 1.000/424/50.1  | 1.000/425/50.1         | 1.000/425/50.1         | 1.001/51/100.0/0.00/0.99
            scarce-100   | 1.000/874/16.8  | 1.000/874/16.7         | 1.000/874/16.8         | 0.999/322/70.7/0.01/0.84
            cold-loose   | 0.943/872/70.9  | 0.838/1625/55.6        | 0.919/1626/72.9/8.12   | 1.000/686/48.3/0.02/1.00
            cold-tight   | 0.922/1445/27.6 | 0.904/1487/27.1        | 0.928/1495/29.3/5.02   | 0.982/896/32.3/1.28/0.72
            small-loose  | 1.000/97/74.0   | 0.402/364/71.9         | 1.000/5.5/99.9         | 1.000/194/98.7/0.00/1.00
            small-tight  | 1.000/169/77.8  | 0.440/366/66.8         | 0.987/228/83.5/0.88    | 1.000/283/92.4/0.01/0.99
            user-4       | 1.000/141/92.6  | 0.995/1058/97.2        | 0.998/1641/98.7/0.19   | 1.000/223/99.9/0.00/1.00
            user-4-tight | 0.996/1415/19.4 | 0.981/1449/18.0        | 1.039/1451/24.2/0.00   | 0.992/157/97.2/0.50/0.86
            user-1       | 1.000/100/100.0 | 1.000/74/98.7          | 1.000/1445/99.8/0.00   | 1.000/53/100.0/0.00/1.00
            critical-300 |                 | 0.998/16/99.98         |                        | 1.000/27/99.97
            tight-300    |                 | 0.972/54/95.8          |                        | 0.999/22/99.92
            flicker-300  |                 | 0.985/11/98.0          |                        | 0.999/31/99.50
            waves-300    |                 | 0.987/11/97.5          |                        | 0.985/12/99.84
            uniform-50   |                 | 0.979/175/98.3         |                        | 0.986/14/99.99
            bursty-wide  |                 | 0.997/10/93.3          |                        | 0.997/9.2/99.87
            spike-200    |                 | 0.939/37/96.7          |                        | 0.972/28/99.79
            """;

    private static final List<String> POLICIES = List.of("10", "100", "1000", "adaptive");
    private static final Map<String, SimulatedFigures> ALL = read();

    /** Those of a policy in a scenario, if it was simulated. */
    static Optional<SimulatedFigures> of(String scenario, String policy) {
        return Optional.ofNullable(ALL.get(scenario + " " + policy));
    }

    private static Map<String, SimulatedFigures> read() {
        Map<String, SimulatedFigures> all = new HashMap<>();
        for (String line : TABLE.strip().split("\n")) {
            String[] cells = line.split("\\|", -1);
            for (int i = 0; i < POLICIES.size(); i++) {
                String cell = cells[i + 1].strip();
                if (!cell.isEmpty()) {
                    all.put(cells[0].strip() + " " + POLICIES.get(i), parse(cell.split("/")));
                }
            }
        }
        return all;
    }

    private static SimulatedFigures parse(String[] parts) {
        double[] values = {0, 0, 0, -1, -1};
        for (int i = 0; i < parts.length; i++) {
            values[i] = Double.parseDouble(parts[i]);
        }
        return new SimulatedFigures(values[0], values[1], values[2], values[3], values[4]);
    }

    /** As in the theory's tables. */
    @Override
    public String toString() {
        String three = String.format(Locale.ROOT, "%.3f / %.4g / %.4g", utilisation, requests, localPercent);
        String denied = falsePercent < 0 ? "" : String.format(Locale.ROOT, " / %.2f", falsePercent);
        return three + denied + (jain < 0 ? "" : String.format(Locale.ROOT, " / %.2f", jain));
    }
}

package io.quorate.chaos.report;

import io.quorate.chaos.check.Violation;
import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The run as one drawing: decisions per second, latency, faults in lanes, violations. */
final class Timeline {
    private static final int LEFT = 130;
    private static final int WIDTH = 1_060;
    private static final int PLOT = 150;
    private static final int GAP = 34;
    private static final int LANE = 20;
    private static final int TICKS = 10;
    private static final double SECOND_NANOS = 1e9;

    private final RunSeries series;
    private final List<Violation> violations;
    private final StringBuilder out = new StringBuilder();
    private final double seconds;

    private Timeline(RunSeries series, List<Violation> violations) {
        this.series = series;
        this.violations = violations;
        this.seconds = Math.max(1, (series.lastNanos() - series.firstNanos()) / SECOND_NANOS);
    }

    /** The drawing as an element of a page. */
    static String svg(RunSeries series, List<Violation> violations) {
        return new Timeline(series, violations).draw();
    }

    private String draw() {
        Map<String, List<FaultRecord>> lanes = new TreeMap<>();
        series.faults()
                .forEach(f ->
                        lanes.computeIfAbsent(f.kind(), k -> new ArrayList<>()).add(f));
        int top = 24;
        int faultsTop = top + 2 * (PLOT + GAP);
        int height = faultsTop + LANE * Math.max(1, lanes.size()) + 40;
        out.append(format(
                "<svg viewBox='0 0 %d %d' role='img' aria-label='Timeline of the run'>", LEFT + WIDTH + 30, height));
        // Faults go behind everything, so that a dip is seen over its cause.
        series.faults().forEach(f -> band(f, top, faultsTop - 8));
        double most = series.seconds().values().stream()
                .mapToDouble(RunSeries.Second::all)
                .max()
                .orElse(1);
        axis(top, "decisions/s", String.valueOf((long) most));
        line(top, most, "granted", RunSeries.Second::granted);
        line(top, most, "denied", RunSeries.Second::denied);
        line(top, most, "unknown", s -> s.unknown() + s.failed());
        legend(top, List.of("granted", "denied", "unknown"));
        int latencyTop = top + PLOT + GAP;
        axis(latencyTop, "latency (log)", "10 s");
        latency(latencyTop, "p50", 0.5);
        latency(latencyTop, "p99", 0.99);
        legend(latencyTop, List.of("p50", "p99"));
        int lane = faultsTop;
        for (Map.Entry<String, List<FaultRecord>> each : lanes.entrySet()) {
            lane(lane, each.getKey(), each.getValue());
            lane += LANE;
        }
        for (Violation violation : violations) {
            mark(violation, top, lane);
        }
        time(lane + 16);
        return out.append("</svg>").toString();
    }

    private double x(double nanos) {
        double at = (nanos - series.firstNanos()) / SECOND_NANOS / seconds;
        return LEFT + WIDTH * Math.max(0, Math.min(1, at));
    }

    private void band(FaultRecord fault, int top, int bottom) {
        double from = x(fault.startedNanos());
        double to = fault.stoppedNanos() == Operation.NEVER ? LEFT + WIDTH : x(fault.stoppedNanos());
        out.append(format(
                "<rect class='band' x='%.1f' y='%d' width='%.1f' height='%d'/>",
                from, top, Math.max(1, to - from), bottom - top));
    }

    private void axis(int top, String title, String upper) {
        out.append(format(
                "<line class='axis' x1='%d' y1='%d' x2='%d' y2='%d'/>", LEFT, top + PLOT, LEFT + WIDTH, top + PLOT));
        out.append(format("<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 8, top + PLOT / 2, title));
        out.append(format("<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 8, top + 10, upper));
    }

    private void line(int top, double most, String kind, ToDoubleFunction<RunSeries.Second> value) {
        StringBuilder points = new StringBuilder();
        if (!series.seconds().isEmpty()) {
            for (long second = series.seconds().firstKey();
                    second <= series.seconds().lastKey();
                    second++) {
                RunSeries.Second at = series.seconds().get(second);
                double y = top + PLOT - PLOT * (at == null ? 0 : value.applyAsDouble(at)) / Math.max(1, most);
                points.append(format("%.1f,%.1f ", x((second + 0.5) * SECOND_NANOS), y));
            }
        }
        out.append(format(
                "<polyline class='line %s' points='%s'/>",
                kind, points.toString().strip()));
    }

    /** From 0.1 ms at the bottom to 10 s at the top; seconds in which nothing was answered break the line. */
    private void latency(int top, String kind, double share) {
        StringBuilder points = new StringBuilder();
        for (Map.Entry<Long, RunSeries.Second> second : series.seconds().entrySet()) {
            double millis = second.getValue().latencyMillis(share);
            if (millis > 0) {
                double part = Math.max(0, Math.min(1, (Math.log10(millis) + 1) / 5));
                points.append(format("%.1f,%.1f ", x((second.getKey() + 0.5) * SECOND_NANOS), top + PLOT * (1 - part)));
            }
        }
        out.append(format(
                "<polyline class='line %s' points='%s'/>",
                kind, points.toString().strip()));
        for (int power = 0; power <= 3; power++) {
            double y = top + PLOT * (1 - (power + 1) / 5.0);
            out.append(format("<line class='grid' x1='%d' y1='%.1f' x2='%d' y2='%.1f'/>", LEFT, y, LEFT + WIDTH, y));
            out.append(format(
                    "<text class='small' x='%d' y='%.1f'>%s</text>",
                    LEFT + 4, y - 2, List.of("1 ms", "10 ms", "100 ms", "1 s").get(power)));
        }
    }

    private void legend(int top, List<String> kinds) {
        int x = LEFT + WIDTH - 90 * kinds.size();
        for (String kind : kinds) {
            out.append(format(
                    "<line class='line %s' x1='%d' y1='%d' x2='%d' y2='%d'/>", kind, x, top - 8, x + 18, top - 8));
            out.append(format("<text class='small' x='%d' y='%d'>%s</text>", x + 22, top - 4, kind));
            x += 90;
        }
    }

    private void lane(int top, String kind, List<FaultRecord> faults) {
        out.append(format("<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 8, top + 14, Html.escape(kind)));
        for (FaultRecord fault : faults) {
            double from = x(fault.startedNanos());
            double to = fault.stoppedNanos() == Operation.NEVER ? LEFT + WIDTH : x(fault.stoppedNanos());
            out.append(format(
                    "<rect class='fault' x='%.1f' y='%d' width='%.1f' height='%d'><title>%s</title></rect>",
                    from,
                    top + 3,
                    Math.max(2, to - from),
                    LANE - 6,
                    Html.escape(fault.number() + " " + fault.kind() + " " + fault.nodes() + " " + fault.parameters())));
        }
    }

    private void mark(Violation violation, int top, int bottom) {
        if (violation.atNanos() != 0) {
            double at = x(violation.atNanos());
            out.append(format(
                    "<line class='violation' x1='%.1f' y1='%d' x2='%.1f' y2='%d'><title>%s</title></line>",
                    at, top, at, bottom, Html.escape(violation.toString())));
        }
    }

    private void time(int y) {
        for (int tick = 0; tick <= TICKS; tick++) {
            out.append(format(
                    "<text class='small' x='%.1f' y='%d' text-anchor='middle'>%.0f s</text>",
                    LEFT + WIDTH * tick / (double) TICKS, y, seconds * tick / TICKS));
        }
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}

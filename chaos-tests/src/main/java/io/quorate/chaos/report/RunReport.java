package io.quorate.chaos.report;

import io.quorate.chaos.check.Findings;
import io.quorate.chaos.check.Recorded;
import io.quorate.chaos.check.Violation;
import io.quorate.chaos.history.FaultRecord;
import io.quorate.chaos.history.HistoryVisitor;
import io.quorate.chaos.history.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes {@code index.html} and {@code findings.txt} into a run's folder: no script, no other file is needed. */
public final class RunReport {
    private static final int DETAILS_MAX = 20;

    private final Recorded run;
    private final Findings findings;
    private final RunSeries series = new RunSeries();
    private final Recoveries recoveries = new Recoveries();
    private final StringBuilder out = new StringBuilder();

    private RunReport(Recorded run, Findings findings) {
        this.run = run;
        this.findings = findings;
    }

    /** Writes the report of a run that was checked; gives how soon groups recovered from the loss of a leader. */
    public static Recovery write(Path folder, Recorded run, Findings findings) {
        RunReport report = new RunReport(run, findings);
        String page = report.page();
        try {
            Files.writeString(folder.resolve("index.html"), page, StandardCharsets.UTF_8);
            Files.writeString(folder.resolve("findings.txt"), findings.text(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("can't write the report in " + folder, e);
        }
        return report.recoveries.summaries().getOrDefault(0, Recovery.NONE);
    }

    private String page() {
        run.history(HistoryVisitor.all(series, recoveries.leaders()));
        run.history(recoveries.decisions());
        String verdict =
                findings.isClean() ? "no violation" : findings.violations().size() + " violations";
        out.append("<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>\n")
                .append("<meta name='viewport' content='width=device-width, initial-scale=1'>\n")
                .append("<title>Quorate run: ")
                .append(verdict)
                .append("</title>\n<style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>Chaos run: <span class='")
                .append(findings.isClean() ? "ok" : "bad")
                .append("'>")
                .append(verdict)
                .append("</span></h1>\n");
        facts();
        out.append("<h2>Timeline</h2>\n").append(Timeline.svg(series, findings.violations()));
        recovery();
        invariants();
        violations();
        faults();
        return out.append("</body></html>\n").toString();
    }

    private void facts() {
        double seconds = (series.lastNanos() - series.firstNanos()) / 1e9;
        out.append("<table>");
        series.notes().forEach((name, value) -> {
            if (!name.equals("phase")) {
                out.append(Html.row(name, value));
            }
        });
        out.append(Html.row("length", String.format("%.0f s", seconds)))
                .append(Html.row("operations", String.format("%,d %s", series.operations(), series.kinds())))
                .append(Html.row("uses of leases, recorded by their process", String.format("%,d", findings.uses())))
                .append(Html.row("per second", String.format("%,.0f", series.operations() / Math.max(1, seconds))))
                .append(Html.row(
                        "unknown outcome",
                        String.format(
                                "%,d (%.2f %%)",
                                series.unknown(), 100.0 * series.unknown() / Math.max(1, series.operations()))))
                .append(Html.row(
                        "faults",
                        series.faults().size() + " of "
                                + series.faults().stream()
                                        .map(FaultRecord::kind)
                                        .distinct()
                                        .count() + " kinds"));
        series.troubles().forEach(trouble -> out.append(Html.row("trouble", trouble)));
        out.append("</table>\n");
    }

    private void recovery() {
        out.append("<h2>Recovery</h2>\n<p>From the kill of a group's leader to the next decision of the group that was"
                + " asked for after it, as clients saw it; milliseconds.</p>\n");
        TreeMap<Integer, Recovery> summaries = recoveries.summaries();
        if (summaries.isEmpty()) {
            out.append("<p>No leader was killed in this run.</p>\n");
            return;
        }
        out.append("<table>").append(Html.head("group", "kills", "median", "p99", "worst", "never"));
        summaries.forEach((group, s) -> out.append(Html.row(
                group == 0 ? "all" : "g" + group,
                s.losses(),
                s.medianMillis(),
                s.p99Millis(),
                s.worstMillis(),
                s.open())));
        out.append("</table>\n");
    }

    private void invariants() {
        out.append("<h2>Invariants</h2>\n<table>")
                .append(Html.head("", "what", "verdict", "checked", "violations", "notes"));
        for (Findings.Line line : findings.table()) {
            out.append(Html.row(
                    line.invariant(),
                    line.invariant().title(),
                    line.verdict(),
                    line.checked(),
                    line.violations(),
                    line.note()));
        }
        out.append("</table>\n");
    }

    private void violations() {
        List<Violation> found = findings.violations();
        if (found.isEmpty()) {
            return;
        }
        out.append("<h2>Violations</h2>\n");
        for (Violation violation : found.subList(0, Math.min(DETAILS_MAX, found.size()))) {
            Neighbourhood around = new Neighbourhood(violation);
            run.history(around);
            out.append("<details><summary>")
                    .append(Html.escape(violation.toString()))
                    .append("</summary><pre>")
                    .append(Html.escape(around.text(series.firstNanos())))
                    .append("</pre></details>\n");
        }
        if (found.size() > DETAILS_MAX) {
            out.append("<p>All ").append(found.size()).append(" are in findings.txt.</p>\n");
        }
    }

    private void faults() {
        out.append("<h2>Faults</h2>\n");
        if (series.faults().isEmpty()) {
            out.append("<p>None.</p>\n");
            return;
        }
        out.append("<table>").append(Html.head("", "kind", "nodes", "from (s)", "for (ms)", "seed", "with"));
        for (FaultRecord fault : series.faults()) {
            Map<String, String> with = fault.parameters();
            out.append(Html.row(
                    fault.number(),
                    fault.kind(),
                    String.join(", ", fault.nodes()),
                    String.format("%.3f", (fault.startedNanos() - series.firstNanos()) / 1e9),
                    fault.stoppedNanos() == Operation.NEVER
                            ? "not healed"
                            : (fault.stoppedNanos() - fault.startedNanos()) / 1_000_000,
                    String.valueOf(fault.seed()),
                    with.isEmpty() ? "" : with));
        }
        out.append("</table>\n");
    }

    private static final String STYLE = """

            :root{color-scheme:light dark;--ink:#1d2430;--paper:#fff;--quiet:#68707c;--rule:#d8dce2;--bad:#c62828;
            --ok:#1b7f3b;--one:#2864c7;--two:#b8860b;--three:#c62828;--band:#f0e4d0}
            @media(prefers-color-scheme:dark){:root{--ink:#e4e8ee;--paper:#14181f;--quiet:#98a1ae;--rule:#343b46;
            --bad:#ff6b6b;--ok:#5fd38a;--one:#6ea8ff;--two:#e3b341;--three:#ff6b6b;--band:#3a3020}}
            body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:78rem;padding:0 1rem;color:var(--ink);
            background:var(--paper)}
            table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .7rem;text-align:left;
            border-bottom:1px solid var(--rule);vertical-align:top}.number{text-align:right;
            font-variant-numeric:tabular-nums}
            .ok{color:var(--ok)}.bad{color:var(--bad)}svg{width:100%;height:auto}
            svg text{font-size:12px;fill:var(--ink)}svg text.small{font-size:10px;fill:var(--quiet)}
            .axis,.grid{stroke:var(--rule)}.grid{stroke-dasharray:2 4}.line{fill:none;stroke-width:1.5}
            .granted,.p50{stroke:var(--one)}.denied,.p99{stroke:var(--two)}.unknown{stroke:var(--three)}
            .band{fill:var(--band);opacity:.5}.fault{fill:var(--two)}.violation{stroke:var(--bad);stroke-width:2}
            pre{overflow:auto;font-size:12px}summary{cursor:pointer}
            """;
}

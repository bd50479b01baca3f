package io.quorate.benchmarks;

import io.quorate.core.rule.CompiledRules;
import io.quorate.core.rule.Descriptor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One request matched by many rules, three of which match. Run by {@link RulesBenchmark}. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class RuleMatchBenchmark {
    /** How many rules the namespace has. */
    @Param("1000")
    public int rules;

    /** Among how many different requests the next one is; a power of two. */
    @Param("1024")
    public int requests;

    private CompiledRules compiled = new CompiledRules(new ManyRules(10).applied());
    private Descriptor[] drawn = {};
    private int at;

    /** Makes rules and requests. */
    @Setup
    public void make() {
        ManyRules many = new ManyRules(rules);
        compiled = new CompiledRules(many.applied());
        drawn = many.requests(requests, 7).toArray(new Descriptor[0]);
        for (Descriptor request : drawn) {
            int matched = compiled.match(request).size();
            if (matched != 3) {
                throw new IllegalStateException(matched + " rules match " + request + ", not 3");
            }
        }
    }

    /** The rules that match, with their keys. */
    @Benchmark
    public Object match() {
        at = at + 1 & drawn.length - 1;
        return compiled.match(drawn[at]);
    }
}

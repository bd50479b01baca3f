package io.quorate.chaos.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/** What may know what. A rule here is the same as an arrow in docs/ARCHITECTURE.md. */
@AnalyzeClasses(packages = "io.quorate", importOptions = ArchitectureTest.ProductOnly.class)
final class ArchitectureTest {
    /** Leaves out tests, those that other modules lend (core's naive models) included. */
    static final class ProductOnly implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    /** The classes of {@code from} use no Quorate package but {@code allowed} and their own. */
    private static ArchRule quorate(String from, String... allowed) {
        List<String> all = new ArrayList<>(List.of(allowed));
        all.add(from);
        DescribedPredicate<JavaClass> ours = resideInAPackage("io.quorate..");
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(ours.and(DescribedPredicate.not(resideInAnyPackage(all.toArray(String[]::new)))))
                .because("the arrows go one way (docs/ARCHITECTURE.md)");
    }

    @ArchTest
    static final ArchRule CORE_KNOWS_ONLY_THE_LANGUAGE = classes()
            .that()
            .resideInAPackage("io.quorate.core..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "io.quorate.core..",
                    "java.lang",
                    "java.lang.annotation",
                    "java.lang.invoke",
                    "java.lang.runtime",
                    "java.util",
                    "java.util.function",
                    "java.util.stream",
                    "java.nio.charset",
                    "com.google.re2j",
                    "org.jspecify.."));

    /** Server and client must match alike, so expressions are matched in core; in one place of it. */
    @ArchTest
    static final ArchRule ONE_IMPORTER_OF_RE2J = noClasses()
            .that()
            .resideOutsideOfPackage("io.quorate.core.rule..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.re2j..");

    @ArchTest
    static final ArchRule CORE_HAS_NO_CLOCK_THREAD_OR_CHANCE = noClasses()
            .that()
            .resideInAPackage("io.quorate.core..")
            .should()
            .dependOnClassesThat(nameMatching("java\\.lang\\.(Thread|ThreadLocal|Math\\$.*|Process.*|Runtime)"
                    + "|java\\.util\\.(Random|SplittableRandom|UUID|Timer|Date|HashMap|HashSet|IdentityHashMap"
                    + "|WeakHashMap|Hashtable)"))
            .because("an entry must give the same on every replica, and hash order differs by JVM");

    @ArchTest
    static final ArchRule CORE_READS_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage("io.quorate.core..")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule QUOTA = quorate("io.quorate.core.quota..");

    @ArchTest
    static final ArchRule ALGORITHM = quorate("io.quorate.core.algorithm..", "io.quorate.core.quota..");

    @ArchTest
    static final ArchRule RULE =
            quorate("io.quorate.core.rule..", "io.quorate.core.quota..", "io.quorate.core.algorithm..");

    @ArchTest
    static final ArchRule COMMAND = quorate(
            "io.quorate.core.command..",
            "io.quorate.core.quota..",
            "io.quorate.core.algorithm..",
            "io.quorate.core.rule..");

    @ArchTest
    static final ArchRule LEASE = quorate(
            "io.quorate.core.lease..",
            "io.quorate.core.quota..",
            "io.quorate.core.algorithm..",
            "io.quorate.core.rule..",
            "io.quorate.core.command..");

    @ArchTest
    static final ArchRule PROTOCOL = quorate("io.quorate.protocol..", "io.quorate.core..");

    @ArchTest
    static final ArchRule STORAGE = quorate("io.quorate.storage..", "io.quorate.core..");

    @ArchTest
    static final ArchRule STORAGE_API = quorate("io.quorate.storage.api..", "io.quorate.core..");

    @ArchTest
    static final ArchRule CODEC =
            quorate("io.quorate.storage.codec..", "io.quorate.core..", "io.quorate.storage.api..");

    @ArchTest
    static final ArchRule RAFT = quorate("io.quorate.raft..", "io.quorate.core..", "io.quorate.storage..");

    @ArchTest
    static final ArchRule RAFT_GROUP = quorate("io.quorate.raft.group..", "io.quorate.core..");

    @ArchTest
    static final ArchRule RAFT_LOG =
            quorate("io.quorate.raft.log..", "io.quorate.core..", "io.quorate.storage.codec..");

    @ArchTest
    static final ArchRule RAFT_APPLY = quorate(
            "io.quorate.raft.apply..",
            "io.quorate.core..",
            "io.quorate.storage..",
            "io.quorate.raft.group..",
            "io.quorate.raft.log..");

    @ArchTest
    static final ArchRule RAFT_PLACEMENT =
            quorate("io.quorate.raft.placement..", "io.quorate.core..", "io.quorate.raft.group..");

    @ArchTest
    static final ArchRule CLIENT = quorate("io.quorate.client..", "io.quorate.core..", "io.quorate.protocol..");

    @ArchTest
    static final ArchRule CLIENT_LEASE = quorate("io.quorate.client.lease..", "io.quorate.core..");

    @ArchTest
    static final ArchRule SERVER = quorate(
            "io.quorate.server..",
            "io.quorate.core..",
            "io.quorate.protocol..",
            "io.quorate.storage..",
            "io.quorate.raft..");

    @ArchTest
    static final ArchRule ONE_IMPORTER_OF_JRAFT = noClasses()
            .that()
            .resideOutsideOfPackage("io.quorate.raft.jraft..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.alipay..");

    @ArchTest
    static final ArchRule IMPORTERS_OF_ROCKSDB = noClasses()
            .that()
            .resideOutsideOfPackages("io.quorate.storage.rocks..", "io.quorate.raft.jraft..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.rocksdb..");

    @ArchTest
    static final ArchRule SUB_PACKAGES_NEVER_IMPORT_THE_SERVER_ROOT = noClasses()
            .that()
            .resideInAnyPackage("io.quorate.server.*..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.quorate.server"));

    @ArchTest
    static final ArchRule NO_PACKAGE_CYCLES =
            slices().matching("io.quorate.(*).(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule WHAT_IS_SIMULATED_READS_NO_CLOCK_AND_STARTS_NO_THREAD = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.quorate.chaos.sim..",
                    "io.quorate.raft.apply..",
                    "io.quorate.client.lease..",
                    "io.quorate.client.route..",
                    "io.quorate.server.endpoint..",
                    "io.quorate.server.lease..",
                    "io.quorate.storage.memory..")
            .and()
            .doNotHaveSimpleName("SimulationRunner")
            .and()
            .doNotHaveSimpleName("Tally")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(System.class, "identityHashCode", Object.class)
            .orShould()
            .dependOnClassesThat(nameMatching("java\\.util\\.(Random|UUID|Timer|Date)"
                    + "|java\\.util\\.concurrent\\.(ThreadLocalRandom|Executors|ForkJoinPool)|java\\.net\\..*"))
            .because("a seed must be the same run each time (docs/TESTING.md)");

    @ArchTest
    static final ArchRule NO_DRAWERS = noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .because("the concept has a name; the function belongs on the type that it serves");
}

package dev.baculasync.integration;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The one direction of dependency, and who may touch the outside. */
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // What a module's tests lend to those of others comes as a jar once the module is packaged.
            .withImportOption(location -> !location.contains("-tests.jar!"))
            .importPackages("dev.baculasync");

    private static final DescribedPredicate<JavaAccess<?>> STARTS_A_THREAD = access(
            "a thread",
            target -> target.getOwner().isAssignableTo(Thread.class)
                            && Set.of("<init>", "start").contains(target.getName())
                    || owner(target, Executors.class, ForkJoinPool.class, Timer.class)
                    || target.getName().equals("parallelStream"));
    private static final DescribedPredicate<JavaAccess<?>> STARTS_A_PROCESS =
            access("a process", target -> owner(target, ProcessBuilder.class, Runtime.class));
    private static final DescribedPredicate<JavaAccess<?>> ASKS_THE_CLOCK = access(
            "the clock",
            target -> owner(target, Clock.class, InstantSource.class)
                            && target.getName().startsWith("system")
                    || owner(target, System.class)
                            && Set.of("currentTimeMillis", "nanoTime").contains(target.getName())
                    || target.getOwner().getPackageName().startsWith("java.time")
                            && target.getName().equals("now")
                            && !takesAClock(target));
    private static final DescribedPredicate<JavaAccess<?>> READS_THE_ENVIRONMENT = access(
            "the environment",
            target -> owner(target, System.class) && target.getName().equals("getenv"));
    private static final DescribedPredicate<JavaAccess<?>> READS_PROPERTIES_OR_THE_ZONE = access(
            "the machine's settings",
            target -> owner(target, System.class) && target.getName().startsWith("getPropert")
                    || owner(target, ZoneId.class) && target.getName().equals("systemDefault"));
    private static final DescribedPredicate<JavaAccess<?>> PRINTS_OR_EXITS = access(
            "standard output or the exit",
            target -> owner(target, System.class)
                            && Set.of("in", "out", "err", "exit").contains(target.getName())
                    || owner(target, Runtime.class) && Set.of("exit", "halt").contains(target.getName()));

    @Test
    void everyPartIsLookedAt() {
        for (String part : List.of("spi", "core", "testkit", "bconsole", "catalog", "filestore", "preflight", "cli")) {
            assertThat(PRODUCT.that(resideInAPackage(inside(part))))
                    .as("classes of " + part)
                    .isNotEmpty();
        }
    }

    @Test
    void spiDependsOnNothing() {
        classes()
                .that()
                .resideInAPackage(inside("spi"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(inside("spi"), "java..", "org.jspecify..")
                .check(PRODUCT);
    }

    @Test
    void coreDependsOnSpiOnly() {
        classes()
                .that()
                .resideInAPackage(inside("core"))
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(inside("core"), inside("spi"), "java..", "org.jspecify..")
                .check(PRODUCT);
    }

    @Test
    void coreTouchesNoFileSocketOrDatabase() {
        noClasses()
                .that()
                .resideInAPackage(inside("core"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "java.sql..")
                .check(PRODUCT);
    }

    @Test
    void coreHasNoThreadProcessClockOrEnvironment() {
        noClasses()
                .that()
                .resideInAPackage(inside("core"))
                .should()
                .accessTargetWhere(STARTS_A_THREAD
                        .or(STARTS_A_PROCESS)
                        .or(ASKS_THE_CLOCK)
                        .or(READS_THE_ENVIRONMENT)
                        .or(READS_PROPERTIES_OR_THE_ZONE))
                .check(PRODUCT);
    }

    @Test
    void adaptersAndTestkitSeeNeitherCoreNorOneAnother() {
        List<String> parts = List.of("bconsole", "catalog", "filestore", "testkit");
        for (String part : parts) {
            noClasses()
                    .that()
                    .resideInAPackage(inside(part))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(Stream.concat(parts.stream(), Stream.of("core", "preflight", "cli", "demo"))
                            .filter(other -> !other.equals(part))
                            .map(ArchitectureTest::inside)
                            .toArray(String[]::new))
                    .check(PRODUCT);
        }
    }

    @Test
    void preflightSeesSpiAndTheAdaptersItProbes() {
        noClasses()
                .that()
                .resideInAPackage(inside("preflight"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(inside("core"), inside("testkit"), inside("cli"), inside("demo"))
                .check(PRODUCT);
    }

    @Test
    void preflightAsksForNothingThatItCanBeGiven() {
        noClasses()
                .that()
                .resideInAPackage(inside("preflight"))
                .should()
                .accessTargetWhere(ASKS_THE_CLOCK.or(READS_THE_ENVIRONMENT).or(READS_PROPERTIES_OR_THE_ZONE))
                .check(PRODUCT);
    }

    @Test
    void onlyProgramsPrintExitOrReadTheEnvironment() {
        noClasses()
                .that()
                .resideOutsideOfPackages(inside("cli"), inside("demo"))
                .should()
                .accessTargetWhere(PRINTS_OR_EXITS.or(READS_THE_ENVIRONMENT))
                .check(PRODUCT);
    }

    private static String inside(String part) {
        return "dev.baculasync." + part + "..";
    }

    private static DescribedPredicate<JavaAccess<?>> access(String what, Predicate<AccessTarget> test) {
        return describe(what, access -> test.test(access.getTarget()));
    }

    private static boolean owner(AccessTarget target, Class<?>... owners) {
        return Stream.of(owners).anyMatch(owner -> target.getOwner().isEquivalentTo(owner));
    }

    private static boolean takesAClock(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget method
                && method.getRawParameterTypes().stream().anyMatch(type -> type.isEquivalentTo(Clock.class));
    }
}

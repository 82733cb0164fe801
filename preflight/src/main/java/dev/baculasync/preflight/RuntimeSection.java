package dev.baculasync.preflight;

import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Setting.Trait;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The variables themselves: every wrong one is told, and what the ones mean that decide about VMs. */
final class RuntimeSection implements Section {
    private final Installation installation;

    RuntimeSection(Installation installation) {
        this.installation = installation;
    }

    @Override
    public String name() {
        return "Runtime config";
    }

    @Override
    public void check(Findings findings) {
        for (String problem : installation.settings().problems()) {
            int colon = problem.indexOf(": ");
            findings.fail(
                    problem.substring(0, colon),
                    problem.substring(colon + 2),
                    "correct it where the environment is set; runs refuse to begin until then");
        }
        whenRight(
                findings,
                "GRACE_DAYS",
                "a VM may be absent for " + installation.policy().grace().toDays() + " days");
        @Nullable Duration cleanupAfter = installation.policy().cleanupAfter();
        whenRight(
                findings,
                "CLEANUP_AFTER_DAYS",
                cleanupAfter == null
                        ? "unset: nothing is ever purged by itself"
                        : "disabled jobs are purged after " + cleanupAfter.toDays() + " days");
        whenRight(
                findings,
                "RELOAD_AFTER_SYNC",
                installation.policy().reload()
                        ? "the Director is told to reload"
                        : "off: the Director learns of changes when somebody else reloads it");
        limits(findings);
        relativePaths(findings);
        if (installation.policy().dryRun()) {
            findings.warn("DRYRUN", "1: runs report and change nothing", "unset it when you have seen enough");
        }
    }

    /** Values that are allowed and take away what keeps a bad day from being a disaster. */
    private void limits(Findings findings) {
        if (installation.policy().grace().isZero()) {
            findings.warn(
                    "GRACE_DAYS",
                    "0: the first run that misses a VM disables its job",
                    "set it to some days, the default is " + installation.defaultOf("GRACE_DAYS"));
        }
        if (installation.policy().maxDisablePercent() == 100) {
            findings.warn(
                    "MAX_DISABLE_PERCENT",
                    "100: one run may disable, and purge, all jobs of an instance",
                    "set it to what may vanish in a day, the default is "
                            + installation.defaultOf("MAX_DISABLE_PERCENT"));
        }
    }

    /** Runs are started in another directory than this: the Director's, or that of cron or systemd. */
    private void relativePaths(Findings findings) {
        for (Setting<?> variable : installation.variables()) {
            String value = pathOf(variable).orElse("/");
            if (!value.startsWith("/") && value.indexOf('\0') < 0) {
                findings.warn(
                        variable.name(),
                        "\"" + value + "\" is relative: here it leads to "
                                + Path.of(value).toAbsolutePath().normalize()
                                + ", and elsewhere for a run that is started in another directory",
                        "set it to the full path");
            }
        }
    }

    /** A default below the home directory, {@code ~/}, leads there from everywhere. */
    private Optional<String> pathOf(Setting<?> variable) {
        Optional<String> value = installation
                .settings()
                .text(variable)
                .or(() -> Optional.ofNullable(variable.fallback()).filter(path -> !path.startsWith("~/")));
        return value.filter(path -> variable.is(Trait.PATH) || (variable.is(Trait.PROGRAM) && path.indexOf('/') >= 0));
    }

    private void whenRight(Findings findings, String variable, String meaning) {
        List<String> problems = installation.problemsOf(variable);
        if (problems.isEmpty()) {
            findings.ok(variable, meaning);
        }
    }
}

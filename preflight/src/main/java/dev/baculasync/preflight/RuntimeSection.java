package dev.baculasync.preflight;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The variables themselves: every wrong one is told, and what the ones mean that decide about VMs. */
final class RuntimeSection implements Section {
    private static final List<String> PATHS = List.of(
            "CLIENTS_CONF", "BASE_DIR", "BCONSOLE", "BCONSOLE_CONF", "PGPASSFILE", "DB_TLS_CA", "OPENSTACK_WORK_DIR");

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
                isOn("RELOAD_AFTER_SYNC")
                        ? "the Director is told to reload"
                        : "off: the Director learns of changes when somebody else reloads it");
        limits(findings);
        relativePaths(findings);
        if (isOn("DRYRUN")) {
            findings.warn("DRYRUN", "1: runs report and change nothing", "unset it when you have seen enough");
        }
    }

    /** Values that are allowed and take away what keeps a bad day from being a disaster. */
    private void limits(Findings findings) {
        if (installation.policy().grace().isZero()) {
            findings.warn(
                    "GRACE_DAYS",
                    "0: the first run that misses a VM disables its job",
                    "set it to some days, the default is 14");
        }
        if (installation.settings().text("MAX_DISABLE_PERCENT", "").equals("100")) {
            findings.warn(
                    "MAX_DISABLE_PERCENT",
                    "100: one run may disable, and purge, all jobs of an instance",
                    "set it to what may vanish in a day, the default is 30");
        }
    }

    /** Runs are started in another directory than this: the Director's, or that of cron or systemd. */
    private void relativePaths(Findings findings) {
        for (String variable : PATHS) {
            String value =
                    installation.settings().text(variable, variable.equals("CLIENTS_CONF") ? "./clients.conf" : "");
            boolean searched = variable.equals("BCONSOLE") && value.indexOf('/') < 0;
            if (!value.isEmpty() && !value.startsWith("/") && !searched && value.indexOf('\0') < 0) {
                findings.warn(
                        variable,
                        "\"" + value + "\" is relative: here it leads to "
                                + Path.of(value).toAbsolutePath().normalize()
                                + ", and elsewhere for a run that is started in another directory",
                        "set it to the full path");
            }
        }
    }

    private void whenRight(Findings findings, String variable, String meaning) {
        List<String> problems = installation.problemsOf(variable);
        if (problems.isEmpty()) {
            findings.ok(variable, meaning);
        }
    }

    private boolean isOn(String variable) {
        return installation.settings().text(variable).equals(Optional.of("1"));
    }
}

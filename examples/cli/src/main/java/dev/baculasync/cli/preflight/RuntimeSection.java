package dev.baculasync.cli.preflight;

import java.util.List;
import java.util.Optional;

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
        whenRight(
                findings,
                "CLEANUP_AFTER_DAYS",
                installation
                        .policy()
                        .cleanupAfter()
                        .map(after -> "disabled jobs are purged after " + after.toDays() + " days")
                        .orElse("unset: nothing is ever purged by itself"));
        whenRight(
                findings,
                "RELOAD_AFTER_SYNC",
                isOn("RELOAD_AFTER_SYNC")
                        ? "the Director is told to reload"
                        : "off: the Director learns of changes when somebody else reloads it");
        if (isOn("DRYRUN")) {
            findings.warn("DRYRUN", "1: runs report and change nothing", "unset it when you have seen enough");
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

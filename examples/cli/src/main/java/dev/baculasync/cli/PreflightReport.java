package dev.baculasync.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.baculasync.preflight.Finding;
import dev.baculasync.preflight.Finding.Status;
import java.util.List;

/**
 * What {@code preflight} found; as JSON, names and order are a promise to programs.
 *
 * @param checks in the order of the sections
 * @param summary how many of each
 */
record PreflightReport(List<Finding> checks, Summary summary) {
    record Summary(
            @JsonProperty("ok") long ok,
            @JsonProperty("warn") long warn,
            @JsonProperty("fail") long fail) {}

    static PreflightReport of(List<Finding> findings) {
        return new PreflightReport(
                findings,
                new Summary(count(findings, Status.OK), count(findings, Status.WARN), count(findings, Status.FAIL)));
    }

    /** For a person: what to do stands below what was found. */
    String table(boolean colours) {
        TextTable table = new TextTable("", colours);
        table.header("STATUS", "SECTION", "CHECK", "FOUND");
        for (Finding finding : checks) {
            table.row(
                    paint(finding.status()),
                    List.of(finding.status().name(), finding.section(), finding.check(), finding.found()),
                    finding.advice().isEmpty() ? List.of() : List.of("→ " + finding.advice()));
        }
        return table.text() + "\n" + summary.ok() + " OK, " + summary.warn() + " WARN, " + summary.fail() + " FAIL\n";
    }

    String lines() {
        StringBuilder text = new StringBuilder();
        for (Finding finding : checks) {
            SyncLines.append(
                    text,
                    finding.status().name(),
                    finding.section(),
                    finding.check(),
                    finding.found(),
                    finding.advice());
        }
        text.append("summary\tok=" + summary.ok() + "\twarn=" + summary.warn() + "\tfail=" + summary.fail() + "\n");
        return text.toString();
    }

    private static Paint paint(Status status) {
        return switch (status) {
            case OK -> Paint.GREEN;
            case WARN -> Paint.YELLOW;
            case FAIL -> Paint.RED;
        };
    }

    private static long count(List<Finding> findings, Status status) {
        return findings.stream().filter(finding -> finding.status() == status).count();
    }
}
